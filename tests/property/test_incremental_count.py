import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.tokens.encoding import Encoding
from meterlark.tokens.incremental import _OTHER_BOUNDARY, PATIENCE, IncrementalCount
from meterlark.tokens.text import count_text

# Every kind of character that the encodings' patterns tell apart, and pieces that they treat as one.
PIECES = st.sampled_from(
    [
        *" \t\n\r\u00a0\x85\u2028\x1c\0",
        *"'\u2019sStTdDmMaAzZéÉßñ",
        *'.,;:!?()[]{}/\\-_=+*&^%$#@~`"<>|',
        *"0159²½٣४",
        *"漢字かな한글กาไทא\u0301\u200d😀👨",
        *["'s", "'ll", "'RE", "\r\n", "  ", "<|endoftext|>", "word", " word", "Word", "x" * 80, "漢" * 80, "ab1" * 30],
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))


@given(text=TEXTS, data=st.data())
@pytest.mark.parametrize("encoding", [Encoding.CL100K, Encoding.O200K, Encoding.HARMONY])
def test_a_text_in_chunks_counts_as_the_whole(encoding: Encoding, text: str, data: st.DataObject) -> None:
    """Wherever it is cut, and whenever the total is read."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    counter = IncrementalCount(encoding)
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        counter.add(text[start:end])
        if data.draw(st.booleans()):
            assert counter.tokens == count_text(text[:end], encoding)

    assert counter.tokens == count_text(text, encoding)


@given(text=TEXTS)
@pytest.mark.parametrize("encoding", [Encoding.CL100K, Encoding.O200K])
def test_a_text_character_by_character_counts_as_the_whole(encoding: Encoding, text: str) -> None:
    """The smallest chunks find the most boundaries."""
    counter = IncrementalCount(encoding)
    for character in text:
        counter.add(character)

    assert counter.tokens == count_text(text, encoding)


def test_what_is_taken_for_letter_or_digit_is_one() -> None:
    """For the encodings too: their patterns go by Unicode's categories L and N."""
    taken = [character for character in map(chr, range(0x110000)) if _OTHER_BOUNDARY.match(f"{character}.")]

    assert len(taken) > 100_000
    assert not [character for character in taken if unicodedata.category(character)[0] not in "LN"]


def test_little_waits_where_boundaries_are_frequent() -> None:
    """The running total of a long text costs its end only: not more waits than a word, or PATIENCE and one more."""
    counter = IncrementalCount(Encoding.O200K)
    for _ in range(1_000):
        counter.add("lark_1,")

    assert sum(map(len, counter._waiting)) <= PATIENCE + len("lark_1,")
