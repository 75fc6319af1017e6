"""`meterlark import exchanges`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from meterlark.capture.attributes import UNATTRIBUTED
from meterlark.capture.event import encode_event
from meterlark.capture.exchange import Captured, decode_record, event_from_exchange
from meterlark.cli.client import Client, Verdicts, batches
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table
from meterlark.cli.progress import progress
from meterlark.cli.read import read_lines
from meterlark.model.errors import NotFoundError


class ImportReport(Verdicts):
    """What became of recorded exchanges.

    Attributes:
        read: Exchanges read.
        skipped: Exchanges that are not usage, by reason.
    """

    read: int = 0
    skipped: dict[str, int] = msgspec.field(default_factory=dict)


def exchanges(
    *files: Annotated[str, Parameter(help="Recorded exchanges as JSON lines, gzip or not.")],
    customer: Annotated[str, Parameter(help="Who pays for them.")] = UNATTRIBUTED,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Import recorded LLM exchanges: each successful one that reports usage becomes one event.

    Importing again counts nothing twice. What is skipped is listed with its reason.
    """
    missing = [file for file in files if not Path(file).exists()]
    if missing or not files:
        raise NotFoundError(f"there is no file {missing[0]}" if missing else "name at least one file")
    report = ImportReport()
    skipped: Counter[str] = Counter()
    with Client(url) as client, progress("exchanges", is_quiet=json_output) as done:
        for batch in batches(_events(files, customer, report, skipped, done)):
            report.add(client.send([text for _, text in batch]))
    report.skipped = dict(sorted(skipped.items(), key=lambda item: (-item[1], item[0])))
    if json_output:
        print_json([report])
        return
    print_table(
        ["exchanges", "number"],
        [
            ("read", report.read),
            ("new", report.new),
            ("duplicates", report.duplicate),
            ("conflicts", report.conflict),
            *((f"skipped: {reason}", count) for reason, count in report.skipped.items()),
        ],
    )


def _events(
    files: tuple[str, ...], customer: str, report: ImportReport, skipped: Counter[str], done: object
) -> Iterator[tuple[str, bytes]]:
    assert callable(done)
    for file in files:
        for number, line in enumerate(read_lines(file), 1):
            if not line.strip():
                continue
            report.read += 1
            done(1)
            try:
                found = event_from_exchange(decode_record(line), subject=customer)
            except msgspec.DecodeError:
                skipped["the line is not a JSON object"] += 1
                continue
            if isinstance(found, Captured):
                yield f"{file}:{number}", encode_event(found.event)
            else:
                skipped[found.reason] += 1
