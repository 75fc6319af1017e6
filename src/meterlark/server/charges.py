"""`GET /api/v1/customers/{customerIdOrKey}/charges`: what a customer is charged for a period, line by line."""

from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from meterlark.metering.filter import LIST_MAX
from meterlark.metering.window import Window, load_zone, month_window
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from meterlark.model.time import format_time
from meterlark.pricing.charge import Uncharged
from meterlark.server.customers import CUSTOMER_PARAMETER, CUSTOMER_PATH
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.charged import Bill, ClosedPeriod, Line
from meterlark.service.meters import Meters
from meterlark.service.principal import Scope

Month = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}$", description="A calendar month, such as 2026-11; instead of from and to.")]
ZoneName = Annotated[str, Meta(description="IANA zone whose month it is.")]


class ChargesQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which period: a month, or from and to."""

    month: Month | None = None
    time_zone: ZoneName = "UTC"
    from_: Annotated[Time, Meta(description="First event time, inclusive.")] | None = msgspec.field(name="from", default=None)
    to: Annotated[Time, Meta(description="End of the event times, exclusive.")] | None = None


class ChargeLineAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One line: quantity x price / per = amount, where there is a price.

    Attributes:
        number: Place in the charge, from 1.
        item: Key of the rate card's item; missing for a line of the whole period.
        kind: How it is charged.
        from_: First event time.
        to: End of the event times.
        quantity: How much; missing where an amount is fixed.
        unit: What one of it is called.
        price: For `per` of the quantity; missing where an amount is fixed or adjusted.
        per: How many the price is for.
        amount: Exact.
        why: In words.
        adjusts: Id of the closed period whose charge it adjusts; missing for a line of its own period.
        events: Where its events are listed: those of the customer, the meter's type and the time.
    """

    number: int
    item: str | None = None
    kind: str
    from_: datetime = msgspec.field(name="from")
    to: datetime
    quantity: Number | None = None
    unit: str | None = None
    price: Number | None = None
    per: int | None = None
    amount: Number
    why: str
    adjusts: str | None = None
    events: str | None = None


class UnchargedAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Usage that is in no line.

    Attributes:
        item: Key of the rate card's item; missing when it is of none.
        from_: First event time.
        to: End of the event times.
        message: How much, and why.
    """

    item: str | None = None
    from_: datetime = msgspec.field(name="from")
    to: datetime
    message: str


class ChargeAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """The charge of a period.

    Attributes:
        customer_id: Who pays.
        from_: First event time.
        to: End of the event times.
        currency: ISO 4217 code; missing when there is no rate card.
        amount: Sum of the lines, in whole minor units of the currency.
        lines: They add up to the amount.
        uncharged: Usage that is in no line.
        position: Place in the ledger up to which events were looked at.
        closed: Id of the closed period; missing while it is open and may change.
        closed_at: When it was closed.
    """

    customer_id: str
    from_: datetime = msgspec.field(name="from")
    to: datetime
    currency: str | None = None
    amount: Number
    lines: list[ChargeLineAnswer]
    uncharged: list[UnchargedAnswer]
    position: int
    closed: str | None = None
    closed_at: datetime | None = None


def read_period(month: str | None, time_zone: str, from_: str | None, to: str | None) -> Window:
    """Return the period that was asked for.

    Raises:
        InvalidInputError: Neither a month nor both bounds, or both.
    """
    start, end = read_time(from_, field="from"), read_time(to, field="to")
    if month is not None:
        if start is not None or end is not None:
            raise InvalidInputError("month cannot be given together with from and to", field="month")
        return month_window(month, load_zone(time_zone, field="timeZone"), field="month")
    if start is None or end is None:
        missing = "from" if start is None else "to"
        raise InvalidInputError(f"{missing} is missing; give a month, or from and to", field=missing)
    return Window(start, end)


def to_api(charge: Bill | ClosedPeriod, meters: Meters) -> ChargeAnswer:
    """Return a charge in the form of the API."""
    bill, closed = (charge.bill, charge) if isinstance(charge, ClosedPeriod) else (charge, None)
    return ChargeAnswer(
        customer_id=bill.customer_id,
        from_=bill.start,
        to=bill.end,
        currency=bill.currency,
        amount=bill.amount,
        lines=[line_to_api(line, bill, meters) for line in bill.lines],
        uncharged=[_uncharged(one) for one in bill.uncharged],
        position=bill.position,
        closed=None if closed is None else closed.id,
        closed_at=None if closed is None else closed.closed_at,
    )


def line_to_api(line: Line, bill: Bill, meters: Meters) -> ChargeLineAnswer:
    """Return a line in the form of the API."""
    return ChargeLineAnswer(
        number=line.number,
        item=line.item or None,
        kind=line.kind.value,
        from_=line.start,
        to=line.end,
        quantity=line.quantity,  # type: ignore[arg-type] # whole numbers are numbers, too
        unit=line.unit or None,
        price=line.price,
        per=None if line.price is None else line.per,
        amount=line.amount,
        why=line.why,
        adjusts=line.adjusts,
        events=_events(line, bill, meters),
    )


def _events(line: Line, bill: Bill, meters: Meters) -> str | None:
    """Return the address of the list of a line's events."""
    if line.usage is None or line.usage.meter is None:
        return None
    spans = bill.spans if line.adjusts is None else bill.adjusted[line.adjusts]
    subjects = sorted({subject for span in spans if span.start < line.end and line.start < span.end for subject in span.subjects})
    whose = {"subject": {"$in": subjects}} if 0 < len(subjects) <= LIST_MAX else {"customerId": {"$in": [bill.customer_id]}}
    conditions = {
        **whose,
        "type": {"$eq": meters.of_slug(line.usage.meter).event_type},
        "time": {"$gte": format_time(line.start), "$lt": format_time(line.end)},
    }
    return f"/api/v2/events?{urlencode({'filter': json_bytes(conditions)})}"


def _uncharged(one: Uncharged) -> UnchargedAnswer:
    return UnchargedAnswer(item=one.item or None, from_=one.start, to=one.end, message=one.message)


async def get_charges(call: Call) -> Reply:
    """Answer `GET /api/v1/customers/{customerIdOrKey}/charges`."""
    query: ChargesQuery = call.query
    start, end = read_period(query.month, query.time_zone, query.from_, query.to)
    charge = await call.services.periods.charge(call.path["customerIdOrKey"], start, end, by=call.principal)
    return Reply(OK, json_bytes(to_api(charge, call.services.meters)), JSON_TYPE)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path=f"{CUSTOMER_PATH}/charges",
        name="getCharges",
        summary="Tell what a customer is charged for a period: as it was closed, or as it stands now.",
        tag="charges",
        scope=Scope.READ,
        handler=get_charges,
        query=ChargesQuery,
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(OK, "The charge.", (Content(JSON_TYPE, ChargeAnswer),)),),
        problems=(InvalidInputError, NotFoundError, ConflictError, UnavailableError),
    ),
)
