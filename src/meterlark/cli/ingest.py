"""`meterlark ingest`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import BATCH_BYTES, Client, Verdicts, batches
from meterlark.cli.output import Exit, JsonFlag, UrlOption, print_json, say
from meterlark.cli.progress import progress
from meterlark.cli.read import read_lines
from meterlark.model.errors import InvalidInputError, NotFoundError

_POSITION: Final = re.compile(r"\[(?P<index>\d+)\]")
REFUSED_SHOWN_MAX: Final = 20


class _Listed(msgspec.Struct):
    """A line of `meterlark export events`; no event can have a member with a capital letter."""

    event: msgspec.Raw
    ingested_at: msgspec.Raw = msgspec.field(name="ingestedAt")
    void: msgspec.Raw = msgspec.Raw(b"")


class IngestReport(Verdicts):
    """What became of a file.

    Attributes:
        refused: Events that the server does not accept; nothing of them was stored.
    """

    refused: int = 0


def ingest(
    file: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Events as JSON lines or one JSON array, as sent or exported, gzip or not; - reads standard input.",
        ),
    ],
    /,
    *,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Send events from a file; sending a file again counts nothing twice.

    An event that the server refuses is named by its line, and the others are stored; the exit code is then 6. The file may be one of
    'meterlark export events'; its voided events are refused.
    """
    report = IngestReport()
    with Client(url) as client, progress("events", is_quiet=json_output) as done:
        for batch in batches(_sendable(_events(file), report)):
            _send(client, batch, report)
            done(len(batch))
    if json_output:
        print_json([report])
    else:
        sys.stdout.write(f"{report.new} new, {report.duplicate} duplicates, {report.conflict} conflicts, {report.refused} refused\n")
    return Exit.PARTIAL if report.refused else Exit.DONE


def _send(client: Client, batch: list[tuple[str, bytes]], report: IngestReport) -> None:
    """Send a batch; each event that makes the server refuse it is taken out and named, and the rest is sent again."""
    rest = list(batch)
    while rest:
        try:
            report.add(client.send([text for _, text in rest]))
        except InvalidInputError as error:
            match = _POSITION.match(error.field or "")
            if match is None:
                raise
            name, _ = rest.pop(int(match["index"]))
            _refuse(report, name, str(error))
        else:
            return


def _sendable(events: Iterator[tuple[str, bytes]], report: IngestReport) -> Iterator[tuple[str, bytes]]:
    """Keep back what would break the array of a request, so that the server's positions stay those of the lines."""
    for name, text in events:
        try:
            msgspec.json.decode(text, type=msgspec.Raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            _refuse(report, name, f"not valid JSON: {str(error)[:200]}")
            continue
        event, is_void = _unlisted(text)
        if is_void:
            _refuse(report, name, "the event is voided; sent again it would count")
        elif len(event) > BATCH_BYTES:
            _refuse(report, name, f"the event has {len(event)} bytes; at most {BATCH_BYTES} are sent")
        else:
            yield name, event


def _unlisted(text: bytes) -> tuple[bytes, bool]:
    """Return the event of a line of an export, and whether it is voided; any other text as it is."""
    try:
        listed = msgspec.json.decode(text, type=_Listed)
    except msgspec.ValidationError:
        return text, False  # no line of an export; the server judges it
    return bytes(listed.event), bytes(listed.void) not in {b"", b"null"}


def _refuse(report: IngestReport, name: str, reason: str) -> None:
    report.refused += 1
    if report.refused <= REFUSED_SHOWN_MAX:
        say(f"{name}: {reason}")
    elif report.refused == REFUSED_SHOWN_MAX + 1:
        say("further refused events are counted, not shown")


def _events(file: str) -> Iterator[tuple[str, bytes]]:
    if file != "-" and not Path(file).exists():
        raise NotFoundError(f"there is no file {file}")
    for number, line in enumerate(read_lines(file), 1):
        if number == 1 and line.lstrip()[:1] == b"[":
            yield from _array(file)
            return
        if line.strip():
            yield f"{file}:{number}", line.strip()


def _array(file: str) -> Iterator[tuple[str, bytes]]:
    if file == "-":
        raise InvalidInputError("a JSON array cannot be read from standard input; give a file, or one event a line")
    try:
        items = msgspec.json.decode(b"".join(read_lines(file)), type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file} is not a JSON array of events: {error}") from error
    for position, item in enumerate(items):
        yield f"{file}[{position}]", bytes(item)
