"""Usage in the forms that a client may accept besides JSON: CSV, JSON lines and Parquet, all with exact numbers."""

import csv
import io
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from meterlark.metering.query import Query, Row
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time
from meterlark.server.reply import json_bytes

CSV_TYPE: Final = "text/csv"
LINES_TYPE: Final = "application/x-ndjson"
PARQUET_TYPE: Final = "application/vnd.apache.parquet"

PARQUET_VALUE_LIMIT: Final = Decimal(10**20)
"""A Parquet decimal has 38 digits in what reads it; 18 of them stand after the point."""

_INSERT_ROWS: Final = 10_000


def csv_text(query: Query, rows: Sequence[Row]) -> str:
    """Return rows as CSV (RFC 4180): windows, subject if split by it, dimensions, value with all its digits.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises on CSV injection.
    """
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(_columns(query))
    for row in rows:
        window_start, window_end, *texts, value = _cells(query, row)
        writer.writerow([format_time(window_start), format_time(window_end), *(_harmless(text) for text in texts), format(value, "f")])
    return output.getvalue()


def json_lines(query: Query, rows: Sequence[Row]) -> bytes:
    """Return rows as one JSON object a line, with the columns of the CSV."""
    columns = _columns(query)
    return b"".join(json_bytes(dict(zip(columns, _cells(query, row), strict=True))) + b"\n" for row in rows)


def parquet_bytes(query: Query, rows: Sequence[Row]) -> bytes:
    """Return rows as a Parquet file with the columns of the CSV; blocks.

    Raises:
        InvalidInputError: A value has more digits than a Parquet decimal.
    """
    if any(abs(row.value) >= PARQUET_VALUE_LIMIT for row in rows):
        raise InvalidInputError(
            "a value has more than 20 digits before the point, too many for Parquet; ask for CSV or JSON", field="accept"
        )
    names = _columns(query)
    texts = ", ".join(f'"{name}" varchar' for name in names[2:-1])
    columns = f"window_start timestamptz, window_end timestamptz, {texts + ', ' if texts else ''}value decimal(38, 18)"
    with tempfile.TemporaryDirectory(prefix="meterlark-parquet-") as folder, duckdb.connect(":memory:") as connection:
        connection.execute(f"create table usage ({columns})")
        placeholders = ", ".join("?" for _ in names)
        for start in range(0, len(rows), _INSERT_ROWS):
            part = [_cells(query, row) for row in rows[start : start + _INSERT_ROWS]]
            connection.executemany(f"insert into usage values ({placeholders})", part)  # noqa: S608 - question marks of our own
        path = Path(folder) / "usage.parquet"
        connection.execute(f"copy usage to '{path}' (format parquet)")
        return path.read_bytes()


def _columns(query: Query) -> list[str]:
    return ["window_start", "window_end", *(["subject"] if query.by_subject else []), *query.group_by, "value"]


def _cells(query: Query, row: Row) -> list[Any]:
    subject = [row.subject or ""] if query.by_subject else []
    return [row.window.start, row.window.end, *subject, *row.groups.values(), row.value]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
