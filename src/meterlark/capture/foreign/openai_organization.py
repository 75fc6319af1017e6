"""OpenAI's organisation usage and costs (`GET /v1/organization/usage/…`, `/v1/organization/costs`; platform.openai.com, November 2026).

A page holds buckets of time, a bucket holds one result for each combination of what was grouped by. One result becomes one event: it stands
for many requests, so it has types of its own, and `llm.usage` is not mixed with it. Its identity is the bucket and the combination. A
bucket that was not over when it was exported still grows, so it is left out until it is.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, Final

import msgspec

from meterlark.capture.fields import items
from meterlark.capture.foreign.row import Event, Row, UnreadableError, amount, cell, count, make, nested, subject_of, word
from meterlark.capture.route import Skipped
from meterlark.model.number import FRACTION_DIGITS_MAX, INTEGER_DIGITS_MAX, is_within_limits

USAGE_TYPE: Final = "openai.organization.usage"
COST_TYPE: Final = "openai.organization.cost"
SOURCE: Final = "openai-organization"
CUSTOMER: Final = ("project_id",)

GROUPS: Final = ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "line_item", "size", "source")
"""What results can be grouped by, in any of the endpoints."""

_SMALLEST: Final = Decimal(1).scaleb(-FRACTION_DIGITS_MAX)
_ROUNDING: Final = Context(prec=INTEGER_DIGITS_MAX + FRACTION_DIGITS_MAX, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX: Final = "organization."
_ordered: Final = msgspec.json.Encoder(order="deterministic")


class Result(msgspec.Struct, frozen=True):
    """One result of one bucket.

    Attributes:
        start: Start of the bucket, aware UTC, inclusive.
        end: End of the bucket, aware UTC, exclusive.
        row: The result's members.
    """

    start: datetime
    end: datetime
    row: Row

    @property
    def kind(self) -> str:
        """What it is, such as `usage.completions` or `costs`."""
        return word(self.row, "object").removeprefix(_PREFIX).removesuffix(".result")


def buckets(page: Row) -> Iterator[Row]:
    """Yield the buckets of a page; a bucket alone is one, too."""
    if page.get("object") == "bucket":
        yield page
    else:
        yield from (bucket for bucket in items(page.get("data")) if isinstance(bucket, Mapping))


def results(bucket: Row) -> Iterator[Result]:
    """Yield the results of a bucket.

    Raises:
        UnreadableError: The bucket has no times.
    """
    start, end = count(bucket, "start_time"), count(bucket, "end_time")
    if start is None or end is None or end <= start:
        raise UnreadableError("a bucket has no start_time before its end_time")
    for row in (*items(bucket.get("results")), *items(bucket.get("result"))):
        if isinstance(row, Mapping):
            yield Result(_EPOCH + timedelta(seconds=start), _EPOCH + timedelta(seconds=end), row)


def event_from_result(result: Result, *, now: datetime, customer: tuple[str, ...] = CUSTOMER) -> Event | Skipped:
    """Return the event of a result, or why there is none.

    Args:
        result: One result of a bucket.
        now: Aware UTC; a bucket that ends later is not over.
        customer: Members that may name who pays, the first that is there counts.

    Raises:
        UnreadableError: A member cannot be read.
    """
    kind = result.kind
    if not kind:
        return Skipped("the result does not say what it is")
    if result.end > now:
        return Skipped("its bucket of time was not over; export it again later")
    is_cost = kind == "costs"
    groups = {name: result.row[name] for name in GROUPS if result.row.get(name) is not None}
    data: dict[str, Any] = {"kind": kind, **{name: _text(value) for name, value in groups.items()}}
    data |= _cost(result.row) if is_cost else _quantities(result.row)
    if is_cost and "amount" not in data:
        return Skipped("the cost has no amount")
    start, end = (int((at - _EPOCH).total_seconds()) for at in (result.start, result.end))
    digest = blake2b(_ordered.encode(groups), digest_size=12).hexdigest()
    return make(
        identity=f"{kind}:{start}-{end}:{digest}",
        source=SOURCE,
        event_type=COST_TYPE if is_cost else USAGE_TYPE,
        subject=subject_of(result.row, customer),
        at=result.start,
        data=data,
    )


def _cost(row: Row) -> dict[str, Any]:
    """Return the amount as a quantity, and as the text that was exported: a float may have more places than a quantity.

    Beyond 18 places it is rounded to the nearest, an even digit for a tie: a millionth of a millionth of a millionth of a dollar.
    """
    paid = nested(row, "amount")
    written = cell(paid, "value")
    if written is None or isinstance(written, bool):
        return {}
    try:
        value = Decimal(str(written))
        rounded = value if is_within_limits(value) else value.quantize(_SMALLEST, context=_ROUNDING)
    except InvalidOperation as error:
        raise UnreadableError("the amount is not a number") from error
    return {"amount": rounded, "amount_exported": str(written), "currency": word(paid, "currency").upper()}


def _quantities(row: Row) -> dict[str, Any]:
    """Return every quantity under its own name, and the total where there are tokens."""
    found: dict[str, int | Decimal] = {}
    for name in row:
        if name in GROUPS or name == "object" or row[name] is None or isinstance(row[name], str):
            continue
        quantity = amount(row, name)
        if quantity is not None:
            found["requests" if name == "num_model_requests" else name] = quantity
    if "input_tokens" in found:
        found["total_tokens"] = found["input_tokens"] + found.get("output_tokens", 0)
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
