import threading
from collections.abc import Callable

import pytest

from meterlark.sdk import inbox as inbox_module
from meterlark.sdk.inbox import Inbox


def taker(inbox: Inbox[int], count: int) -> tuple[list[int], Callable[[], None]]:
    """Start a thread that takes this many; return what it takes and how to wait for its end."""
    taken: list[int] = []

    def run() -> None:
        taken.extend(inbox.take() for _ in range(count))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def join() -> None:
        thread.join(20)
        assert not thread.is_alive()

    return taken, join


def test_items_come_in_the_order_of_giving() -> None:
    """Urgent ones too: they only shorten the wait for all."""
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.put_urgently(2)
    inbox.put(3)
    assert [inbox.take(), inbox.take(), inbox.take_now(), inbox.take_now()] == [1, 2, 3, None]


def test_an_urgent_item_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks that are a minute apart."""
    monkeypatch.setattr(inbox_module, "LOOK_SECONDS", 60.0)
    inbox: Inbox[int] = Inbox()
    taken, join = taker(inbox, 2)
    inbox.put(1)
    inbox.put_urgently(2)
    join()
    assert taken == [1, 2]


def test_a_sleeping_taker_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has looked in vain and sleeps without a clock."""
    monkeypatch.setattr(inbox_module, "LOOKS_MAX", 0)
    inbox: Inbox[int] = Inbox()
    taken, join = taker(inbox, 300)
    for number in range(300):
        inbox.put(number)
    join()
    assert taken == list(range(300))


def test_many_givers_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the taker falls asleep all the time."""
    monkeypatch.setattr(inbox_module, "LOOK_SECONDS", 0.0001)
    monkeypatch.setattr(inbox_module, "LOOKS_MAX", 1)
    inbox: Inbox[int] = Inbox()
    taken, join = taker(inbox, 4000)

    def give(first: int) -> None:
        for number in range(first, first + 1000):
            inbox.put(number)

    threads = [threading.Thread(target=give, args=(first,)) for first in range(0, 4000, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    join()
    assert sorted(taken) == list(range(4000))
