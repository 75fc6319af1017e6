"""What every catalog promises, run against each; and what only the one on disk can keep."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from meterlark.catalog.contract import Catalog, MeterRecord
from meterlark.catalog.memory import MemoryCatalog
from meterlark.catalog.sqlite import SQLiteCatalog
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.errors import ConflictError, DataVersionError, NotFoundError, UnavailableError
from meterlark.sqlite_file import FILE_NAME

NOW = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)


def record(meter_id: str, slug: str, *, definition: bytes = b'{"slug":1}') -> MeterRecord:
    """Return a live meter."""
    return MeterRecord(id=meter_id, slug=slug, created_at=NOW, updated_at=NOW, definition=definition)


def open_sqlite(directory: Path) -> SQLiteCatalog:
    """Open a catalog on disk in a folder that has a ledger."""
    SQLiteLedger.open(directory).close()
    return SQLiteCatalog.open(directory)


@pytest.fixture(params=["memory", "sqlite"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog of each kind."""
    make: dict[str, Callable[[], Catalog]] = {"memory": MemoryCatalog, "sqlite": lambda: open_sqlite(tmp_path)}
    made = make[request.param]()
    yield made
    made.close()


def test_meters_come_back_whole_and_ordered_by_slug(catalog: Catalog) -> None:
    """What was added is listed with every field, in the order of slugs."""
    later, earlier = record("01B", "tokens"), record("01A", "requests", definition=b"\x00\xff")

    catalog.add_meter(later)
    catalog.add_meter(earlier)

    assert catalog.meters() == [earlier, later]


def test_a_live_slug_is_unique(catalog: Catalog) -> None:
    """A second meter with the slug of a live one is refused and changes nothing."""
    first = record("01A", "tokens")
    catalog.add_meter(first)

    with pytest.raises(ConflictError, match="meter with the same slug already exists"):
        catalog.add_meter(record("01B", "tokens"))

    assert catalog.meters() == [first]


def test_an_id_is_never_used_again(catalog: Catalog) -> None:
    """The id of a deleted meter cannot be given to another."""
    catalog.add_meter(record("01A", "tokens"))
    catalog.delete_meter("01A", deleted_at=NOW)

    with pytest.raises(ConflictError, match="same id"):
        catalog.add_meter(record("01A", "other"))


def test_a_deleted_meter_frees_its_slug(catalog: Catalog) -> None:
    """After a deletion the meter is not listed, and its slug can be taken by a new one."""
    catalog.add_meter(record("01A", "tokens"))
    catalog.delete_meter("01A", deleted_at=NOW)
    assert catalog.meters() == []

    successor = record("01B", "tokens")
    catalog.add_meter(successor)

    assert catalog.meters() == [successor]


def test_an_update_replaces_slug_definition_and_time(catalog: Catalog) -> None:
    """Creation time and id stay, the rest is the new record's."""
    catalog.add_meter(record("01A", "tokens"))
    changed = msgspec.structs.replace(record("01A", "all_tokens", definition=b"{}"), updated_at=NOW + timedelta(microseconds=1))

    catalog.update_meter(msgspec.structs.replace(changed, created_at=NOW + timedelta(days=1)))

    assert catalog.meters() == [changed]


def test_an_update_may_not_take_the_slug_of_another(catalog: Catalog) -> None:
    """The refused update leaves both meters as they were."""
    catalog.add_meter(record("01A", "a"))
    catalog.add_meter(record("01B", "b"))

    with pytest.raises(ConflictError, match="same slug"):
        catalog.update_meter(record("01B", "a", definition=b"other"))

    assert catalog.meters() == [record("01A", "a"), record("01B", "b")]


def test_what_is_not_there_cannot_be_changed(catalog: Catalog) -> None:
    """Unknown and deleted ids are not found, also when the slug belongs to a live meter."""
    catalog.add_meter(record("01A", "a"))
    catalog.add_meter(record("01B", "b"))
    catalog.delete_meter("01B", deleted_at=NOW)

    for meter_id in ("01B", "01C"):
        with pytest.raises(NotFoundError, match=meter_id):
            catalog.update_meter(record(meter_id, "a"))
        with pytest.raises(NotFoundError, match=meter_id):
            catalog.delete_meter(meter_id, deleted_at=NOW)


def test_a_closed_catalog_refuses_to_answer(catalog: Catalog) -> None:
    """After `close` there is an error rather than an empty list; closing again is harmless."""
    catalog.close()
    catalog.close()

    with pytest.raises(UnavailableError, match="closed"):
        catalog.meters()
    with pytest.raises(UnavailableError, match="closed"):
        catalog.add_meter(record("01A", "a"))


def test_the_disk_keeps_meters(tmp_path: Path) -> None:
    """A reopened catalog lists what was added, without what was deleted."""
    first = open_sqlite(tmp_path)
    first.add_meter(record("01A", "a"))
    first.add_meter(record("01B", "b"))
    first.delete_meter("01A", deleted_at=NOW)
    first.close()

    second = open_sqlite(tmp_path)

    assert second.meters() == [record("01B", "b")]
    second.close()


def test_a_catalog_needs_the_ledger_first(tmp_path: Path) -> None:
    """Without the ledger's file the catalog does not invent one."""
    with pytest.raises(UnavailableError, match="the ledger creates it"):
        SQLiteCatalog.open(tmp_path)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_newer_catalog_is_refused(tmp_path: Path) -> None:
    """Tables of a later version are left alone, with a message that names both versions."""
    open_sqlite(tmp_path).close()
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute("UPDATE catalog_version SET version = 99")
    connection.close()

    with pytest.raises(DataVersionError, match=r"99.*up to 1"):
        SQLiteCatalog.open(tmp_path)
