"""Who pays for a call: one precedence list (docs/guides/metering.md), and nothing in it can fail.

1. the call's own header `x-meterlark-customer`, which is taken off before the call leaves;
2. the innermost `with meter.customer(...)` block around the call, in this thread or asyncio task;
3. OpenTelemetry's baggage `meterlark.customer`, if the program uses OpenTelemetry;
4. the customer given to `wrap`, `http_client` or `instrument`;
5. the request's own names: `metadata.customer`, `user`, `safety_identifier` (OpenAI's SDK replaces the second by the third),
   `metadata.user_id` (Anthropic);
6. the meter's default subject, `unattributed` unless set.

A value that no event can carry (empty, not text, control characters, over 1,024 characters) counts as not given.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from meterlark.capture.attributes import usable_attribute
from meterlark.capture.fields import find

CUSTOMER_HEADER: Final = "x-meterlark-customer"
BAGGAGE_KEY: Final = "meterlark.customer"

_IN_REQUEST: Final = ("metadata.customer", "user", "safety_identifier", "metadata.user_id")

_customer: Final[ContextVar[str]] = ContextVar("meterlark_customer", default="")


@contextmanager
def attributed_to(customer: str) -> Iterator[None]:
    """Name the customer of every call made inside the block; blocks nest, the innermost counts."""
    outer = _customer.get()
    token = _customer.set(usable_attribute(customer))
    try:
        yield
    finally:
        try:
            _customer.reset(token)
        except ValueError:
            # The block was left in another context than it was entered in, as happens with frameworks that run the two halves of a
            # generator apart. The caller must not suffer for it: this context gets the outer customer back.
            _customer.set(outer)


def customer_here() -> str:
    """Return the customer named around a call, where it is made; empty if there is none."""
    return _customer.get() or _in_baggage()


def subject_of(request: Mapping[str, Any] | None, *, named: str, default: str) -> str:
    """Return the subject of a call, by the precedence list of this file.

    Args:
        request: The request's JSON object; None if unknown.
        named: The customer named outside of the request, empty if there is none.
        default: The subject if nobody is named.
    """
    if named:
        return named
    return next((found for path in _IN_REQUEST if (found := usable_attribute(find(request, path)))), default)


def _in_baggage() -> str:
    # Only a program that has loaded it can have put something in.
    baggage = sys.modules.get("opentelemetry.baggage")
    return "" if baggage is None else usable_attribute(baggage.get_baggage(BAGGAGE_KEY))
