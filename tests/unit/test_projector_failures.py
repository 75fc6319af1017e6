from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from meterlark.ledger.memory import MemoryLedger
from meterlark.metering.meter import define_meter
from meterlark.model.errors import UnavailableError
from meterlark.model.event import decode_event
from meterlark.service import project
from meterlark.service.project import Projector
from meterlark.warehouse.contract import LISTING, Batch, Table, TableSpec
from meterlark.warehouse.memory import MemoryWarehouse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
METER = define_meter(slug="m", event_type="t", aggregation="COUNT")


class FailingWarehouse(MemoryWarehouse):
    """Fails with the given errors, one a call, before it works."""

    def __init__(
        self, *, appends: Sequence[Exception] = (), creations: Sequence[Exception] = (), recoveries: Sequence[Exception] = ()
    ) -> None:
        super().__init__()
        self._errors = {"append": list(appends), "create": list(creations), "recover": list(recoveries)}

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Fail or append."""
        self._fail("append")
        super().append(batches, after=after, upto=upto)

    def create_table(self, spec: TableSpec) -> Table:
        """Fail or create."""
        self._fail("create")
        return super().create_table(spec)

    def recover(self) -> None:
        """Fail or recover."""
        self._fail("recover")
        super().recover()

    def _fail(self, what: str) -> None:
        if self._errors[what]:
            raise self._errors[what].pop(0)


@contextmanager
def projecting(warehouse: MemoryWarehouse) -> Iterator[Projector]:
    """Run a projector over a ledger of one event."""
    ledger = MemoryLedger()
    text = b'{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"a"}'
    ledger.append([decode_event(text, namespace="default", received_at=NOW)], received_at=NOW)
    projector = Projector(ledger, warehouse)
    projector.start([METER])
    try:
        yield projector
    finally:
        projector.close()


@pytest.mark.parametrize(
    "warehouse",
    [
        pytest.param(lambda: FailingWarehouse(appends=[UnavailableError("full")] * 2), id="it is full"),
        pytest.param(lambda: FailingWarehouse(appends=[RuntimeError("our own bug")]), id="an unforeseen error"),
        pytest.param(lambda: FailingWarehouse(creations=[UnavailableError("full")]), id="a table cannot be made"),
        pytest.param(
            lambda: FailingWarehouse(appends=[UnavailableError("full")], recoveries=[UnavailableError("still full"), KeyError("odd")]),
            id="it cannot be opened",
        ),
    ],
)
def test_the_projector_goes_on_after_every_failure(warehouse: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread does not end, and when the warehouse works again nothing is missing and no failure is told."""
    monkeypatch.setattr(project, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(project, "IDLE_SECONDS", 0.01)
    assert callable(warehouse)
    with projecting(warehouse()) as projector:
        table = projector.wait_for_table(TableSpec("t", ()), timeout_seconds=10)
        listing = projector.wait_for_table(LISTING, timeout_seconds=10)
        assert (table.position, listing.position) == (1, 1)
        assert projector.wait_for_lag(0, timeout_seconds=10)


def test_a_lasting_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """To readiness, and to who asks a question."""
    monkeypatch.setattr(project, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(project, "IDLE_SECONDS", 0.01)
    with projecting(FailingWarehouse(appends=[RuntimeError("broken")] * 10_000)) as projector:
        with pytest.raises(UnavailableError, match="0 of 1 events have been read for this question: RuntimeError: broken"):
            projector.wait_for_table(TableSpec("t", ()), timeout_seconds=0.5)
        assert projector.failure == "RuntimeError: broken"


def test_a_question_about_a_meter_that_is_gone_does_not_wait() -> None:
    """No table for it will ever come."""
    with projecting(MemoryWarehouse()) as projector, pytest.raises(UnavailableError, match="changed or deleted"):
        projector.wait_for_table(TableSpec("other", ()), timeout_seconds=60)
