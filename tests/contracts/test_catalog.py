"""What every catalog promises, run against each; and what only the one on disk can keep."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from meterlark.catalog.audit import AuditEntry, verify
from meterlark.catalog.contract import Catalog, Claim, Kind, Record
from meterlark.catalog.memory import MemoryCatalog
from meterlark.catalog.sqlite import SQLiteCatalog
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.errors import ConflictError, CorruptDataError, DataVersionError, NotFoundError, UnavailableError
from meterlark.sqlite_file import FILE_NAME

NOW = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)


def record(record_id: str, slug: str, *, kind: Kind = Kind.METER, definition: bytes = b'{"slug":1}') -> Record:
    """Return a live record that claims a slug."""
    return Record(kind=kind, id=record_id, claims=(Claim("slug", slug),), created_at=NOW, updated_at=NOW, definition=definition)


def entry(target: str = "meter:01A") -> AuditEntry:
    """Return an audit entry."""
    return AuditEntry(at=NOW, actor="key:01K", operation="createMeter", target=target, after=msgspec.Raw(b'{"slug":"tokens"}'))


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


def test_records_come_back_whole_and_ordered_by_id(catalog: Catalog) -> None:
    """What was added is listed with every field, in the order of ids."""
    later, earlier = record("01B", "tokens"), record("01A", "requests", definition=b"\x00\xff")

    catalog.add(later, entry())
    catalog.add(earlier, entry())

    assert catalog.records(Kind.METER) == [earlier, later]


def test_one_record_is_found_by_its_id(catalog: Catalog) -> None:
    """Whole, live or deleted; one that is not there is an error."""
    one, other = record("01A", "tokens"), record("01B", "requests", definition=b"\x00\xff")
    catalog.add(one, entry())
    catalog.add(other, entry())
    catalog.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry())

    assert catalog.record(Kind.METER, "01A") == msgspec.structs.replace(one, deleted_at=NOW)
    assert catalog.record(Kind.METER, "01B") == other
    with pytest.raises(NotFoundError):
        catalog.record(Kind.CUSTOMER, "01A")


def test_kinds_do_not_see_each_other(catalog: Catalog) -> None:
    """A record of one kind is not listed under another, and may have the same id."""
    meter, customer = record("01A", "a"), record("01A", "b", kind=Kind.CUSTOMER)

    catalog.add(meter, entry())
    catalog.add(customer, entry())

    assert (catalog.records(Kind.METER), catalog.records(Kind.CUSTOMER)) == ([meter], [customer])


def test_a_claim_has_one_live_holder(catalog: Catalog) -> None:
    """A second record with a claim of a live one is refused and changes nothing, whatever its kind."""
    first = record("01A", "tokens")
    catalog.add(first, entry())

    with pytest.raises(ConflictError, match="'tokens' is taken"):
        catalog.add(record("01B", "tokens", kind=Kind.CUSTOMER), entry())

    assert (catalog.records(Kind.METER), catalog.records(Kind.CUSTOMER)) == ([first], [])


def test_an_id_is_never_used_again(catalog: Catalog) -> None:
    """The id of a deleted record cannot be given to another."""
    catalog.add(record("01A", "tokens"), entry())
    catalog.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry())

    with pytest.raises(ConflictError, match="same id"):
        catalog.add(record("01A", "other"), entry())


def test_a_deleted_record_frees_its_claims(catalog: Catalog) -> None:
    """After a deletion the record is not listed, and its claim can be taken by a new one."""
    catalog.add(record("01A", "tokens"), entry())
    catalog.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry())
    assert catalog.records(Kind.METER) == []

    successor = record("01B", "tokens")
    catalog.add(successor, entry())

    assert catalog.records(Kind.METER) == [successor]


def test_a_deleted_record_is_not_forgotten(catalog: Catalog) -> None:
    """Who asks for deleted records gets them, with their claims and the time of deletion."""
    catalog.add(record("01A", "tokens"), entry())
    catalog.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry())

    assert catalog.records(Kind.METER, include_deleted=True) == [msgspec.structs.replace(record("01A", "tokens"), deleted_at=NOW)]


def test_an_update_replaces_claims_definition_and_time(catalog: Catalog) -> None:
    """Creation time and id stay, the rest is the new record's; a claim given up is free."""
    catalog.add(record("01A", "tokens"), entry())
    changed = msgspec.structs.replace(record("01A", "all_tokens", definition=b"{}"), updated_at=NOW + timedelta(microseconds=1))

    catalog.update(msgspec.structs.replace(changed, created_at=NOW + timedelta(days=1)), entry())
    catalog.add(record("01B", "tokens"), entry())

    assert catalog.records(Kind.METER) == [changed, record("01B", "tokens")]


def test_an_update_may_not_take_the_claim_of_another(catalog: Catalog) -> None:
    """The refused update leaves both records as they were."""
    catalog.add(record("01A", "a"), entry())
    catalog.add(record("01B", "b"), entry())

    with pytest.raises(ConflictError, match="'a' is taken"):
        catalog.update(record("01B", "a", definition=b"other"), entry())

    assert catalog.records(Kind.METER) == [record("01A", "a"), record("01B", "b")]


def test_what_is_not_there_cannot_be_changed(catalog: Catalog) -> None:
    """Unknown and deleted ids are not found, also when the claim belongs to a live record."""
    catalog.add(record("01A", "a"), entry())
    catalog.add(record("01B", "b"), entry())
    catalog.delete(Kind.METER, "01B", deleted_at=NOW, entry=entry())

    for record_id in ("01B", "01C"):
        with pytest.raises(NotFoundError, match=record_id):
            catalog.update(record(record_id, "a"), entry())
        with pytest.raises(NotFoundError, match=record_id):
            catalog.delete(Kind.METER, record_id, deleted_at=NOW, entry=entry())


def test_each_change_writes_one_entry(catalog: Catalog) -> None:
    """Adding, changing, deleting and logging write one entry each, in order; a refused change writes none."""
    catalog.add(record("01A", "a"), entry("1"))
    catalog.update(record("01A", "b"), entry("2"))
    with pytest.raises(NotFoundError):
        catalog.update(record("01Z", "b"), entry("refused"))
    catalog.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry("3"))
    catalog.log(entry("4"))

    assert [stored.entry.target for stored in catalog.audit(before=None, limit=10)] == ["4", "3", "2", "1"]


def test_the_log_is_read_in_pages(catalog: Catalog) -> None:
    """A page holds the newest entries below a number; below the first there is nothing."""
    for number in range(1, 6):
        catalog.log(entry(str(number)))

    assert [stored.number for stored in catalog.audit(before=5, limit=2)] == [4, 3]
    assert catalog.audit(before=1, limit=2) == []


def test_the_log_is_a_chain(catalog: Catalog) -> None:
    """The whole log verifies; with an entry changed, dropped or moved it does not."""
    for number in range(1, 5):
        catalog.log(entry(str(number)))
    entries = catalog.audit(before=None, limit=10)[::-1]
    assert verify(entries) == 4

    changed = [entries[0], msgspec.structs.replace(entries[1], entry=entry("other")), *entries[2:]]
    for broken in (changed, [entries[0], *entries[2:]], [entries[1], entries[0], *entries[2:]]):
        with pytest.raises(CorruptDataError, match="audit log was changed"):
            verify(broken)


def test_a_closed_catalog_refuses_to_answer(catalog: Catalog) -> None:
    """After `close` there is an error rather than an empty list; closing again is harmless."""
    catalog.close()
    catalog.close()

    with pytest.raises(UnavailableError, match="closed"):
        catalog.records(Kind.METER)
    with pytest.raises(UnavailableError, match="closed"):
        catalog.add(record("01A", "a"), entry())


def test_the_disk_keeps_records_and_log(tmp_path: Path) -> None:
    """A reopened catalog lists what was added, without what was deleted, and goes on with the log."""
    first = open_sqlite(tmp_path)
    first.add(record("01A", "a"), entry("1"))
    first.add(record("01B", "b"), entry("2"))
    first.delete(Kind.METER, "01A", deleted_at=NOW, entry=entry("3"))
    first.close()

    second = open_sqlite(tmp_path)
    second.log(entry("4"))

    assert second.records(Kind.METER) == [record("01B", "b")]
    assert verify(second.audit(before=None, limit=10)[::-1]) == 4
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
