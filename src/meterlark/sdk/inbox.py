"""The queue from the host's threads to the writer thread, made for the cheapest possible `put`.

Waking a thread costs the one that wakes it more than all the rest of metering a call, so the writer is woken only out of sleep: while there
is traffic it looks into the queue by its own clock. Everything that `put` does is atomic, because destructors and signal handlers call it
too, at any point of any thread.
"""

import queue
from collections import deque
from contextlib import suppress
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

LOOK_SECONDS: Final = 0.02
"""How long an item may lie there during traffic. A program that is killed loses at most the calls of this time."""

LOOKS_MAX: Final = 10
"""Looks in vain before the writer goes to sleep."""


class Inbox(Generic[Item]):
    """A queue of many givers and one taker; unbounded, because its givers need a permit."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._is_asleep = False
        self._looks = 0

    def put(self, item: Item) -> None:
        """Add an item; it is taken soon."""
        self._items.append(item)
        # The taker says that it sleeps before it looks for the last time: either it sees this item, or we see that it sleeps.
        if self._is_asleep:
            self._bell.put(None)

    def put_urgently(self, item: Item) -> None:
        """Add an item that is taken at once."""
        self._items.append(item)
        self._bell.put(None)

    def take(self) -> Item:
        """Wait for the next item, in the order of giving."""
        while True:
            try:
                item = self._items.popleft()
            except IndexError:
                self._rest()
            else:
                self._looks = 0
                return item

    def take_now(self) -> Item | None:
        """Return the next item, None if there is none."""
        try:
            return self._items.popleft()
        except IndexError:
            return None

    def _rest(self) -> None:
        if self._looks < LOOKS_MAX:
            self._looks += 1
            with suppress(queue.Empty):
                self._bell.get(timeout=LOOK_SECONDS)
            return
        self._is_asleep = True
        if not self._items:
            self._bell.get()
        self._is_asleep = False
        self._looks = 0
