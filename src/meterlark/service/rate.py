"""A token bucket: how many requests may come at once and in the long run."""


class TokenBucket:
    """Holds up to `per_second` tokens and gains as many each second; a request takes one.

    Args:
        per_second: Tokens gained each second, and the most it holds; at least 1.
        now: Seconds on a monotonic clock.
    """

    def __init__(self, per_second: int, *, now: float) -> None:
        assert per_second >= 1
        self._per_second = per_second
        self._tokens = float(per_second)
        self._at = now

    def take(self, *, now: float) -> bool:
        """Take a token if there is one."""
        self._tokens = min(float(self._per_second), self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
