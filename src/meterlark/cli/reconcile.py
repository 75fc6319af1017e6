"""`meterlark reconcile`: a provider's own totals beside ours, and what each difference comes from."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from cyclopts import Parameter

from meterlark.capture.foreign.openai_organization import Result, buckets, results
from meterlark.capture.foreign.row import UnreadableError
from meterlark.cli.client import Client
from meterlark.cli.import_openai import warn_of_more
from meterlark.cli.importing import FilesArgument, check_files
from meterlark.cli.output import Exit, JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.progress import progress
from meterlark.cli.reconcile_rows import Amounts, Difference, Export, Place, compare_costs, compare_usage, read_export
from meterlark.cli.rows import read_rows
from meterlark.config import RETURNED_MODEL
from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.model.time import format_time

COST_METER: Final = "llm_cost"
REPORTED: Final = ("reported", "injected", "drained")
"""Sources of counts that are the provider's own."""

_METERS: Final = {"llm_requests": "requests", "llm_input_tokens": "input_tokens", "llm_output_tokens": "output_tokens"}


def reconcile(
    *files: FilesArgument,
    provider: Annotated[str, Parameter(help="Our usage of this provider is compared.")] = "openai",
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Compare the JSON pages of OpenAI's organisation usage (grouped by model) and costs (by line item) with what is metered here.

    Every difference of a day (UTC) and a model has its cause: time range, name, category, price, missing or extra. The exit code is 0 when
    both sides are the same and 5 when they differ.
    """
    check_files(files)
    now = datetime.now(UTC)
    with progress("results", is_quiet=json_output) as done:
        export = _read(files, done)
    days = sorted(export.covered.keys() | {day for day, _ in export.costs})
    with Client(url) as client:
        ours = _our_usage(client, days, provider)
        costs = _our_costs(client, days, provider) if export.costs else None
    found = compare_usage(export, {place: amounts for place, amounts in ours.items() if place[0] in export.covered}, now=now)
    if export.costs:
        found += compare_costs(export, costs, found, now=now)
    _print(export, found, json_output=json_output)
    return Exit.CONFLICT if found else Exit.DONE


def _read(files: tuple[str, ...], done: Any) -> Export:  # noqa: ANN401 - a function of one number
    try:
        export = read_export(_results(files, done))
    except UnreadableError as error:
        raise InvalidInputError(f"the export cannot be read: {error}") from error
    if export.has_unnamed:
        raise InvalidInputError("the usage is not grouped by model; ask OpenAI with group_by=model (and costs with group_by=line_item)")
    if not export.usage and not export.costs:
        raise InvalidInputError("there is neither usage nor a cost in these files; pages of /v1/organization/usage/completions are read")
    return export


def _results(files: tuple[str, ...], done: Any) -> Iterator[Result]:  # noqa: ANN401 - as above
    for file in files:
        for place, page in read_rows(file):
            if page is None:
                raise InvalidInputError(f"{place} is no JSON object")
            warn_of_more(place, page)
            for bucket in buckets(page):
                for result in results(bucket):
                    done(1)
                    yield result


def _our_usage(client: Client, days: list[date], provider: str) -> dict[Place, Amounts]:
    ours: dict[Place, Amounts] = {}
    for meter, field in _METERS.items():
        for row in client.query(meter, _question(days, provider, ["model"])):
            amounts = ours.setdefault((row.window_start.date(), row.group_by["model"] or ""), Amounts())
            setattr(amounts, field, int(row.value))
    for row in client.query("llm_total_tokens", _question(days, provider, ["model", "usage_source"])):
        if row.group_by["usage_source"] not in REPORTED:
            ours.setdefault((row.window_start.date(), row.group_by["model"] or ""), Amounts()).unreported_tokens += int(row.value)
    return ours


def _our_costs(client: Client, days: list[date], provider: str) -> dict[Place, Decimal] | None:
    """Return our costs by day and model; None when the server does not measure costs."""
    try:
        rows = client.query(COST_METER, _question(days, provider, [RETURNED_MODEL]))
    except NotFoundError:
        return None
    return {(row.window_start.date(), row.group_by[RETURNED_MODEL] or ""): row.value for row in rows}


def _question(days: list[date], provider: str, groups: list[str]) -> dict[str, str | list[str] | None]:
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (days[0], days[-1]))
    return {
        "from": format_time(first),
        "to": format_time(last + timedelta(days=1)),
        "windowSize": "DAY",
        "groupBy": groups,
        "filterGroupBy[provider]": [provider],
    }


def _print(export: Export, found: list[Difference], *, json_output: bool) -> None:
    if json_output:
        print_json(found)
        return
    if found:
        columns = ["day", "model", "what", "theirs", "ours", "difference", "cause", "why"]
        print_table(columns, [_cells(one) for one in found])
        sys.stdout.flush()
    for kind, count in sorted(export.others.items()):
        say(f"not compared: {count} results of {kind}")
    compared = len(export.usage) + len(export.costs)
    say(f"{compared} figures of {len(export.covered)} days compared; {len(found)} differ" + ("" if found else ": both sides are the same"))


def _cells(one: Difference) -> list[Any]:
    ours = "" if one.ours is None else one.ours
    return [one.day.isoformat(), one.model, one.what, one.theirs, ours, one.difference, one.cause.value, one.why]
