"""A period report as CSV, HTML and JSON; a browser prints the HTML as PDF."""

import csv
import io
from decimal import Decimal
from html import escape
from typing import Any

from meterlark.cli.report_table import Report, ReportRow
from meterlark.server.formats import harmless

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
p { margin: .3rem 0 1rem; color: GrayText; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); text-align: left; }
th.number, td.number { text-align: right; white-space: nowrap; }
thead th { border-bottom-width: 2px; }
tfoot td { font-weight: 600; border-bottom: 0; border-top: 2px solid currentColor; }
@media print { body { margin: 0; max-width: none; } thead { display: table-header-group; } tr { break-inside: avoid; } }
"""


def header(report: Report) -> list[str]:
    """Return the names of the columns: who, then the dimensions, then what was measured."""
    return ["customer", "name", "subject", *report.groups, *report.columns]


def cells(row: ReportRow) -> list[Any]:
    """Return the cells of a row, in the order of `header`."""
    return [row.customer, row.name, row.subject, *row.groups, *("" if value is None else value for value in row.values)]


def csv_text(report: Report) -> str:
    """Return the rows as CSV (RFC 4180), without the totals: what adds the column up must not count them, too."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(header(report))
    for row in report.rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else format(cell, "f") for cell in cells(row)])
    return output.getvalue()


def json_rows(report: Report) -> list[dict[str, Any]]:
    """Return each row as one object; what has no usage is null."""
    return [
        {
            "customer": row.customer,
            "name": row.name,
            "subject": row.subject,
            **dict(zip(report.groups, row.groups, strict=True)),
            **dict(zip(report.columns, row.values, strict=True)),
        }
        for row in report.rows
    ]


def html_text(report: Report) -> str:
    """Return a page that needs nothing but itself: no script, no font, no picture from elsewhere; every text is escaped."""
    texts = 3 + len(report.groups)
    head = "".join(f"<th{_numeric(index >= texts)}>{escape(name)}</th>" for index, name in enumerate(header(report)))
    body = "\n".join(
        f"<tr>{''.join(_cell(value, is_number=index >= texts) for index, value in enumerate(cells(row)))}</tr>" for row in report.rows
    )
    totals = "".join(_cell("" if value is None else value, is_number=True) for value in report.totals)
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    left_out = f"<h2>What the cost leaves out</h2><ul>{notes}</ul>" if notes else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Usage, {escape(report.period)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Usage, {escape(report.period)}</h1>
<p>From {escape(report.server)} at {escape(report.made_at)}. Rows add up to the totals, to the last digit.</p>
<div class="wide">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
<tfoot><tr><td colspan="{texts}">total</td>{totals}</tr></tfoot>
</table>
</div>
{left_out}
</body>
</html>
"""


def _cell(value: str | Decimal, *, is_number: bool) -> str:
    return f"<td{_numeric(is_number)}>{escape(value) if isinstance(value, str) else f'{value:,f}'}</td>"


def _numeric(is_number: bool) -> str:  # noqa: FBT001 - one of two words
    return ' class="number"' if is_number else ""
