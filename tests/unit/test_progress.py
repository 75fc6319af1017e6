import datetime as dt

import pytest

from meterlark.model.errors import NotFoundError
from meterlark.service.principal import OPEN, Principal
from meterlark.service.progress import KNOWN_MAX, Progress, ProgressBoard

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def test_parts_are_counted_as_they_are_answered() -> None:
    """Before the first, between, and at the end."""
    board = ProgressBoard(now=lambda: NOW)

    with board.follow("q", by=OPEN, total=2) as answered:
        seen = [board.get("q", by=OPEN)]
        answered()
        seen.append(board.get("q", by=OPEN))
        answered()

    assert [*seen, board.get("q", by=OPEN)] == [Progress(2, done, 0, NOW) for done in range(3)]


def test_an_error_fails_the_parts_left() -> None:
    """It goes on to the caller."""
    board = ProgressBoard(now=lambda: NOW)

    def ask() -> None:
        with board.follow("q", by=OPEN, total=3) as answered:
            answered()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask()

    assert board.get("q", by=OPEN) == Progress(3, 1, 2, NOW)


def test_progress_is_known_to_its_sender_only() -> None:
    """Another sender's question of the same name is another one."""
    board = ProgressBoard(now=lambda: NOW)
    with board.follow("q", by=OPEN, total=1):
        pass

    with pytest.raises(NotFoundError, match="progress not found: q"):
        board.get("q", by=Principal("key:other", frozenset()))


def test_the_oldest_question_is_forgotten() -> None:
    """Memory is bounded; a question that was asked again is new."""
    board = ProgressBoard(now=lambda: NOW)
    for number in range(KNOWN_MAX):
        with board.follow(str(number), by=OPEN, total=1):
            pass
    for name in ("0", "new"):
        with board.follow(name, by=OPEN, total=1):
            pass

    assert board.get("0", by=OPEN).total == 1
    with pytest.raises(NotFoundError):
        board.get("1", by=OPEN)
