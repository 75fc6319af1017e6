"""What every `import` command does: rows become events, events are sent, and a report says what became of each row."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from meterlark.capture.event import encode_event
from meterlark.capture.foreign.row import Event, UnreadableError
from meterlark.capture.route import Skipped
from meterlark.cli.client import Client, Verdicts, batches
from meterlark.cli.output import Exit, print_json, print_table
from meterlark.cli.progress import progress
from meterlark.cli.rows import Named, read_rows
from meterlark.model.errors import NotFoundError
from meterlark.model.time import parse_time

REASONS_SHOWN_MAX: Final = 10
"""Reasons in the table; further ones are added up. The JSON form has all of them."""

REASONS_KEPT_MAX: Final = 1_000
"""Different reasons that are told apart: a broken file must not fill the memory."""

FilesArgument = Annotated[str, Parameter(help="Exported files, gzip or not.")]
CustomerOption = Annotated[str | None, Parameter(name="--customer", help="Who pays for all of it.")]
CustomerFromOption = Annotated[
    str | None, Parameter(name="--customer-from", help="Column that names who pays; metadata.plan looks into an object.")
]
BeginOption = Annotated[str | None, Parameter(name="--from", help="Leave out what was before (RFC 3339), such as what is metered already.")]
EndOption = Annotated[str | None, Parameter(name="--to", help="Leave out what was then or later (RFC 3339).")]

Convert = Callable[[Named], Iterable[Event | Skipped]]


class ImportReport(Verdicts):
    """What became of rows.

    Attributes:
        read: Rows read.
        skipped: Rows that are no usage, by reason.
    """

    read: int = 0
    skipped: dict[str, int] = msgspec.field(default_factory=dict)


class Choice(msgspec.Struct, frozen=True):
    """What options say of the rows to import.

    Attributes:
        customer: Who pays for all; None leaves it to the rows.
        customer_from: The column that says who pays; None takes the format's own.
        begin: First event time, RFC 3339, inclusive.
        end: End of the event times, RFC 3339, exclusive.
    """

    customer: str | None = None
    customer_from: str | None = None
    begin: str | None = None
    end: str | None = None

    def columns(self, own: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns that may name who pays."""
        return own if self.customer_from is None else (self.customer_from,)


class Tally:
    """Counts rows while they are imported.

    Args:
        done: Told of each row that was read.

    Attributes:
        report: What became of the rows so far.
    """

    def __init__(self, done: Callable[[int], None]) -> None:
        self.report = ImportReport()
        self._done = done
        self._skipped: Counter[str] = Counter()

    def read(self) -> None:
        """Count a row."""
        self.report.read += 1
        self._done(1)

    def skip(self, reason: str) -> None:
        """Count a reason; when there are too many different ones, the new ones are counted together."""
        self._skipped[reason if reason in self._skipped or len(self._skipped) < REASONS_KEPT_MAX else "other reasons"] += 1

    def print(self, *, what: str, json_output: bool) -> None:
        """Print what became of the rows; the table shows the most frequent reasons and adds the others up."""
        report = self.report
        ordered = sorted(self._skipped.items(), key=lambda item: (-item[1], item[0]))
        report.skipped = dict(ordered)
        if json_output:
            print_json([report])
            return
        others = sum(count for _, count in ordered[REASONS_SHOWN_MAX:])
        print_table(
            [what, "number"],
            [
                ("read", report.read),
                ("new", report.new),
                ("duplicates", report.duplicate),
                ("conflicts", report.conflict),
                *((f"skipped: {reason}", count) for reason, count in ordered[:REASONS_SHOWN_MAX]),
                *([(f"skipped: {len(ordered) - REASONS_SHOWN_MAX} other reasons", others)] if others else []),
            ],
        )
        sys.stdout.flush()


def each_row(convert: Callable[[Any], Event | Skipped]) -> Convert:
    """Return a conversion in which a row is one event, or is skipped with a reason."""

    def converted(named: Named) -> Iterator[Event | Skipped]:
        _, row = named
        try:
            yield Skipped("the row is not an object, or has not the header's number of cells") if row is None else convert(row)
        except UnreadableError as error:
            yield Skipped(str(error))

    return converted


def run_import(files: tuple[str, ...], convert: Convert, choice: Choice, *, url: str | None, json_output: bool) -> int:
    """Import files and print the report; 6 when a conflict was found: another content under the identity of a stored event.

    Raises:
        NotFoundError: A file is not there.
        InvalidInputError: A file or a time cannot be read.
        UnavailableError: The server does not answer.
    """
    check_files(files)
    with Client(url) as client, progress("rows", is_quiet=json_output) as done:
        tally = Tally(done)
        for batch in batches(_events(files, convert, choice, tally)):
            tally.report.add(client.send([text for _, text in batch]))
    tally.print(what="rows", json_output=json_output)
    return Exit.PARTIAL if tally.report.conflict else Exit.DONE


def check_files(files: tuple[str, ...]) -> None:
    """Make sure that there are files.

    Raises:
        NotFoundError: There is none, or one is missing.
    """
    missing = [file for file in files if file != "-" and not Path(file).exists()]
    if missing or not files:
        raise NotFoundError(f"there is no file {missing[0]}" if missing else "name at least one file")


def _events(files: tuple[str, ...], convert: Convert, choice: Choice, tally: Tally) -> Iterator[tuple[str, bytes]]:
    begin, end = (None if text is None else parse_time(text, field=name) for text, name in ((choice.begin, "--from"), (choice.end, "--to")))
    for file in files:
        for named in read_rows(file):
            for found in convert(named):
                tally.read()
                if isinstance(found, Skipped):
                    tally.skip(found.reason)
                    continue
                at = parse_time(found["time"], field="time")
                if (begin is not None and at < begin) or (end is not None and at >= end):
                    tally.skip("outside of --from and --to")
                    continue
                if choice.customer is not None:
                    found["subject"] = choice.customer
                yield named[0], encode_event(found)
