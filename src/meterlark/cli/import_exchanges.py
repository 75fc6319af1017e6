"""`meterlark import exchanges`."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from cyclopts import Parameter

from meterlark.capture.attributes import UNATTRIBUTED
from meterlark.capture.event import encode_event
from meterlark.capture.exchange import Captured, decode_record, event_from_exchange
from meterlark.cli.client import Client, batches
from meterlark.cli.importing import Tally, check_files
from meterlark.cli.output import JsonFlag, UrlOption
from meterlark.cli.progress import progress
from meterlark.cli.read import read_lines


def exchanges(
    *files: Annotated[str, Parameter(help="Recorded exchanges as JSON lines, gzip or not.")],
    customer: Annotated[str, Parameter(help="Who pays for them.")] = UNATTRIBUTED,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Import recorded LLM exchanges: each successful one that reports usage becomes one event.

    Importing again counts nothing twice. What is skipped is listed with its reason.
    """
    check_files(files)
    with Client(url) as client, progress("exchanges", is_quiet=json_output) as done:
        tally = Tally(done)
        for batch in batches(_events(files, customer, tally)):
            tally.report.add(client.send([text for _, text in batch]))
    tally.print(what="exchanges", json_output=json_output)


def _events(files: tuple[str, ...], customer: str, tally: Tally) -> Iterator[tuple[str, bytes]]:
    for file in files:
        for number, line in enumerate(read_lines(file), 1):
            if not line.strip():
                continue
            tally.read()
            try:
                found = event_from_exchange(decode_record(line), subject=customer)
            except msgspec.DecodeError:
                tally.skip("the line is not a JSON object")
                continue
            if isinstance(found, Captured):
                yield f"{file}:{number}", encode_event(found.event)
            else:
                tally.skip(found.reason)
