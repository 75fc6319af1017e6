"""`meterlark export`: stored events or usage as a file. The file has its name only when it is whole."""

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Annotated, Final, Literal

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, say
from meterlark.cli.period import FromOption, SinceOption, Span, ToOption, read_span
from meterlark.cli.progress import progress
from meterlark.cli.query import GroupOption, MeterArgument, SubjectOption, WhereOption, WindowOption, WindowZoneOption, usage_parameters
from meterlark.cli.whole_file import whole_file
from meterlark.model.errors import InvalidInputError
from meterlark.sdk.usage import query_path
from meterlark.server.formats import CSV_TYPE, LINES_TYPE, PARQUET_TYPE, harmless

EVENTS_PATH: Final = "/api/v2/events"
PAGE_EVENTS: Final = 1_000
"""Events of one request: the most that the server gives."""

Format = Literal["csv", "jsonl", "parquet"]
OutputOption = Annotated[Path, Parameter(name="--output", alias="-o", allow_leading_hyphen=True, help="The file; - is standard output.")]
FormatOption = Annotated[
    Format | None, Parameter(name="--format", help="By default the file's ending says it: .csv, .jsonl, .ndjson, .parquet.")
]

_ENDINGS: Final[dict[str, Format]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet"}
_TYPES: Final[dict[Format, str]] = {"csv": CSV_TYPE, "jsonl": LINES_TYPE, "parquet": PARQUET_TYPE}
STANDARD_OUTPUT: Final = Path("-")


class _Event(msgspec.Struct):
    id: str
    source: str
    type: str
    subject: str
    time: str = ""
    data: msgspec.Raw = msgspec.Raw(b"")


class _Stored(msgspec.Struct, rename="camel"):
    event: _Event
    ingested_at: str
    customer_id: str = ""
    validation_error: str = ""


class _Page(msgspec.Struct, rename="camel"):
    items: list[msgspec.Raw]
    next_cursor: str | None = None


class Exported(msgspec.Struct, frozen=True):
    """What was written.

    Attributes:
        output: The file.
        format: Its form.
        rows: Events written; for usage, None.
        bytes: Of the file.
    """

    output: str
    format: str
    rows: int | None
    bytes: int


def events(
    *,
    output: OutputOption,
    format_: FormatOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    since: SinceOption = None,
    subject: Annotated[str | None, Parameter(help="Only this subject.")] = None,
    type_: Annotated[str | None, Parameter(name="--type", help="Only this type of event.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Write stored events to a file, newest event time first.

    JSON lines hold each event as the API lists it. CSV and Parquet have one column for each attribute, and the data as JSON text.
    """
    form = _form(output, format_)
    parameters = _conditions(read_span(from_=from_, to=to, since=since), subject, type_)
    with Client(url) as client, progress("events", is_quiet=json_output) as done, whole_file(output) as file:
        written = _WRITERS[form](_pages(client, parameters, done), file)
    _tell(Exported(str(output), form, written, _size(output)), json_output=json_output)


def usage(
    meter: MeterArgument,
    /,
    *,
    output: OutputOption,
    format_: FormatOption = None,
    window: WindowOption = None,
    group_by: GroupOption = (),
    subject: SubjectOption = (),
    where: WhereOption = (),
    from_: FromOption = None,
    to: ToOption = None,
    since: SinceOption = None,
    time_zone: WindowZoneOption = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Write the rows of a usage query to a file; the numbers are exact in every form."""
    form = _form(output, format_)
    span = read_span(from_=from_, to=to, since=since)
    parameters = usage_parameters(span, window=window, group_by=group_by, subject=subject, where=where, time_zone=time_zone)
    with Client(url) as client, progress("bytes", is_quiet=json_output) as done:
        answer = client.download(query_path(meter, parameters), accept=_TYPES[form])
        done(len(answer.body))
        with whole_file(output) as file:
            file.write(answer.body)
    _tell(Exported(str(output), form, None, len(answer.body)), json_output=json_output)


def _form(output: Path, given: Format | None) -> Format:
    found = given or _ENDINGS.get(output.suffix.lower()) or ("jsonl" if output == STANDARD_OUTPUT else None)
    if found is None:
        raise InvalidInputError(f"--output is {str(output)!r}; name a .csv, .jsonl or .parquet file, or give --format", field="--output")
    return found


def _conditions(span: Span, subject: str | None, type_: str | None) -> dict[str, str]:
    times = {operator: text for operator, text in (("$gte", span.from_), ("$lt", span.to)) if text is not None}
    given = {
        "subject": None if subject is None else {"$eq": subject},
        "type": None if type_ is None else {"$eq": type_},
        "time": times or None,
    }
    filters = {name: condition for name, condition in given.items() if condition is not None}
    return {"limit": str(PAGE_EVENTS), **({"filter": msgspec.json.encode(filters).decode()} if filters else {})}


def _pages(client: Client, parameters: dict[str, str], done: Callable[[int], None]) -> Iterator[msgspec.Raw]:
    cursor: str | None = None
    while True:
        page = client.fetch(EVENTS_PATH, _Page, {**parameters, "cursor": cursor})
        yield from page.items
        done(len(page.items))
        cursor = page.next_cursor
        if cursor is None:
            return


def _write_lines(stored: Iterator[msgspec.Raw], file: IO[bytes]) -> int:
    number = 0
    for number, one in enumerate(stored, 1):  # noqa: B007 - the count is returned
        # White space between members may hold line ends, which JSON lines cannot.
        file.write(msgspec.json.format(bytes(one), indent=-1) + b"\n")
    return number


def _write_csv(stored: Iterator[msgspec.Raw], file: IO[bytes]) -> int:
    return _write_cells(stored, file, harmless)


def _write_parquet(stored: Iterator[msgspec.Raw], file: IO[bytes]) -> int:
    from meterlark.cli.parquet import parquet_from_csv  # noqa: PLC0415 - loads DuckDB, which the other forms do not need

    with tempfile.NamedTemporaryFile(prefix="meterlark-export-", suffix=".csv") as cells:
        number = _write_cells(stored, cells, str)
        cells.flush()
        parquet_from_csv(Path(cells.name), file, times=("time", "ingested_at"))
    return number


_COLUMNS: Final = ("id", "source", "type", "subject", "time", "customer_id", "ingested_at", "validation_error", "data")


def _write_cells(stored: Iterator[msgspec.Raw], file: IO[bytes], clean: Callable[[str], str]) -> int:
    writer = csv.writer(_Encoded(file), lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    number = 0
    for number, one in enumerate(stored, 1):  # noqa: B007 - the count is returned
        read = msgspec.json.decode(one, type=_Stored)
        event, data = read.event, bytes(read.event.data).decode()
        texts = (event.id, event.source, event.type, event.subject, event.time, read.customer_id)
        writer.writerow([*map(clean, texts), read.ingested_at, clean(read.validation_error), clean(data)])
    return number


class _Encoded:
    """What `csv` writes to: text that becomes UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


_WRITERS: Final[dict[Format, Callable[[Iterator[msgspec.Raw], IO[bytes]], int]]] = {
    "csv": _write_csv,
    "jsonl": _write_lines,
    "parquet": _write_parquet,
}


def _size(output: Path) -> int:
    return 0 if output == STANDARD_OUTPUT else output.stat().st_size


def _tell(exported: Exported, *, json_output: bool) -> None:
    if exported.output == str(STANDARD_OUTPUT):
        sys.stdout.flush()
        return
    if json_output:
        print_json([exported])
    else:
        events_written = "" if exported.rows is None else f"{exported.rows:,} events, "
        say(f"{exported.output}: {events_written}{exported.bytes:,} bytes of {exported.format}")
