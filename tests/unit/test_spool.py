import os
from pathlib import Path

import pytest

from meterlark.sdk.spool import FILES_MAX, Spool, SpoolFullError, destination_folder

EVENT = b'{"id":"%04d"}'


def numbered(first: int, count: int) -> list[bytes]:
    """Return events that are told apart by a number."""
    return [EVENT % number for number in range(first, first + count)]


def fill(spool: Spool, first: int, count: int) -> None:
    """Append them."""
    for event in numbered(first, count):
        spool.append(event)


def drain(spool: Spool) -> list[bytes]:
    """Take and settle everything, seven at a time."""
    events = []
    while batch := spool.take(7, 1_000_000):
        events += batch
        spool.settle(len(batch))
    return events


def test_nothing_is_made_before_the_first_event(tmp_path: Path) -> None:
    """A program that meters nothing leaves no trace."""
    spool = Spool(tmp_path / "a" / "b", bytes_max=1000)
    assert spool.take(10, 1000) == []
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_events_pass_through_several_files_in_order(tmp_path: Path) -> None:
    """A file is removed when it is settled, so room is freed in steps."""
    spool = Spool(tmp_path, bytes_max=FILES_MAX * 200)
    fill(spool, 0, 40)
    assert len(list(tmp_path.iterdir())) > 3
    taken = spool.take(7, 1_000_000)
    spool.settle(len(taken))
    fill(spool, 40, 10)
    assert taken + drain(spool) == numbered(0, 50)
    assert spool.pending == 0
    assert len(list(tmp_path.iterdir())) == 1
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_settling_may_span_files(tmp_path: Path) -> None:
    """More at once than one file holds."""
    spool = Spool(tmp_path, bytes_max=FILES_MAX * 200)
    fill(spool, 0, 40)
    spool.settle(33)
    assert drain(spool) == numbered(33, 7)
    spool.release()


def test_a_full_folder_takes_no_more_until_it_is_drained(tmp_path: Path) -> None:
    """What others left there counts too."""
    other = Spool(tmp_path, bytes_max=FILES_MAX * 200)
    fill(other, 0, 40)
    spool = Spool(tmp_path, bytes_max=FILES_MAX * 200)
    with pytest.raises(SpoolFullError, match="are allowed"):
        fill(spool, 0, 1000)
    used = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert FILES_MAX * 200 <= used <= (FILES_MAX + 2) * 250
    assert 0 < spool.pending < 1000
    drain(other)
    spool.append(EVENT % 0)
    for each in (spool, other):
        each.release()


def test_orphans_are_found_one_at_a_time(tmp_path: Path) -> None:
    """Files in use, one's own included, are not orphans; empty ones are removed."""
    (first := Spool(tmp_path, bytes_max=10_000)).append(EVENT % 1)
    (second := Spool(tmp_path, bytes_max=10_000)).append(EVENT % 2)
    (empty := Spool(tmp_path, bytes_max=10_000)).append(EVENT % 3)
    empty.settle(1)
    spool = Spool(tmp_path, bytes_max=10_000)
    spool.append(EVENT % 4)
    assert spool.claim_orphan() is None
    for each in (first, second, empty):
        each.release()

    found = []
    while (orphan := spool.claim_orphan()) is not None:
        found += orphan.take(10, 1000)
        orphan.settle(1)
        orphan.close()
    assert sorted(found) == numbered(1, 2)
    assert len(list(tmp_path.iterdir())) == 1
    spool.release()


def test_lost_content_is_counted(tmp_path: Path) -> None:
    """Somebody emptied the file; the next events are not harmed."""
    spool = Spool(tmp_path, bytes_max=10_000)
    fill(spool, 0, 5)
    os.truncate(next(tmp_path.iterdir()), 40)
    assert spool.take(10, 1000) == []
    assert spool.forget_damaged() == 5
    fill(spool, 5, 1)
    assert drain(spool) == numbered(5, 1)
    spool.release()


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_write_to_is_refused(mode: int, tmp_path: Path) -> None:
    """They could forge usage."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(PermissionError, match="others may write"):
        Spool(tmp_path / "open", bytes_max=1000).append(EVENT % 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    """For the same reason."""
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 12345, 12345)
    with pytest.raises(PermissionError, match="another user"):
        Spool(tmp_path / "theirs", bytes_max=1000).append(EVENT % 1)


def test_each_server_and_key_has_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no event reaches another namespace; the key cannot be read from the name."""
    monkeypatch.setenv("HOME", "/home/lark")
    asked = [("http://a:1", None), ("http://a:1", "key-1"), ("http://a:1", "key-2"), ("http://a:2", None), ("http://b:1/x", None)]
    folders = [destination_folder("~/spool", url, key) for url, key in asked]
    assert len(set(folders)) == len(asked)
    assert {folder.parent for folder in folders} == {Path("/home/lark/spool")}
    assert destination_folder("~/spool", "http://a:1/", None) == folders[0]
    assert not any("key" in folder.name for folder in folders)
