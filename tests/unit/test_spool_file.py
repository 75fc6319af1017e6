import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.sdk.spool_file import SpoolFile

EVENTS = [b'{"id":"%d","data":"%s"}' % (number, b"x" * (number * 7 % 50)) for number in range(8)]
FRAME = 18 + 1
"""Bytes of a frame besides its event."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a new file."""
    return tmp_path / "1-a.spool"


@pytest.fixture
def file(path: Path) -> Iterator[SpoolFile]:
    """Give a file that holds all events."""
    file = SpoolFile.create(path)
    for event in EVENTS:
        file.append(event)
    yield file
    file.release()


def claimed(path: Path) -> tuple[list[bytes], int]:
    """Return the events of a file that its process has left, and how many were damaged."""
    file = SpoolFile.claim(path)
    assert file is not None
    events = file.take(1000, 1_000_000)
    assert len(events) == file.pending
    file.release()
    return events, file.damaged


def test_events_come_back_as_they_were(file: SpoolFile, path: Path) -> None:
    """In order, readable by nobody else."""
    assert file.take(1000, 1_000_000) == EVENTS
    assert path.stat().st_mode & 0o777 == 0o600
    file.release()
    assert claimed(path) == (EVENTS, 0)


def test_taking_is_bounded_by_number_and_by_bytes(file: SpoolFile) -> None:
    """A single event over the bytes goes alone."""
    assert file.take(3, 1_000_000) == EVENTS[:3]
    assert file.take(1000, len(EVENTS[0]) + len(EVENTS[1])) == EVENTS[:2]
    assert file.take(1000, 1) == EVENTS[:1]


def test_settled_events_do_not_come_back(file: SpoolFile, path: Path) -> None:
    """Neither here nor to the next process; also if more are settled than were taken last."""
    assert file.take(2, 1_000_000) == EVENTS[:2]
    file.settle(1)
    assert file.take(1000, 1_000_000) == EVENTS[1:]
    file.take(1, 1_000_000)
    file.settle(3)
    assert file.pending == len(EVENTS) - 4
    file.release()
    assert claimed(path) == (EVENTS[4:], 0)


def test_an_emptied_file_is_short_and_goes_on(file: SpoolFile, path: Path) -> None:
    """Disk use follows what waits."""
    file.settle(len(EVENTS))
    assert path.stat().st_size < 64
    file.append(EVENTS[3])
    assert file.take(1000, 1_000_000) == [EVENTS[3]]


def test_a_file_without_events_is_removed_when_closed(file: SpoolFile, path: Path) -> None:
    """One with events is left."""
    file.settle(len(EVENTS) - 1)
    file.close()
    assert claimed(path)[0] == EVENTS[-1:]

    again = SpoolFile.claim(path)
    assert again is not None
    again.settle(1)
    again.close()
    assert not path.exists()


def test_a_file_in_use_is_not_taken(file: SpoolFile, path: Path) -> None:
    """The lock says so, whatever process holds it."""
    assert SpoolFile.claim(path) is None


def test_other_files_are_left_alone(path: Path) -> None:
    """Such as one of a newer version."""
    content = b"meterlark spool 2 ".ljust(200, b"x")
    path.write_bytes(content)
    assert SpoolFile.claim(path) is None
    assert path.read_bytes() == content


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    """Nobody can make us empty a file elsewhere."""
    path.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_bytes(b"precious")
    with pytest.raises(OSError, match="symbolic"):
        SpoolFile.claim(path)


def test_a_missing_file_is_no_orphan(path: Path) -> None:
    """Another process was quicker."""
    assert SpoolFile.claim(path) is None


@pytest.mark.parametrize("content", [b"", b"meterlark spool 1 00000", b"meterlark spool 1 ffffffffffffffff\n", b"meterlark spool 1 zz"])
def test_a_header_cut_or_wrong_means_from_the_start(content: bytes, path: Path) -> None:
    """A process may be killed while it makes its file."""
    path.write_bytes(content)
    assert claimed(path)[0] == []


@given(cut=st.integers(0, 10_000))
def test_a_torn_end_costs_one_event(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cut anywhere, every whole event before is kept, and the torn one is counted."""
    path = tmp_path_factory.mktemp("torn") / "1-a.spool"
    file = SpoolFile.create(path)
    start = file.size
    ends = []
    for event in EVENTS:
        file.append(event)
        ends.append(file.size)
    file.release()
    cut = start + cut % (ends[-1] - start + 1)
    os.truncate(path, cut)

    # The line end is part of the frame, but without it the event is whole.
    whole = [event for event, end in zip(EVENTS, ends, strict=True) if end - 1 <= cut]
    is_torn = cut not in (start, *ends, *(end - 1 for end in ends))
    assert claimed(path) == (whole, int(is_torn))


def test_what_follows_a_cut_line_end_is_read(path: Path) -> None:
    """An event whose line end was cut off is whole, and so is the one that is appended behind it."""
    file = SpoolFile.create(path)
    file.append(EVENTS[0])
    file.release()
    os.truncate(path, path.stat().st_size - 1)

    again = SpoolFile.claim(path)
    assert again is not None
    again.append(EVENTS[1])
    again.release()

    assert claimed(path) == (EVENTS[:2], 0)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_costs_at_most_one_event(position: int, bit: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is never given back changed."""
    path = tmp_path_factory.mktemp("flipped") / "1-a.spool"
    file = SpoolFile.create(path)
    start = file.size
    for event in EVENTS:
        file.append(event)
    file.release()
    content = bytearray(path.read_bytes())
    content[start + position % (len(content) - start)] ^= 1 << bit
    path.write_bytes(content)

    events, damaged = claimed(path)
    assert [event for event in EVENTS if event in events] == events
    assert len(events) >= len(EVENTS) - 1
    assert damaged >= len(EVENTS) - len(events)


def test_an_event_that_the_disk_refuses_leaves_the_file_as_it_was(file: SpoolFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if a part of it was written."""
    write = os.pwrite
    calls = []

    def fill(descriptor: int, content: bytes, position: int) -> int:
        calls.append(position)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[:10], position)

    size = path.stat().st_size
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", fill)
        with pytest.raises(OSError, match="No space"):
            file.append(b'{"id":"refused"}')
    assert len(calls) == 2
    assert path.stat().st_size == size
    file.append(b'{"id":"taken"}')
    assert file.take(1000, 1_000_000) == [*EVENTS, b'{"id":"taken"}']
    assert file.pending == len(EVENTS) + 1
