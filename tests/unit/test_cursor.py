import base64
import contextlib

import pytest
from hypothesis import given
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


@given(text=st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_any_other_text_is_refused(text: str) -> None:
    """It is a place or our error, never anything else."""
    with contextlib.suppress(InvalidInputError):
        assert isinstance(read_cursor(text, field="cursor"), Place)


@pytest.mark.parametrize("inner", ["1", "1,", "1,-2", "1,2,3", "x,1", "1" * 19 + ",1", "1,2\n", "\u0661,1"])
def test_what_is_no_place_is_refused(inner: str) -> None:
    """Two whole numbers within 64 bits, nothing else."""
    with pytest.raises(InvalidInputError):
        read_cursor(base64.urlsafe_b64encode(inner.encode()).decode(), field="cursor")
