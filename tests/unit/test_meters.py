"""Meters as people change them: catalog, entries and projector learn of it in one order."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any

import pytest

from meterlark.catalog.audit import AuditEntry
from meterlark.catalog.contract import Record
from meterlark.catalog.memory import MemoryCatalog
from meterlark.metering.meter import Meter, define_meter
from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from meterlark.service.meters import Meters
from meterlark.service.principal import Actor

BY = Actor("test")
START = datetime(2026, 11, 24, tzinfo=UTC)


class Follower:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[list[str]] = []

    def set_meters(self, meters: Iterable[Meter]) -> None:
        """Keep the slugs."""
        self.told.append([meter.slug for meter in meters])


class SlowCatalog(MemoryCatalog):
    """The first addition waits at a gate; all fail when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Signal()
        self.gate.set()
        self.entered = Signal()
        self.is_failing = False

    def add(self, record: Record, entry: AuditEntry) -> None:
        """Wait, then add or fail."""
        self.entered.set()
        assert self.gate.wait(10)
        if self.is_failing:
            raise UnavailableError("the disk is full")
        super().add(record, entry)


class Bench:
    """Meters over fakes, with a clock that ticks at each look."""

    def __init__(self) -> None:
        self.catalog = SlowCatalog()
        self.follower = Follower()
        self._ticks = 0
        self.meters = self.open()

    def open(self) -> Meters:
        """Open the meters of the catalog, as a start does."""
        return Meters(self.catalog, self.follower, asyncio.Lock(), now=self._now, new_id=lambda: f"ID{self._ticks}")

    def _now(self) -> datetime:
        self._ticks += 1
        return START + timedelta(seconds=self._ticks)


def meter(slug: str = "tokens", **changes: Any) -> Meter:
    """Return a valid meter."""
    return define_meter(
        **{"slug": slug, "event_type": "t", "aggregation": "SUM", "value_property": "$.v", "group_by": {"model": "$.model"}, **changes}
    )


@pytest.fixture
def bench() -> Bench:
    """Return meters without any."""
    return Bench()


def test_a_created_meter_is_found_by_slug_and_id_and_survives(bench: Bench) -> None:
    """It is in the catalog and known to the projector when the call returns."""
    made = asyncio.run(bench.meters.create(meter(event_from=START, metadata={"a": "b"}), by=BY))

    assert (made.created_at, made.updated_at, made.deleted_at) == (START + timedelta(seconds=1), START + timedelta(seconds=1), None)
    assert asyncio.run(bench.meters.get("tokens")) == asyncio.run(bench.meters.get(made.id)) == made
    assert asyncio.run(bench.open().get("tokens")) == made
    assert bench.follower.told == [["tokens"]]


def test_a_slug_is_taken_once(bench: Bench) -> None:
    """The second creation is a conflict, also when both come at the same time, and changes nothing."""

    async def both() -> list[Any]:
        return await asyncio.gather(*(bench.meters.create(meter(name=name), by=BY) for name in "ab"), return_exceptions=True)

    first, second = asyncio.run(both())

    assert isinstance(second, ConflictError)
    assert "already exists: tokens" in str(second)
    assert bench.meters.live() == [first.meter]


def test_a_failed_creation_leaves_nothing(bench: Bench) -> None:
    """Neither entry nor table; the same call succeeds later."""
    bench.catalog.is_failing = True
    with pytest.raises(UnavailableError):
        asyncio.run(bench.meters.create(meter(), by=BY))
    assert (bench.meters.live(), bench.follower.told) == ([], [])

    bench.catalog.is_failing = False
    assert asyncio.run(bench.meters.create(meter(), by=BY)).meter == meter()


def test_changes_reach_the_projector_in_their_order(bench: Bench) -> None:
    """A slow creation does not let a later one overtake it: what was told last is what there is."""

    async def race() -> None:
        bench.catalog.gate.clear()
        slow = asyncio.create_task(bench.meters.create(meter("slow"), by=BY))
        assert await asyncio.to_thread(bench.catalog.entered.wait, 10)
        others = [asyncio.create_task(bench.meters.create(meter(slug), by=BY)) for slug in "ba"]
        deleting = asyncio.create_task(bench.meters.delete("slow", by=BY))
        await asyncio.sleep(0)
        bench.catalog.gate.set()
        await asyncio.gather(slow, *others, deleting)

    asyncio.run(race())
    assert bench.follower.told == [["slow"], ["b", "slow"], ["a", "b", "slow"], ["a", "b"]]
    assert [one.slug for one in bench.meters.live()] == ["a", "b"]


def test_an_update_replaces_what_may_change(bench: Bench) -> None:
    """None clears; what is measured stays."""
    made = asyncio.run(bench.meters.create(meter(name="Old", description="d", metadata={"k": "v"}), by=BY))

    changed = asyncio.run(
        bench.meters.update("tokens", name="New", description=None, metadata=None, group_by={"region": "$.region"}, by=BY)
    )

    assert changed.meter == meter(name="New", group_by={"region": "$.region"})
    assert (changed.id, changed.created_at) == (made.id, made.created_at)
    assert changed.updated_at > made.updated_at
    assert asyncio.run(bench.open().get(made.id)) == changed


def test_an_update_that_breaks_a_rule_changes_nothing(bench: Bench) -> None:
    """The rules of a definition hold here, too."""
    made = asyncio.run(bench.meters.create(meter(), by=BY))
    with pytest.raises(InvalidInputError):
        asyncio.run(bench.meters.update("tokens", name=None, description=None, metadata=None, group_by={"x": "$.v"}, by=BY))
    assert asyncio.run(bench.meters.get("tokens")) == made


def test_a_deleted_meter_frees_its_slug(bench: Bench) -> None:
    """A new one may take it, with another id; the projector forgot the first in between."""
    made = asyncio.run(bench.meters.create(meter(), by=BY))
    asyncio.run(bench.meters.delete(made.id, by=BY))
    assert asyncio.run(bench.meters.entries()) == []

    again = asyncio.run(bench.meters.create(meter(aggregation="MAX"), by=BY))

    assert again.id != made.id
    assert bench.follower.told == [["tokens"], [], ["tokens"]]


def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    """The message lists what there is; a second deletion is an error, too."""
    asyncio.run(bench.meters.create(meter(), by=BY))
    nothing: dict[str, Any] = {"name": None, "description": None, "metadata": None, "group_by": None}
    for attempt in (bench.meters.get("x"), bench.meters.delete("x", by=BY), bench.meters.update("x", **nothing, by=BY)):
        with pytest.raises(NotFoundError, match="meter not found: x; there are: tokens"):
            asyncio.run(attempt)


def test_ensuring_creates_what_is_missing_and_keeps_what_is_there(bench: Bench) -> None:
    """At each start; names changed by people stay."""
    asyncio.run(bench.meters.create(meter(name="Mine"), by=BY))

    asyncio.run(bench.meters.ensure([meter(name="Configured"), meter("calls", aggregation="COUNT", value_property=None)], by=BY))
    asyncio.run(bench.meters.ensure([meter(name="Configured")], by=BY))

    assert [(one.slug, one.name) for one in bench.meters.live()] == [("calls", None), ("tokens", "Mine")]


def test_other_dimensions_in_the_configuration_are_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """They were changed here or there; a start changes no meter."""
    asyncio.run(bench.meters.create(meter(), by=BY))

    asyncio.run(bench.meters.ensure([meter(group_by={"colour": "$.colour"})], by=BY))

    assert [record.getMessage() for record in caplog.records] == [
        "the meter tokens has other dimensions than in the configuration; meterlark apply changes them"
    ]


@pytest.mark.parametrize("change", [{"event_type": "u"}, {"aggregation": "MAX"}, {"value_property": "$.w"}])
def test_a_configured_meter_that_measures_something_else_is_a_conflict(bench: Bench, change: dict[str, str]) -> None:
    """Numbers would change their meaning under the same name."""
    asyncio.run(bench.meters.create(meter(), by=BY))
    with pytest.raises(ConflictError, match="tokens is not equal to the meter in the configuration"):
        asyncio.run(bench.meters.ensure([meter(**change)], by=BY))
