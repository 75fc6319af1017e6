"""Group commit: who shares a transaction, who hears of a failure, and where the bounds are."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from threading import Event as Signal
from unittest.mock import patch

import pytest
from stack import event

from meterlark.ledger.contract import Verdict
from meterlark.ledger.memory import MemoryLedger
from meterlark.model.errors import ConflictError, UnavailableError
from meterlark.model.event import Event
from meterlark.service import ingest as module
from meterlark.service.ingest import Ingest

AT = datetime(2026, 11, 24, tzinfo=UTC)
SECONDS = 10


class GatedLedger(MemoryLedger):
    """Stops in `append` until it may go on; fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = Signal()
        self.gate = Signal()
        self.groups: list[list[str]] = []
        self.failure: Exception | None = None

    def append(self, events: Sequence[Event], *, received_at: datetime) -> list[Verdict]:
        """Wait at the gate, then store or fail."""
        self.groups.append([one.id for one in events])
        self.entered.set()
        assert self.gate.wait(SECONDS)
        if self.failure is not None:
            raise self.failure
        return super().append(events, received_at=received_at)


class FakeProjection:
    """A projector whose lag the test decides."""

    def __init__(self) -> None:
        self.lag = 0
        self.caught_up = Signal()
        self.announced: list[int] = []
        self.waits = 0

    def announce(self, head: int) -> None:
        """Remember the head."""
        self.announced.append(head)

    def wait_for_lag(self, most: int, *, timeout_seconds: float) -> bool:
        """Wait for the test."""
        assert timeout_seconds == module.LAG_WAIT_SECONDS_MAX
        self.waits += 1
        assert self.caught_up.wait(SECONDS)
        return self.lag <= most


class Bench:
    """An ingest over fakes, with one event held at the gate."""

    def __init__(self) -> None:
        self.ledger = GatedLedger()
        self.projection = FakeProjection()
        self.ingest = Ingest(self.ledger, self.projection)

    def send(self, *ids: str) -> "asyncio.Task[list[Verdict]]":
        """Begin one request."""
        return asyncio.create_task(self.ingest.accept([event(one) for one in ids], received_at=AT))

    async def hold(self, event_id: str = "held") -> "asyncio.Task[list[Verdict]]":
        """Begin a request and return when its commit runs."""
        task = self.send(event_id)
        assert await asyncio.to_thread(self.ledger.entered.wait, SECONDS)
        return task

    def stored(self) -> list[str]:
        """Return the ids in the ledger."""
        return [record.event().id for record in self.ledger.read(after=0, limit=1000)]


def play(scene: Callable[[Bench], Awaitable[None]]) -> Bench:
    """Run a scene on a new event loop."""
    bench = Bench()
    asyncio.run(asyncio.wait_for(scene(bench), 2 * SECONDS))
    return bench


def test_requests_that_arrive_during_a_commit_share_the_next() -> None:
    """Ten requests, two transactions."""

    async def scene(bench: Bench) -> None:
        tasks = [await bench.hold(), *(bench.send(str(n)) for n in range(10))]
        await asyncio.sleep(0)
        bench.ledger.gate.set()
        assert await asyncio.gather(*tasks) == [[Verdict.NEW]] * 11

    assert play(scene).ledger.groups == [["held"], [str(n) for n in range(10)]]


def test_a_group_ends_at_its_bound_but_never_within_a_request() -> None:
    """The request that reaches the bound is the group's last."""

    async def scene(bench: Bench) -> None:
        tasks = [await bench.hold(), bench.send("a", "b"), bench.send("c", "d", "e"), bench.send("f")]
        await asyncio.sleep(0)
        bench.ledger.gate.set()
        await asyncio.gather(*tasks)

    with patch.object(module, "GROUP_EVENTS_MAX", 4):
        assert play(scene).ledger.groups == [["held"], ["a", "b", "c", "d", "e"], ["f"]]


def test_each_request_gets_its_own_verdicts() -> None:
    """In the order of its events, also when one identity came in two requests of the group."""

    async def scene(bench: Bench) -> None:
        tasks = [await bench.hold(), bench.send("a", "b"), bench.send("b", "c", "held")]
        await asyncio.sleep(0)
        bench.ledger.gate.set()
        new, duplicate = Verdict.NEW, Verdict.DUPLICATE
        assert await asyncio.gather(*tasks) == [[new], [new, new], [duplicate, new, duplicate]]

    play(scene)


def test_the_projector_hears_of_events_before_the_sender_does() -> None:
    """So a question after the answer waits for them."""

    async def scene(bench: Bench) -> None:
        bench.ledger.gate.set()
        await bench.send("a", "b")
        assert bench.projection.announced == [2]

    play(scene)


def test_a_failure_reaches_every_waiter_and_stores_nothing() -> None:
    """All requests of the group hear of it; the same events are accepted afterwards."""

    async def scene(bench: Bench) -> None:
        bench.ledger.failure = UnavailableError("the disk is full")
        tasks = [await bench.hold(), bench.send("a"), bench.send("b", "c")]
        await asyncio.sleep(0)
        bench.ledger.gate.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(answer) for answer in answers] == ["the disk is full"] * 3
        assert bench.stored() == []
        bench.ledger.failure = None
        assert await bench.send("b", "c") == [Verdict.NEW] * 2

    assert play(scene).stored() == ["b", "c"]


def test_a_request_that_gave_up_does_not_hurt_its_group() -> None:
    """Its events are stored with the others, who get their answers."""

    async def scene(bench: Bench) -> None:
        held, gone, other = await bench.hold(), bench.send("gone"), bench.send("other")
        await asyncio.sleep(0)
        gone.cancel()
        bench.ledger.gate.set()
        assert list(await asyncio.gather(held, other)) == [[Verdict.NEW]] * 2
        assert gone.cancelled()

    assert play(scene).stored() == ["held", "gone", "other"]


def test_more_events_than_the_queue_holds_are_refused() -> None:
    """The request that would pass the bound is, one that fits is not; the place is free again after the commit."""

    async def scene(bench: Bench) -> None:
        tasks = [await bench.hold(), bench.send("a", "b", "c")]
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError, match="3 events wait for the disk, at most 5"):
            await bench.send("d", "e", "f")
        tasks.append(bench.send("g", "h"))
        await asyncio.sleep(0)
        bench.ledger.gate.set()
        await asyncio.gather(*tasks)
        assert await bench.send("d", "e", "f", "i", "j") == [Verdict.NEW] * 5

    with patch.object(module, "QUEUED_EVENTS_MAX", 5):
        play(scene)


def test_requests_wait_while_the_projector_is_behind() -> None:
    """However many, they share one wait, and are stored when it has caught up."""

    async def scene(bench: Bench) -> None:
        bench.ledger.gate.set()
        bench.projection.lag = module.LAG_EVENTS_MAX + 1
        tasks = [bench.send(str(n)) for n in range(50)]
        await asyncio.sleep(0)
        assert bench.ledger.groups == []
        bench.projection.lag = module.LAG_EVENTS_MAX
        bench.projection.caught_up.set()
        await asyncio.gather(*tasks)

    bench = play(scene)
    assert (bench.projection.waits, len(bench.stored())) == (1, 50)


def test_a_projector_that_stays_behind_ends_in_try_again() -> None:
    """Nothing was stored, and the next request waits anew."""

    async def scene(bench: Bench) -> None:
        bench.projection.lag = module.LAG_EVENTS_MAX + 1
        bench.projection.caught_up.set()
        for _ in range(2):
            with pytest.raises(UnavailableError, match="wait to be projected"):
                await bench.send("a")

    bench = play(scene)
    assert (bench.projection.waits, bench.ledger.groups) == (2, [])


def test_requests_that_wait_for_the_projector_are_counted_and_let_go() -> None:
    """They fill the queue, so memory is bounded; one that gives up frees its place, and the others go on."""

    async def scene(bench: Bench) -> None:
        bench.ledger.gate.set()
        bench.projection.lag = module.LAG_EVENTS_MAX + 1
        gone, kept = bench.send("a", "b"), bench.send("c")
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError, match="3 events wait"):
            await bench.send("d")
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        late = bench.send("d", "e")
        await asyncio.sleep(0)
        bench.projection.lag = 0
        bench.projection.caught_up.set()
        assert list(await asyncio.gather(kept, late)) == [[Verdict.NEW], [Verdict.NEW] * 2]

    with patch.object(module, "QUEUED_EVENTS_MAX", 3):
        assert play(scene).stored() == ["c", "d", "e"]


def test_closing_commits_what_waits_and_refuses_what_comes() -> None:
    """Nobody who was let in is left without an answer."""

    async def scene(bench: Bench) -> None:
        tasks = [await bench.hold(), bench.send("a")]
        await asyncio.sleep(0)
        closing = asyncio.create_task(bench.ingest.close())
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError, match="stopping"):
            await bench.send("late")
        bench.ledger.gate.set()
        await closing
        assert await asyncio.gather(*tasks) == [[Verdict.NEW]] * 2

    assert play(scene).stored() == ["held", "a"]


def test_no_events_need_no_commit() -> None:
    """An empty batch is a success at once."""

    async def scene(bench: Bench) -> None:
        assert await bench.ingest.accept([], received_at=AT) == []

    assert play(scene).ledger.groups == []


def test_events_that_must_be_new_are_stored_together_or_not_at_all() -> None:
    """One that is there already refuses both, and the ledger is as before; with new ones the projector hears of them."""

    async def scene(bench: Bench) -> None:
        bench.ledger.gate.set()
        await bench.ingest.accept_new([event("a"), event("b")], received_at=AT)
        committed = bench.ingest.next_commit()

        with pytest.raises(ConflictError, match="an event with id 'b' of source 's' is stored already"):
            await bench.ingest.accept_new([event("c"), event("b")], received_at=AT)

        assert (bench.ledger.head(), bench.projection.announced, committed.is_set()) == (2, [2], False)
        await bench.ingest.accept_new([event("c")], received_at=AT)
        assert (bench.ledger.head(), bench.projection.announced, committed.is_set()) == (3, [2, 3], True)

    play(scene)


def test_nothing_comes_between_the_look_and_the_store() -> None:
    """An event that is sent while another must be new waits for its commit; one of the two is refused, and nothing is counted twice."""

    async def scene(bench: Bench) -> None:
        first = asyncio.create_task(bench.ingest.accept_new([event("a"), event("b")], received_at=AT))
        await asyncio.to_thread(bench.ledger.entered.wait, SECONDS)
        sent = bench.send("b")
        second = asyncio.create_task(bench.ingest.accept_new([event("b")], received_at=AT))
        await asyncio.sleep(0)
        bench.ledger.gate.set()

        await first
        assert await sent == [Verdict.DUPLICATE]
        with pytest.raises(ConflictError):
            await second
        assert bench.ledger.head() == 2

    play(scene)


def test_a_stopping_server_takes_no_more_events_that_must_be_new() -> None:
    """They may be sent again."""

    async def scene(bench: Bench) -> None:
        await bench.ingest.close()
        with pytest.raises(UnavailableError, match="stopping"):
            await bench.ingest.accept_new([event("a")], received_at=AT)

    play(scene)
