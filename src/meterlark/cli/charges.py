"""`meterlark charges`: what a customer is charged for a period."""

from decimal import Decimal
from typing import Annotated
from urllib.parse import quote

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import FromOption, MonthOption, ToOption, ZoneOption
from meterlark.client.types import ChargeAnswer, ChargeLineAnswer
from meterlark.model.time import format_time


def charges(
    customer: Annotated[str, Parameter(help="Its id or key.")],
    /,
    *,
    month: MonthOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    time_zone: ZoneOption = "UTC",
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show what a customer is charged for a period, line by line, and what could not be charged."""
    asked = {"month": month, "timeZone": time_zone, "from": from_, "to": to}
    with Client(url) as client:
        answer = client.fetch(f"/api/v1/customers/{quote(customer, safe='')}/charges", msgspec.Raw, asked)
    if json_output:
        print_json([answer])
    else:
        print_charge(msgspec.json.decode(answer, type=ChargeAnswer))


def print_charge(charge: ChargeAnswer) -> None:
    """Write a charge as a table; what could not be charged is told beside it."""
    state = "open: it may change" if charge.closed is None else f"closed period {charge.closed}"
    currency = charge.currency or ""
    title = f"{format_time(charge.from_)} to {format_time(charge.to)}, {state}"
    columns = ["", "item", "kind", "from", "to", "quantity", "price", f"amount {currency}".strip(), "why"]
    rows: list[tuple[str | Decimal, ...]] = [(f"{line.number}", *_cells(line)) for line in charge.lines]
    rows.append(("", "total", "", "", "", "", "", charge.amount, ""))
    print_table(columns, rows, title=title)
    for one in charge.uncharged:
        say(f"not charged: {one.message} ({format_time(one.from_)} to {format_time(one.to)})")


def _cells(line: ChargeLineAnswer) -> tuple[str | Decimal, ...]:
    quantity = "" if line.quantity is None else f"{line.quantity:,f} {line.unit or ''}".rstrip()
    per = "" if line.per in {None, 1} else f" per {line.per:,}"
    price = "" if line.price is None else f"{line.price:f}{per}"
    why = line.why if line.adjusts is None else f"{line.why} ({line.adjusts})"
    return line.item or "", line.kind, format_time(line.from_), format_time(line.to), quantity, price, line.amount, why
