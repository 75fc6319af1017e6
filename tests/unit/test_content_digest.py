"""The key of a content agrees with the comparison of contents."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from meterlark.ledger.content import content_digest
from meterlark.model.event import same_content

_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([10**30, "", "1", "#1e999", "\u2028", "\U0001f600"])
    | st.sampled_from([Decimal(1), Decimal("1.0"), Decimal("-0"), Decimal("1E+2"), Decimal("0.5")])
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2), max_leaves=6
)


def print_json(value: object) -> bytes:
    """Print a value with decimals spelled as they are."""
    if isinstance(value, dict):
        return b"{" + b",".join(json.dumps(key).encode() + b": " + print_json(item) for key, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b" , ".join(print_json(item) for item in value) + b"]"
    return str(value).encode() if isinstance(value, Decimal) else json.dumps(value).encode()


@given(_values, _values)
def test_the_digest_is_equal_exactly_when_the_content_is(first: object, second: object) -> None:
    """Over small values, where equal ones meet: one digest if and only if `same_content`."""
    one, other = print_json(first), print_json(second)

    assert (content_digest(one) == content_digest(other)) == same_content(one, other)


def test_a_wide_number_is_not_its_text() -> None:
    """A number that only its spelling represents differs from a string of that spelling, and from another spelling."""
    texts = [b"1e999", b'"1e999"', b"10e998", b'"#1e999"']

    assert len({content_digest(text) for text in texts}) == len(texts)
