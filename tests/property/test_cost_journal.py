"""Any order of events, prices, repricings, restarts and rebuilds gives the costs that a plain reference keeps beside each event."""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple
from unittest.mock import patch

from examples import examples
from hypothesis import given, note
from hypothesis import strategies as st
from prices import document
from stack import RECEIVED_AT, WAIT_SECONDS, event

from meterlark.catalog.memory import MemoryCatalog
from meterlark.ledger.memory import MemoryLedger
from meterlark.metering.measurement import meter_columns
from meterlark.metering.meter import define_meter
from meterlark.metering.query import plan_query
from meterlark.pricing.journal import Choice, Origin
from meterlark.service import project
from meterlark.service.cost import Costs
from meterlark.service.customers import Customers
from meterlark.service.price_changes import PriceChanges
from meterlark.service.prices import Prices
from meterlark.service.principal import Actor
from meterlark.service.project import Projector
from meterlark.service.reprice import Difference
from meterlark.service.scan import Scan
from meterlark.service.unpriced import with_watch
from meterlark.warehouse.contract import TableSpec
from meterlark.warehouse.memory import MemoryWarehouse

BY = Actor("test")
MODELS = ("a", "b", "c")
GROUPS = {"model": "$.meterlark.model"}
COST = define_meter(slug="cost", event_type="t", aggregation="SUM", value_property="$.meterlark.cost", group_by=GROUPS)
CALLS = define_meter(slug="calls", event_type="t", aggregation="COUNT", group_by={"model": "$.model"})

PriceMap = dict[str, str]
Sums = dict[tuple[str, str], Fraction]

price_maps = st.dictionaries(st.sampled_from(MODELS), st.sampled_from(["0", "0.5", "3", "7.25"]), min_size=1, max_size=3)
uses = st.tuples(st.sampled_from(MODELS), st.sampled_from(["acme", "zed"]), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 3))
choices = st.just(Choice()) | st.builds(
    lambda first, length, subject, model: Choice(
        start=None if first is None else RECEIVED_AT + dt.timedelta(hours=first),
        end=None if length is None else RECEIVED_AT + dt.timedelta(hours=length),
        subjects=None if subject is None else frozenset({subject}),
        models=frozenset() if model is None else frozenset({model}),
    ),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 4),
    st.none() | st.sampled_from(["acme", "zed"]),
    st.none() | st.sampled_from(MODELS),
)
steps = st.one_of(
    st.lists(uses, min_size=1, max_size=6).map(lambda batch: ("accept", batch)),
    (st.none() | price_maps).map(lambda prices: ("override", prices)),
    price_maps.map(lambda prices: ("restart", prices)),
    st.tuples(choices, st.integers(0, 20)).map(lambda asked: ("reprice", asked)),
    st.just(("rebuild", None)),
)


class Use(NamedTuple):
    """What the reference keeps of an event."""

    model: str
    subject: str
    tokens: tuple[int, int]
    at: dt.datetime


class Reference:
    """Keeps the price of each event beside it, and changes it when it is told to."""

    def __init__(self, bundled: PriceMap) -> None:
        self.bundled = bundled
        self.overrides: PriceMap | None = None
        self.versions = [bundled]
        self.events: list[tuple[Use, PriceMap]] = []

    def begin_version(self) -> None:
        """Keep the prices of this moment as a version."""
        self.versions.append({**self.bundled, **(self.overrides or {})})

    def reprice(self, choice: Choice, prices: PriceMap) -> int:
        """Change the prices of chosen events; return for how many the cost is another one."""
        changed = 0
        for position, (use, held) in enumerate(self.events):
            if (
                (choice.start is None or use.at >= choice.start)
                and (choice.end is None or use.at < choice.end)
                and (choice.subjects is None or use.subject in choice.subjects)
                and (not choice.models or use.model in choice.models)
            ):
                changed += cost_of(use, held) != cost_of(use, prices)
                self.events[position] = (use, prices)
        return changed

    def sums(self) -> Sums:
        """Return the cost by model and subject."""
        found: Sums = defaultdict(Fraction)
        for use, held in self.events:
            cost = cost_of(use, held)
            if cost is not None:
                found[use.model, use.subject] += cost
        return dict(found)


def cost_of(use: Use, prices: PriceMap) -> Fraction | None:
    """Return the cost of an event in dollars; None without a price."""
    if use.model not in prices:
        return None
    return Fraction(prices[use.model]) * (use.tokens[0] + 2 * use.tokens[1]) / 1_000_000


class System:
    """Ledger, catalog, prices, projector and warehouse; nothing but ledger and catalog survives a rebuild."""

    def __init__(self, bundled: PriceMap) -> None:
        self.ledger, self.catalog, self.warehouse = MemoryLedger(), MemoryCatalog(), MemoryWarehouse()
        self.count = 0
        self.start(bundled)

    def start(self, bundled: PriceMap) -> None:
        """Begin to work with some bundled prices."""
        self.bundled = bundled
        given_documents = [(Origin.BUNDLED, document("bundled", **bundled))]
        self.prices = Prices(self.catalog, given_documents, head=self.ledger.head(), now=lambda: RECEIVED_AT)
        self.projector = Projector(self.ledger, self.warehouse, Costs(self.prices), retry_seconds=0)
        customers = Customers(self.catalog, now=lambda: RECEIVED_AT, new_id=str)
        scan = Scan(self.ledger, self.projector, self.warehouse)
        self.changes = PriceChanges(
            self.prices, scan, self.projector, meters=lambda: [COST, CALLS], customers=customers, now=lambda: RECEIVED_AT
        )
        self.projector.start(with_watch([COST, CALLS]))

    def accept(self, batch: list[Use]) -> None:
        """Store events."""
        sent = []
        for use in batch:
            self.count += 1
            tokens = {"input_tokens": use.tokens[0], "output_tokens": use.tokens[1]}
            data = {"provider": "acme", "model": use.model, **tokens}
            sent.append(event(str(self.count), use.at, subject=use.subject, data=data))
        self.ledger.append(sent, received_at=RECEIVED_AT)
        self.projector.announce(self.ledger.head())

    def sums(self) -> Sums:
        """Return the cost by model and subject, as a question gets it."""
        query = plan_query(COST, group_by=["subject", "model"])
        spec = TableSpec("t", meter_columns([COST]))
        table = self.projector.wait_for_table(spec, timeout_seconds=WAIT_SECONDS)
        rows = self.warehouse.query(query, table=table.key)
        return {(row.groups["model"], row.subject or ""): Fraction(row.value) for row in rows}


@contextmanager
def small_batches() -> Iterator[None]:
    """Make a few events several batches, as millions are in life."""
    with patch.multiple(project, BATCH_EVENTS_MAX=4, BACKFILL_EVENTS_MAX=2, SLICE_EVENTS=2, IDLE_SECONDS=0.01, LINGER_SECONDS=0):
        yield


def take(system: System, reference: Reference, name: str, given_: Any) -> None:
    """Do one step in both."""
    if name == "accept":
        batch = [Use(model, subject, (one, other), RECEIVED_AT + dt.timedelta(hours=hour)) for model, subject, one, other, hour in given_]
        system.accept(batch)
        reference.events += [(use, reference.versions[-1]) for use in batch]
    elif name == "override":
        asyncio.run(system.changes.set_overrides(None if given_ is None else document("mine", **given_), by=BY))
        if given_ != reference.overrides:
            reference.overrides = given_
            reference.begin_version()
    elif name in {"restart", "rebuild"}:
        system.projector.close()
        if name == "rebuild":
            system.warehouse = MemoryWarehouse()
        system.start(system.bundled if given_ is None else given_)
        if system.bundled != reference.bundled:
            reference.bundled = system.bundled
            reference.begin_version()
    else:
        assert name == "reprice"
        choice, pick = given_
        number = pick % len(reference.versions) + 1
        check_repricing(system, lambda: reference.reprice(choice, reference.versions[number - 1]), choice, number)


def check_repricing(system: System, expected: Callable[[], int], choice: Choice, number: int) -> None:
    """Reprice twice: the preview says what the first time does, and the second time does nothing."""

    async def reprice() -> list[Difference]:
        preview = await system.changes.preview(choice, version=number)
        difference, entry = await system.changes.reprice(choice, version=number, by=BY)
        assert (entry is None) == (difference.total.events == 0)
        again, none = await system.changes.reprice(choice, version=number, by=BY)
        assert none is None
        return [preview, difference, again]

    preview, difference, again = asyncio.run(reprice())
    assert preview == difference
    assert difference.total.events == expected()
    assert again.total.events == 0


@given(price_maps, st.lists(st.tuples(steps, st.booleans()), max_size=12))
@examples(150)
def test_costs_are_those_of_the_reference(bundled: PriceMap, taken: list[tuple[tuple[str, Any], bool]]) -> None:
    """In between, where somebody asks, after all of it, and once more when everything is filled anew."""
    note(f"{bundled} {taken}")
    with small_batches():
        system, reference = System(bundled), Reference(bundled)
        try:
            for (name, given_), is_asked in taken:
                take(system, reference, name, given_)
                if is_asked:
                    assert system.sums() == reference.sums()
            assert len(system.prices.journal.versions) == len(reference.versions)
            assert system.sums() == reference.sums()
            take(system, reference, "rebuild", None)
            assert system.sums() == reference.sums()
        finally:
            system.projector.close()
