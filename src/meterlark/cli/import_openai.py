"""`meterlark import openai`: organisation usage and costs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from meterlark.capture.foreign.openai_organization import CUSTOMER, buckets, event_from_result, results
from meterlark.capture.foreign.row import Event, UnreadableError
from meterlark.capture.route import Skipped
from meterlark.cli.importing import (
    BeginOption,
    Choice,
    CustomerFromOption,
    CustomerOption,
    EndOption,
    FilesArgument,
    run_import,
)
from meterlark.cli.output import JsonFlag, UrlOption, say
from meterlark.cli.rows import Named


def openai(
    *files: FilesArgument,
    customer: CustomerOption = None,
    customer_from: CustomerFromOption = None,
    from_: BeginOption = None,
    to: EndOption = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Import the JSON pages of OpenAI's organisation usage and costs: each result of each bucket of time becomes one event.

    One result stands for many requests, so it is measured by meters of its own, openai_org_..., not by llm_... Importing again counts
    nothing twice; a bucket of time that is not over yet is left out. The exit code is 6 when a result contradicts a stored one.
    """
    now = datetime.now(UTC)
    choice = Choice(customer, customer_from, from_, to)
    columns = choice.columns(CUSTOMER)

    def convert(named: Named) -> Iterator[Event | Skipped]:
        place, page = named
        if page is None:
            yield Skipped("not a JSON object")
            return
        warn_of_more(place, page)
        is_empty = True
        for bucket in buckets(page):
            is_empty = False
            yield from _converted(bucket, columns, now)
        if is_empty:
            yield Skipped("neither a page of buckets nor a bucket")

    return run_import(files, convert, choice, url=url, json_output=json_output)


def warn_of_more(place: str, page: Any) -> None:  # noqa: ANN401 - JSON
    """Say so when a page is not the last one and the next may be missing."""
    if page.get("has_more"):
        say(f"{place}: there are more pages behind this one (has_more); make sure that they are imported, too")


def _converted(bucket: Any, columns: tuple[str, ...], now: datetime) -> Iterator[Event | Skipped]:  # noqa: ANN401 - JSON
    try:
        for result in results(bucket):
            try:
                yield event_from_result(result, now=now, customer=columns)
            except UnreadableError as error:
                yield Skipped(str(error))
    except UnreadableError as error:
        yield Skipped(str(error))
