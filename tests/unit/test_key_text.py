"""The text of API keys: random, checked, and never stored."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.service.key_text import RANDOM_BYTES, START_LENGTH, is_key, key_digest, make_key


@given(random=st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_a_made_key_is_one(random: bytes) -> None:
    """All keys have one length, the prefix and a right checksum."""
    key = make_key(random)

    assert (len(key), key[:4], is_key(key)) == (53, "mlk_", True)


@given(first=st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), second=st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_different_bytes_give_different_keys(first: bytes, second: bytes) -> None:
    """No two of them share a key."""
    assert (make_key(first) == make_key(second)) == (first == second)


@given(random=st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), position=st.integers(4, 52), letter=st.sampled_from("0aZ"))
def test_a_mistyped_key_is_seen(random: bytes, position: int, letter: str) -> None:
    """One wrong character breaks the checksum."""
    key = make_key(random)
    mistyped = key[:position] + letter + key[position + 1 :]

    assert is_key(mistyped) == (mistyped == key)


@pytest.mark.parametrize("text", ["", "mlk_", "sk-abc", "mlk_" + "0" * 49, "mlk_" + "\u0660" * 49])
def test_other_texts_are_no_keys(text: str) -> None:
    """Also long ones, and digits of other scripts."""
    assert not is_key(text)


def test_what_is_kept_is_the_digest() -> None:
    """SHA-256 of the whole text; the start that people see is ten characters of it."""
    key = make_key(bytes(RANDOM_BYTES))

    assert key_digest(key) == sha256(key.encode()).hexdigest()
    assert key[:START_LENGTH] == "mlk_000000"
