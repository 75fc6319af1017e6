"""Every identity is found while it moves, and a generation moves as a whole before the next."""

from hypothesis import given
from hypothesis import strategies as st

from meterlark.ledger.recent import MOVES_PER_EVENT, RecentIdentities


def digest(number: int) -> bytes:
    """Return a key whose order is not that of the numbers."""
    return (number * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big")


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 20))
def test_an_identity_is_here_or_in_the_index(calls: list[int], size: int) -> None:
    """After any calls each identity is found here or has been handed over; a finished sequence covers only what was handed over."""
    recent = RecentIdentities({}, stored=0, size_max=size)
    index: dict[bytes, int] = {}
    head = finished = 0
    for new in calls:
        added = {digest(number): number for number in range(head + 1, head + new + 1)}
        moved = recent.next_slice(new)
        assert moved.pairs == sorted(moved.pairs)
        index.update(moved.pairs)
        if moved.finished_sequence is not None:
            assert moved.finished_sequence > finished
            finished = moved.finished_sequence
        head += new
        recent.settle(added, moved)

    assert all(index[digest(number)] == number for number in range(1, finished + 1))
    for number in range(1, head + 1):
        assert recent.find(digest(number)) == number or index.get(digest(number)) == number
    assert recent.find(digest(head + 1)) is None


def test_moving_keeps_up_with_arrival() -> None:
    """What waits is bounded by two generations and what one call adds."""
    size, new = 1000, 64
    recent = RecentIdentities({}, stored=0, size_max=size)
    waiting = most = head = 0
    for _ in range(200):
        moved = recent.next_slice(new)
        recent.settle({digest(number): number for number in range(head + 1, head + new + 1)}, moved)
        head += new
        waiting += new - len(moved.pairs)
        most = max(most, waiting)

    assert MOVES_PER_EVENT > 1
    assert most <= 2 * (size + new)


def test_a_lone_event_does_not_pay_a_page_each_time() -> None:
    """With one event per call, slices come seldom and are worth a visit."""
    recent = RecentIdentities({digest(number): number for number in range(1, 20_001)}, stored=20_000)
    slices = []
    for number in range(20_001, 21_001):
        moved = recent.next_slice(1)
        recent.settle({digest(number): number}, moved)
        slices.append(len(moved.pairs))

    assert sum(slices) > 1000
    assert all(length == 0 or length >= 256 for length in slices)
