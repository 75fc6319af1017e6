"""Who pays for a call: one precedence list, and nothing in it can fail.

1. the innermost `with meter.customer(...)` block around the call, in this thread or asyncio task;
2. the customer given to `wrap`;
3. the request's own `user`, then `safety_identifier` (OpenAI's SDK replaces the first by the second);
4. the meter's default subject, `unattributed` unless set.

A value that no event can carry (empty, not text, control characters, over 1,024 characters) counts as not given.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from meterlark.capture.attributes import usable_attribute

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


def subject_of_call(request: Mapping[str, Any], *, wrapped_for: str, default: str) -> str:
    """Return the subject of a call, by the precedence list of this file.

    Args:
        request: The request's JSON object.
        wrapped_for: The customer given to `wrap`, empty if none.
        default: The subject if nobody is named.
    """
    return (
        _customer.get()
        or wrapped_for
        or usable_attribute(request.get("user"))
        or usable_attribute(request.get("safety_identifier"))
        or default
    )
