"""The digest of an identity never joins its parts."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from meterlark.model.identity import DIGEST_BYTES, identity_digest

_parts = st.text(alphabet="ab-:0123é", max_size=5)


@given(st.tuples(_parts, _parts, _parts), st.tuples(_parts, _parts, _parts))
def test_two_identities_have_two_digests(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """Equal exactly when the tuples are, whatever delimiters and digits stand in the parts."""
    assert (identity_digest(*one) == identity_digest(*other)) == (one == other)


def test_delimiters_move_between_parts_without_meeting() -> None:
    """Every way to cut `a-b-c` and its like into three parts gives its own digest of the stated length."""
    parts = ["", "a", "-", "a-", "-a", "a-b", "1:a", "0:"]
    digests = {identity_digest(*cut) for cut in product(parts, repeat=3)}

    assert len(digests) == len(parts) ** 3
    assert {len(digest) for digest in digests} == {DIGEST_BYTES}
