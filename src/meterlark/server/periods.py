"""`/api/v1/periods`: close periods, list and read closed ones, as JSON, CSV or JSON lines."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from meterlark.server.charges import ChargeAnswer, Month, ZoneName, read_period, to_api
from meterlark.server.formats import CSV_TYPE, LINES_TYPE
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import PAGE_SIZE_DEFAULT, Page, PageNumber, PageSize, cut
from meterlark.server.period_files import period_csv, period_lines
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time
from meterlark.service.charged import ClosedPeriod
from meterlark.service.principal import Scope

PERIOD_PATH: Final = "/api/v1/periods/{periodId}"
PERIOD_PARAMETER: Final = {"periodId": "The id of the closed period."}


class ClosePeriodBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Which period to close: a month, or from and to.

    Attributes:
        customer: Id or key; every customer, each by itself, when missing.
        month: A calendar month.
        time_zone: IANA zone whose month it is.
        from_: First event time, inclusive.
        to: End of the event times, exclusive; not in the future.
        accept_uncharged: Close it although usage in it could not be charged.
    """

    customer: str | None = None
    month: Month | None = None
    time_zone: ZoneName = "UTC"
    from_: Time | None = msgspec.field(name="from", default=None)
    to: Time | None = None
    accept_uncharged: bool = False


class ListPeriodsQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which closed periods to list."""

    customer: Annotated[str, Meta(description="Only those of this customer, by id or key.")] | None = None
    page: PageNumber = 1
    page_size: PageSize = PAGE_SIZE_DEFAULT


class PeriodAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A closed period without its lines.

    Attributes:
        id: ULID.
        customer_id: Who pays.
        customer_key: The customer's own key when it was closed.
        from_: First event time.
        to: End of the event times.
        closed_at: When it was closed.
        currency: ISO 4217 code; missing when there was no rate card.
        amount: Sum of its lines.
        lines: How many.
        uncharged: How many reasons there are why usage is in no line.
    """

    id: str
    customer_id: str
    customer_key: str | None = None
    from_: datetime = msgspec.field(name="from")
    to: datetime
    closed_at: datetime
    currency: str | None = None
    amount: Number
    lines: int
    uncharged: int


class PeriodPage(Page, frozen=True, rename="camel", kw_only=True):
    """One page of closed periods.

    Attributes:
        items: The periods, in the order in which they were closed.
    """

    items: list[PeriodAnswer]


class RefusedAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A customer whose period was not closed.

    Attributes:
        customer_id: Who.
        message: Why.
    """

    customer_id: str
    message: str


class ClosingAnswer(msgspec.Struct, frozen=True):
    """What became of closing a period.

    Attributes:
        closed: Closed now, or before with the same bounds.
        refused: Not closed.
        idle: Ids of customers without a rate card and without usage.
    """

    closed: list[PeriodAnswer]
    refused: list[RefusedAnswer]
    idle: list[str]


def _summary(period: ClosedPeriod) -> PeriodAnswer:
    bill = period.bill
    return PeriodAnswer(
        id=period.id,
        customer_id=bill.customer_id,
        customer_key=period.customer_key,
        from_=bill.start,
        to=bill.end,
        closed_at=period.closed_at,
        currency=bill.currency,
        amount=bill.amount,
        lines=len(bill.lines),
        uncharged=len(bill.uncharged),
    )


async def close_period(call: Call) -> Reply:
    """Answer `POST /api/v1/periods/close`."""
    body: ClosePeriodBody = call.body
    start, end = read_period(body.month, body.time_zone, body.from_, body.to)
    periods = call.services.periods
    if body.customer is not None:
        period = await periods.close(body.customer, start, end, accept_uncharged=body.accept_uncharged, by=call.actor)
        answer = ClosingAnswer([_summary(period)], [], [])
    else:
        closing = await periods.close_all(start, end, accept_uncharged=body.accept_uncharged, by=call.actor)
        refused = [RefusedAnswer(one.customer_id, one.message) for one in closing.refused]
        answer = ClosingAnswer([_summary(period) for period in closing.closed], refused, closing.idle)
    return Reply(OK, json_bytes(answer), JSON_TYPE)


async def list_periods(call: Call) -> Reply:
    """Answer `GET /api/v1/periods`."""
    query: ListPeriodsQuery = call.query
    periods = call.services.periods
    found = await periods.listed(by=call.principal, customer=query.customer)
    shown = [await periods.get(one.id, by=call.principal) for one in cut(found, page=query.page, page_size=query.page_size)]
    page = PeriodPage(items=[_summary(one) for one in shown], page=query.page, page_size=query.page_size, total_count=len(found))
    return Reply(OK, json_bytes(page), JSON_TYPE)


async def get_period(call: Call) -> Reply:
    """Answer `GET /api/v1/periods/{periodId}`."""
    period = await call.services.periods.get(call.path["periodId"], by=call.principal)
    if call.accepts(CSV_TYPE):
        return Reply(OK, period_csv(period).encode(), CSV_TYPE)
    if call.accepts(LINES_TYPE):
        return Reply(OK, period_lines(period), LINES_TYPE)
    return Reply(OK, json_bytes(to_api(period, call.services.meters)), JSON_TYPE)


_EXAMPLE: Final = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "acceptUncharged": True}

OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/periods/close",
        name="closePeriod",
        summary="Close a period of one customer or of each; what comes later for it is charged in the next one. Twice changes nothing.",
        tag="charges",
        scope=Scope.ADMIN,
        handler=close_period,
        body=(Content(JSON_TYPE, ClosePeriodBody, _EXAMPLE),),
        answers=(Answer(OK, "What became of it.", (Content(JSON_TYPE, ClosingAnswer),)),),
        problems=(InvalidInputError, NotFoundError, ConflictError, UnavailableError),
    ),
    Operation(
        method="GET",
        path="/api/v1/periods",
        name="listPeriods",
        summary="List the closed periods, in the order in which they were closed, by pages.",
        tag="charges",
        scope=Scope.READ,
        handler=list_periods,
        query=ListPeriodsQuery,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, PeriodPage),)),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="GET",
        path=PERIOD_PATH,
        name="getPeriod",
        summary="Read one closed period with its lines, as JSON, or by the accept header as CSV or JSON lines.",
        tag="charges",
        scope=Scope.READ,
        handler=get_period,
        path_parameters=PERIOD_PARAMETER,
        answers=(Answer(OK, "The period.", (Content(JSON_TYPE, ChargeAnswer), Content(CSV_TYPE), Content(LINES_TYPE))),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
