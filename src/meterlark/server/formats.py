"""Usage in the forms that a client may accept besides JSON: CSV, JSON lines, Parquet and Arrow, all with exact numbers."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
from nanoarrow.ipc import StreamWriter

from meterlark.metering.query import Query, Row
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time
from meterlark.server.reply import json_bytes

CSV_TYPE: Final = "text/csv"
LINES_TYPE: Final = "application/x-ndjson"
PARQUET_TYPE: Final = "application/vnd.apache.parquet"

ARROW_TYPE: Final = "application/vnd.apache.arrow.stream"

FILE_VALUE_LIMIT: Final = Decimal(10**20)
"""A decimal of Parquet and Arrow has 38 digits in what reads it; 18 of them stand after the point."""

_INSERT_ROWS: Final = 10_000


class CustomerColumns(NamedTuple):
    """What a file says of a row's customer.

    Attributes:
        names: Of the columns.
        cells: Gives their texts for a customer's id.
    """

    names: tuple[str, ...]
    cells: Callable[[str], tuple[str, ...]]


NO_CUSTOMER: Final = CustomerColumns((), lambda _customer_id: ())
CUSTOMER_ID: Final = CustomerColumns(("customer_id",), lambda customer_id: (customer_id,))


def csv_text(
    query: Query,
    rows: Sequence[Row],
    *,
    window: tuple[str, str] = ("window_start", "window_end"),
    customers: CustomerColumns = NO_CUSTOMER,
) -> str:
    """Return rows as CSV (RFC 4180): windows, subject and customer if split by it, dimensions, value with all its digits.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises on CSV injection.
    """
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([*window, *_columns(query, customers)[2:]])
    for row in rows:
        window_start, window_end, *texts, value = _cells(query, row, customers)
        writer.writerow([format_time(window_start), format_time(window_end), *(harmless(text) for text in texts), format(value, "f")])
    return output.getvalue()


def json_lines(query: Query, rows: Sequence[Row], *, customers: CustomerColumns = NO_CUSTOMER) -> bytes:
    """Return rows as one JSON object a line, with the columns of the CSV."""
    columns = _columns(query, customers)
    return b"".join(json_bytes(dict(zip(columns, _cells(query, row, customers), strict=True))) + b"\n" for row in rows)


def parquet_bytes(query: Query, rows: Sequence[Row], *, customers: CustomerColumns = NO_CUSTOMER) -> bytes:
    """Return rows as a Parquet file with the columns of the CSV; blocks.

    Raises:
        InvalidInputError: A value has more digits than a decimal of the file.
    """
    with tempfile.TemporaryDirectory(prefix="meterlark-parquet-") as folder, _usage_table(query, rows, customers) as usage:
        path = Path(folder) / "usage.parquet"
        usage.write_parquet(str(path))
        return path.read_bytes()


def arrow_bytes(query: Query, rows: Sequence[Row], *, customers: CustomerColumns = NO_CUSTOMER) -> bytes:
    """Return rows as an Arrow IPC stream with the columns of the CSV; blocks.

    Raises:
        InvalidInputError: As `parquet_bytes`.
    """
    output = io.BytesIO()
    with _usage_table(query, rows, customers) as usage, StreamWriter.from_writable(output) as writer:
        writer.write_stream(usage)
    return output.getvalue()


@contextmanager
def _usage_table(query: Query, rows: Sequence[Row], customers: CustomerColumns) -> Iterator[duckdb.DuckDBPyRelation]:
    """Give rows as a table with typed columns, in their order."""
    if any(abs(row.value) >= FILE_VALUE_LIMIT for row in rows):
        raise InvalidInputError(
            "a value has more than 20 digits before the point, too many for Parquet and Arrow; ask for CSV or JSON", field="accept"
        )
    names = _columns(query, customers)
    texts = ", ".join(f'"{name}" varchar' for name in names[2:-1])
    columns = f"window_start timestamptz, window_end timestamptz, {texts + ', ' if texts else ''}value decimal(38, 18)"
    with duckdb.connect(":memory:") as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create table usage ({columns})")
        placeholders = ", ".join("?" for _ in names)
        for start in range(0, len(rows), _INSERT_ROWS):
            part = [_cells(query, row, customers) for row in rows[start : start + _INSERT_ROWS]]
            connection.executemany(f"insert into usage values ({placeholders})", part)  # noqa: S608 - question marks of our own
        yield connection.table("usage")


def _columns(query: Query, customers: CustomerColumns) -> list[str]:
    subject = ["subject"] if query.by_subject else []
    return ["window_start", "window_end", *subject, *customers.names, *query.group_by, "value"]


def _cells(query: Query, row: Row, customers: CustomerColumns) -> list[Any]:
    subject = [row.subject or ""] if query.by_subject else []
    customer = () if row.customer_id is None else customers.cells(row.customer_id)
    return [row.window.start, row.window.end, *subject, *customer, *row.groups.values(), row.value]


def harmless(text: str) -> str:
    """Return a text for a CSV cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
