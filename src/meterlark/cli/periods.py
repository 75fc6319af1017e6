"""`meterlark periods`: close periods, list and show closed ones."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from cyclopts import Parameter

from meterlark.cli.charges import print_charge
from meterlark.cli.client import Client
from meterlark.cli.output import Exit, JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import FromOption, MonthOption, ToOption, ZoneOption
from meterlark.client.types import ChargeAnswer, ClosingAnswer, PeriodAnswer, PeriodPage
from meterlark.model.time import format_time

PERIODS_PATH: Final = "/api/v1/periods"
CUSTOMERS_AT_ONCE: Final = 100
"""Customers of one request: some 5 s of work, well within the time that an answer is waited for."""

PAGE_SIZE: Final = 1_000
"""Periods of one request: the most that the server gives."""


def close(
    customer: Annotated[str | None, Parameter(help="Its id or key; every customer when not given.")] = None,
    /,
    *,
    month: MonthOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    time_zone: ZoneOption = "UTC",
    accept_uncharged: Annotated[bool, Parameter(negative="", help="Close it although usage in it could not be charged.")] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Close a period for ever; what comes later for it is charged in the next one. Closing it again changes nothing."""
    body = {"month": month, "timeZone": time_zone, "from": from_, "to": to, "acceptUncharged": accept_uncharged}
    given = {name: value for name, value in body.items() if value is not None}
    closing = ClosingAnswer(closed=[], refused=[], idle=[])
    with Client(url) as client:
        for answer in _answers(client, given, customer):
            closing.closed.extend(answer.closed)
            closing.refused.extend(answer.refused)
            closing.idle.extend(answer.idle)
    if json_output:
        print_json([{"closed": closing.closed, "refused": closing.refused, "idle": closing.idle}])
    else:
        _print_periods(closing.closed)
        for one in closing.refused:
            say(f"not closed: {one.customer_id}: {one.message}")
        if closing.idle:
            say(f"{len(closing.idle)} customers have no rate card and no usage")
    return Exit.PARTIAL if closing.refused else Exit.DONE


def list_all(
    customer: Annotated[str | None, Parameter(help="Only those of this customer, by id or key.")] = None,
    /,
    *,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """List the closed periods, in the order in which they were closed."""
    found: list[PeriodAnswer] = []
    with Client(url) as client:
        page, total = 1, 1
        while len(found) < total:
            asked: dict[str, Any] = {"customer": customer, "page": str(page), "pageSize": str(PAGE_SIZE)}
            answer = client.fetch(PERIODS_PATH, PeriodPage, asked)
            if not answer.items:
                break
            found += answer.items
            page, total = page + 1, answer.total_count
    if json_output:
        print_json(found)
    elif found:
        _print_periods(found)
    else:
        say("no closed periods; close one: meterlark periods close --month 2026-11")


def show(period: Annotated[str, Parameter(help="Its id.")], /, *, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """Show a closed period line by line."""
    with Client(url) as client:
        answer = client.fetch(f"{PERIODS_PATH}/{quote(period, safe='')}", msgspec.Raw)
    if json_output:
        print_json([answer])
    else:
        print_charge(msgspec.json.decode(answer, type=ChargeAnswer))


def _answers(client: Client, given: dict[str, Any], customer: str | None) -> Iterator[ClosingAnswer]:
    """Yield what became of closing a period of one customer, or of each, so many at a time that no answer takes too long."""
    last: str | None = ""
    while last is not None:
        whose = {"afterCustomer": last, "limit": CUSTOMERS_AT_ONCE} if customer is None else {"customer": customer}
        answer = msgspec.json.decode(client.call("POST", f"{PERIODS_PATH}/close", {**given, **whose}), type=ClosingAnswer)
        yield answer
        last = answer.next


def _print_periods(periods: Iterable[PeriodAnswer]) -> None:
    rows = [
        (
            one.id,
            one.customer_key or one.customer_id,
            format_time(one.from_),
            format_time(one.to),
            one.amount,
            one.currency or "",
            one.lines,
            one.uncharged,
        )
        for one in periods
    ]
    print_table(["id", "customer", "from", "to", "amount", "currency", "lines", "not charged"], rows)
