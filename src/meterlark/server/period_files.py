"""A closed period as a file: one row for each line, CSV or JSON lines, the same columns in both, every digit of every number."""

import csv
import io
from typing import Any, Final

from meterlark.model.time import format_time
from meterlark.server.formats import harmless
from meterlark.server.reply import json_bytes
from meterlark.service.charged import ClosedPeriod, Line

COLUMNS: Final = (
    *("period_id", "customer_id", "customer_key", "customer_name", "period_from", "period_to", "closed_at"),
    *("line", "item", "kind", "from", "to", "quantity", "unit", "price", "per", "amount", "currency", "adjusts", "why"),
)


def period_csv(period: ClosedPeriod) -> str:
    """Return a closed period as CSV (RFC 4180); a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in period.bill.lines:
        row = _row(period, line)
        writer.writerow([_text(row[name]) for name in COLUMNS])
    return output.getvalue()


def period_lines(period: ClosedPeriod) -> bytes:
    """Return a closed period as one JSON object a line."""
    return b"".join(json_bytes(_row(period, line)) + b"\n" for line in period.bill.lines)


def _row(period: ClosedPeriod, line: Line) -> dict[str, Any]:
    bill = period.bill
    return {
        "period_id": period.id,
        "customer_id": bill.customer_id,
        "customer_key": period.customer_key,
        "customer_name": period.customer_name,
        "period_from": format_time(bill.start),
        "period_to": format_time(bill.end),
        "closed_at": format_time(period.closed_at),
        "line": line.number,
        "item": line.item or None,
        "kind": line.kind.value,
        "from": format_time(line.start),
        "to": format_time(line.end),
        "quantity": line.quantity,
        "unit": line.unit or None,
        "price": line.price,
        "per": None if line.price is None else line.per,
        "amount": line.amount,
        "currency": bill.currency,
        "adjusts": line.adjusts,
        "why": line.why,
    }


def _text(value: Any) -> str:  # noqa: ANN401 - a cell of any column
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else format(value, "f") if not isinstance(value, int) else str(value)
