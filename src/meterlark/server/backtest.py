"""`POST /api/v1/meters/backtest`: what a meter would say of stored events, before it is saved."""

from datetime import datetime
from typing import Any, Final

import msgspec

from meterlark.metering.meter import Meter
from meterlark.model.errors import InvalidInputError, UnavailableError
from meterlark.server.ingest import MeterReading, reading_to_api
from meterlark.server.meters import NewMeter, read_meter
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Number, Reply, json_bytes
from meterlark.server.times import Time, read_span
from meterlark.service.backtest import READ_MAX, Example, Outcome
from meterlark.service.principal import Scope


class BacktestBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which meter to try, on which events.

    Attributes:
        meter: As it would be created.
        from_: First event time, inclusive.
        to: End of the event times, exclusive.
    """

    meter: NewMeter
    from_: Time | None = msgspec.field(name="from", default=None)
    to: Time | None = None


class BacktestExample(msgspec.Struct, frozen=True):
    """One event and what the meter would make of it.

    Attributes:
        source: Of the event.
        id: Of the event.
        subject: Of the event.
        time: Of the event.
        reading: What the meter would read.
    """

    source: str
    id: str
    subject: str
    time: datetime
    reading: MeterReading


class BacktestReason(msgspec.Struct, frozen=True):
    """Events that the meter could not read, for one reason.

    Attributes:
        reason: In words.
        events: How many.
        examples: The newest of them.
    """

    reason: str
    events: int
    examples: list[BacktestExample]


class BacktestAnswer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the meter would say.

    Attributes:
        value: Its usage over the events that were read; null when there is nothing to take it of.
        events_read: Events of its type that were read.
        is_complete: Whether that is every event asked for; if not, they are the newest of them.
        earliest: Event time of the earliest one read; null when there was none.
        measured: How many it would count.
        examples: The newest of these.
        unmeasured: Those it would not count, by reason, the most frequent first.
        unmeasured_others: Events of further reasons, which are too many to tell apart.
    """

    value: Number | None
    events_read: int
    is_complete: bool
    earliest: datetime | None
    measured: int
    examples: list[BacktestExample]
    unmeasured: list[BacktestReason]
    unmeasured_others: int


async def backtest_meter(call: Call) -> Reply:
    """Answer `POST /api/v1/meters/backtest`."""
    body: BacktestBody = call.body
    start, end = read_span(body.from_, body.to)
    result = await call.services.backtest.run(_read_meter(body.meter), start=start, end=end, by=call.principal)
    answer = BacktestAnswer(
        value=result.value,
        events_read=result.read,
        is_complete=result.is_complete,
        earliest=result.earliest,
        measured=result.measured.events,
        examples=_examples(result.measured),
        unmeasured=[BacktestReason(str(outcome.reason), outcome.events, _examples(outcome)) for outcome in result.unmeasured],
        unmeasured_others=result.others,
    )
    return Reply(OK, json_bytes(answer), JSON_TYPE)


def _read_meter(body: NewMeter) -> Meter:
    try:
        return read_meter(body)
    except InvalidInputError as error:
        raise InvalidInputError(str(error), field=f"meter.{error.field}" if error.field else "meter") from error


def _examples(outcome: Outcome) -> list[BacktestExample]:
    return [_example(one) for one in outcome.examples]


def _example(one: Example) -> BacktestExample:
    event = one.event
    return BacktestExample(event.source, event.id, event.subject, event.time, reading_to_api(one.reading))


_EXAMPLE: Final[dict[str, Any]] = {
    "meter": {"slug": "gpt_tokens", "eventType": "openai", "aggregation": "SUM", "valueProperty": "$.total_tokens"},
    "from": "2026-11-01T00:00:00Z",
}

OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/meters/backtest",
        name="backtestMeter",
        summary=f"Try a meter on stored events without saving it; it reads the newest {READ_MAX:,} of its type at most.",
        tag="meters",
        scope=Scope.READ,
        handler=backtest_meter,
        body=(Content(JSON_TYPE, BacktestBody, _EXAMPLE),),
        answers=(Answer(OK, "What it would say.", (Content(JSON_TYPE, BacktestAnswer),)),),
        problems=(InvalidInputError, UnavailableError),
    ),
)
