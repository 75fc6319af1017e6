"""The token bucket behind a key's limit."""

from meterlark.service.rate import TokenBucket


def test_a_burst_and_then_the_rate() -> None:
    """As many as fit each second at once, then one for each fraction of it."""
    bucket = TokenBucket(4, now=100.0)

    assert [bucket.take(now=100.0) for _ in range(5)] == [True, True, True, True, False]
    assert [bucket.take(now=100.25), bucket.take(now=100.25)] == [True, False]


def test_waiting_does_not_save_up_more_than_a_burst() -> None:
    """After an hour there is one burst, no more."""
    bucket = TokenBucket(2, now=0.0)

    assert [bucket.take(now=3600.0) for _ in range(3)] == [True, True, False]
