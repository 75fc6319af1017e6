"""How far a question is that its sender gave a name (`clientId`)."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Final

import msgspec

from meterlark.model.errors import NotFoundError
from meterlark.service.principal import Principal

KNOWN_MAX: Final = 1_000
"""Questions that are remembered; the oldest is forgotten first."""


class Progress(msgspec.Struct, frozen=True, rename="camel"):
    """How far a question is.

    Attributes:
        total: Its parts: one, or one for each customer.
        success: Parts that are answered.
        failure: Parts that failed.
        updated_at: When that was so.
    """

    total: int
    success: int
    failure: int
    updated_at: datetime


class ProgressBoard:
    """Remembers the named questions of each sender; may be used from any thread.

    Args:
        now: The clock; aware UTC.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], Progress] = OrderedDict()

    def get(self, client_id: str, *, by: Principal) -> Progress:
        """Return how far a question of the sender is.

        Raises:
            NotFoundError: The sender has asked none of that name, or it was long ago.
        """
        with self._lock:
            found = self._known.get((by.name, client_id))
        if found is None:
            raise NotFoundError(f"progress not found: {client_id[:80]}")
        return found

    @contextmanager
    def follow(self, client_id: str | None, *, by: Principal, total: int) -> Iterator[Callable[[], None]]:
        """Give what is called after each answered part; an error that leaves the block fails the parts left.

        Args:
            client_id: Name of the question; None follows nothing.
            by: Who asks.
            total: Its parts.
        """
        if client_id is None:
            yield _ignore
            return
        answered = 0

        def step() -> None:
            nonlocal answered
            answered += 1
            self._put(by, client_id, Progress(total, answered, 0, self._now()))

        self._put(by, client_id, Progress(total, 0, 0, self._now()))
        try:
            yield step
        except BaseException:
            self._put(by, client_id, Progress(total, answered, total - answered, self._now()))
            raise

    def _put(self, by: Principal, client_id: str, progress: Progress) -> None:
        with self._lock:
            self._known[by.name, client_id] = progress
            self._known.move_to_end((by.name, client_id))
            if len(self._known) > KNOWN_MAX:
                self._known.popitem(last=False)


def _ignore() -> None:
    """Take note of nothing."""
