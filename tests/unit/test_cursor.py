import base64
import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meterlark.model.errors import InvalidInputError
from meterlark.server.cursor import read_cursor, write_cursor
from meterlark.warehouse.contract import Place

NUMBERS = 10**18 - 1


@given(time_us=st.integers(-NUMBERS, NUMBERS), sequence=st.integers(0, NUMBERS))
def test_a_cursor_is_read_as_it_was_written(time_us: int, sequence: int) -> None:
    """Any place of any event, in a text that needs no escape in an address."""
    text = write_cursor(Place(time_us, sequence))
    assert read_cursor(text, field="cursor") == Place(time_us, sequence)
    assert text.replace("-", "").replace("_", "").isalnum()


def encode(inner: str) -> str:
    """Return a text as cursors are encoded, with the padding that ours do without."""
    return base64.urlsafe_b64encode(inner.encode()).decode()


PLACES = st.from_regex(r"-?[0-9]{1,4},[0-9]{1,4}", fullmatch=True).map(encode)


@given(text=st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()), PLACES, PLACES.map("+=".__add__)))
@example(text=encode("12,34").rstrip("="))
def test_any_other_text_is_refused(text: str) -> None:
    """What is read is a text that we write; all others are our error."""
    with contextlib.suppress(InvalidInputError):
        assert write_cursor(read_cursor(text, field="cursor")) == text


@pytest.mark.parametrize("text", [encode("1,23"), "*" + encode("1,2"), encode("01,2").rstrip("="), encode("-0,2").rstrip("=")])
def test_another_spelling_of_a_place_is_refused(text: str) -> None:
    """Padding, characters that base64 passes over, leading zeros, minus zero."""
    with pytest.raises(InvalidInputError):
        read_cursor(text, field="cursor")


@pytest.mark.parametrize("inner", ["1", "1,", "1,-2", "1,2,3", "x,1", "1" * 19 + ",1", "1,2\n", "\u0661,1"])
def test_what_is_no_place_is_refused(inner: str) -> None:
    """Two whole numbers within 64 bits, nothing else."""
    with pytest.raises(InvalidInputError):
        read_cursor(encode(inner).rstrip("="), field="cursor")
