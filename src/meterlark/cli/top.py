"""`meterlark top`: who uses most now."""

import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import read_span
from meterlark.model.errors import InvalidInputError, UnavailableError
from meterlark.sdk.usage import UsageRow

WATCH_SECONDS_MIN: Final = 1
"""A question costs the server some ms; more than one a second is read by nobody."""


class Ranked(msgspec.Struct, frozen=True):
    """One line.

    Attributes:
        names: Texts of the dimensions asked for; None where events have none.
        value: The usage.
    """

    names: dict[str, str | None]
    value: Decimal


class Ranking(msgspec.Struct, frozen=True):
    """Who used most.

    Attributes:
        shown: The first lines, most first.
        others: How many more there are.
        others_value: The sum of theirs.
        total: The sum of all.
    """

    shown: tuple[Ranked, ...]
    others: int
    others_value: Decimal
    total: Decimal


def rank(rows: Sequence[UsageRow], *, limit: int) -> Ranking:
    """Return rows of one window as a ranking; equal values are in the order of their names."""
    lines = [Ranked({**({} if row.subject is None else {"subject": row.subject}), **row.group_by}, row.value) for row in rows]
    lines.sort(key=lambda line: (-line.value, [name or "" for name in line.names.values()]))
    values = [line.value for line in lines]
    return Ranking(tuple(lines[:limit]), len(lines[limit:]), sum(values[limit:], Decimal(0)), sum(values, Decimal(0)))


def top(
    *,
    by: Annotated[tuple[str, ...], Parameter(help="What to rank: subject, model or another dimension; may be repeated.")] = ("subject",),
    meter: Annotated[str, Parameter(help="Slug of a meter that adds up.")] = "llm_total_tokens",
    since: Annotated[str, Parameter(help="How far back: 30m, 24h, 7d or 4w.")] = "1h",
    limit: Annotated[int, Parameter(help="Lines shown; the others are added up.")] = 20,
    watch: Annotated[int | None, Parameter(help="Ask again every so many seconds, until Ctrl-C.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Rank customers, models or any dimension by their usage now."""
    if limit < 1:
        raise InvalidInputError(f"--limit is {limit}; allowed is 1 and more", field="--limit")
    if watch is not None and watch < WATCH_SECONDS_MIN:
        raise InvalidInputError(f"--watch is {watch}; allowed is {WATCH_SECONDS_MIN} and more seconds", field="--watch")
    with Client(url) as client:
        _check_meter(client, meter)
        while True:
            ranking = _ask(client, meter=meter, by=by, since=since, limit=limit, is_patient=watch is not None)
            if ranking is not None:
                _print(ranking, by=by, title=f"{meter}, last {since}", clears=watch is not None, json_output=json_output)
            if watch is None:
                return
            time.sleep(watch)


class _Meter(msgspec.Struct, frozen=True):
    aggregation: str


def _check_meter(client: Client, meter: str) -> None:
    found = client.fetch(f"/api/v1/meters/{meter}", _Meter)
    if found.aggregation not in {"SUM", "COUNT"}:
        raise InvalidInputError(
            f"{meter} is a meter of {found.aggregation}, whose values do not add up; name a SUM or COUNT", field="--meter"
        )


def _ask(client: Client, *, meter: str, by: tuple[str, ...], since: str, limit: int, is_patient: bool) -> Ranking | None:
    """Return the ranking; None if the server was away and the next look may find it."""
    span = read_span(from_=None, to=None, since=since)
    try:
        return rank(client.query(meter, {"from": span.from_, "groupBy": list(by)}), limit=limit)
    except UnavailableError as error:
        if not is_patient:
            raise
        say(str(error))
        return None


def _print(ranking: Ranking, *, by: tuple[str, ...], title: str, clears: bool, json_output: bool) -> None:
    if json_output:
        print_json({**line.names, "value": line.value} for line in ranking.shown)
        sys.stdout.flush()
        return
    if clears and sys.stdout.isatty():
        Console().clear()
    if not ranking.shown:
        say("no usage in that time; a longer one: --since 30d")
        return
    rows: list[list[Any]] = [
        [*((line.names[name] or "") for name in by), line.value, _share(line.value, ranking)] for line in ranking.shown
    ]
    if ranking.others:
        rows.append([f"{ranking.others} others", *("" for _ in by[1:]), ranking.others_value, _share(ranking.others_value, ranking)])
    rows.append(["total", *("" for _ in by[1:]), ranking.total, _share(ranking.total, ranking)])
    print_table([*by, "usage", "share"], rows, title=title)
    sys.stdout.flush()


def _share(value: Decimal, ranking: Ranking) -> str:
    return f"{value / ranking.total:7.1%}" if ranking.total > 0 else ""
