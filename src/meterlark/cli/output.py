"""What commands print, and the exit codes."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from meterlark.model.errors import ConflictError, ForbiddenError, InvalidInputError, MeterlarkError, NotFoundError, UnauthenticatedError

JsonFlag = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON, one object a line, instead of a table.")]
UrlOption = Annotated[str | None, Parameter(name="--url", help="Address of the server; METERLARK_URL, else http://127.0.0.1:8888.")]

WIDTH_WITHOUT_TERMINAL: Final = 4_096
"""Columns of a table that is written to a file or a pipe: nothing is cut there."""

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    CONFLICT = 5
    PARTIAL = 6
    PENDING = 7


def exit_code_of(error: MeterlarkError) -> Exit:
    """Return the exit code of a command that ended with an error."""
    if isinstance(error, InvalidInputError):
        return Exit.USAGE
    if isinstance(error, NotFoundError):
        return Exit.NOT_FOUND
    if isinstance(error, UnauthenticatedError | ForbiddenError):
        return Exit.NOT_ALLOWED
    return Exit.CONFLICT if isinstance(error, ConflictError) else Exit.FAILED


def say(text: str) -> None:
    """Write a line of talk."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_json(values: Iterable[object]) -> None:
    """Write JSON objects, one a line."""
    for value in values:
        sys.stdout.write(_encoder.encode(value).decode() + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Decimal | int]], *, title: str = "") -> None:
    """Write a table; numbers are on the right, with thousands separated. Without a terminal it is as wide as its content."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
    table = Table(title=escape(title) or None, title_justify="left", box=SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    filled = [list(row) for row in rows]
    for index, column in enumerate(columns):
        given = [row[index] for row in filled if row[index] != ""]
        is_number = bool(given) and all(isinstance(cell, Decimal | int) for cell in given)
        table.add_column(escape(column), justify="right" if is_number else "left", no_wrap=True)
    for row in filled:
        # Control characters of foreign texts must not reach the terminal.
        table.add_row(*(escape(printable(cell)) if isinstance(cell, str) else f"{cell:,f}" for cell in map(_cell, row)))
    console.print(table)


def _cell(value: str | Decimal | int) -> str | Decimal:
    return Decimal(value) if isinstance(value, int) else value


def printable(text: str) -> str:
    """Return a foreign text without characters that could steer a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
