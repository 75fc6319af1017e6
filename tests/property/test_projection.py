"""From any stream of events, through ledger, projector and warehouse, to the answers of the reference."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from examples import examples
from hypothesis import given, note
from hypothesis import strategies as st
from stack import Engine, Fault, Stack, Store, event, expected
from warehouse_cases import BASE, EVENT_TYPE, METERS, queries, times_us

from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import Query, plan_query
from meterlark.model.event import Event
from meterlark.model.time import from_microseconds
from meterlark.service import project

OTHER = define_meter(slug="other", event_type="other", aggregation="COUNT", group_by={"model": "$.model"})
ALL = [*METERS, OTHER]

values = st.sampled_from([None, 0, 1, -7, 250, 10**18 - 1, 10**18, "12", "0.5", "1e3", "abc", "NaN", True, [1]])
data = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "tokens": values,
        "user": st.sampled_from(["ann", "bob", 7, None, ""]),
        "model": st.sampled_from(["gpt-4o", "o1", 4.5, None]),
    },
)
ids = st.sampled_from(["1", "2", "-3", "a-b"])
sources = st.sampled_from(["s", "s-", "a"])
events = st.builds(
    lambda event_id, source, event_type, subject, at, given: event(
        event_id, from_microseconds(at), source=source, event_type=event_type, subject=subject, data=given
    ),
    ids,
    sources,
    st.sampled_from([EVENT_TYPE, EVENT_TYPE, "other", "unmetered"]),
    st.sampled_from(["acme", "zed"]),
    times_us,
    data,
)
batches = st.lists(events, max_size=8)
steps = st.one_of(
    batches.map(lambda batch: ("accept", (batch,))),
    batches.map(lambda batch: ("accept", (batch,))),
    st.tuples(sources, ids, st.none() | events).map(lambda void: ("void", void)),
    st.lists(st.sampled_from(ALL), unique_by=lambda meter: meter.slug, max_size=3).map(lambda meters: ("set_meters", (meters,))),
    st.sampled_from([("restart", ()), ("rebuild", ())]),
)
faults = st.dictionaries(st.integers(1, 25), st.sampled_from(list(Fault)), max_size=5)


@contextmanager
def small_batches() -> Iterator[None]:
    """Make a few events several batches, as millions are in life."""
    with patch.multiple(project, BATCH_EVENTS_MAX=4, BACKFILL_EVENTS_MAX=2, SLICE_EVENTS=2):
        yield


def check(stack: Stack, asked: list[Query]) -> None:
    """Compare every answer with the reference."""
    for query in asked:
        assert stack.answer(query) == expected(query, stack.accepted, stack.voided)


def run(store: Store, engine: Engine, faults: dict[int, Fault], actions: list[tuple[str, tuple[Any, ...]]], asked: list[Query]) -> None:
    """Play the steps, then check the answers, with every meter, and once more from a rebuilt warehouse."""
    with TemporaryDirectory() as folder, small_batches(), Stack(Path(folder), store=store, engine=engine, faults=faults) as stack:
        for name, arguments in actions:
            getattr(stack, name)(*arguments)
        stack.set_meters(ALL)
        check(stack, asked)
        note(f"faults that fired: {stack.warehouse.fired}")
        stack.rebuild()
        check(stack, asked)


plays = st.lists(steps, max_size=10)
questions = st.lists(queries() | st.just(plan_query(OTHER, group_by=["model"])), min_size=1, max_size=5)


@given(faults=faults, actions=plays, asked=questions)
@examples(60)
def test_answers_are_those_of_the_reference_in_memory(
    faults: dict[int, Fault], actions: list[tuple[str, tuple[Any, ...]]], asked: list[Query]
) -> None:
    """Any order, batches, duplicates, conflicts, voids, meters that come and go, restarts, rebuilds, failures: each counts as it must."""
    run("memory", "memory", faults, actions, asked)


@given(faults=faults, actions=plays, asked=questions)
@examples(20)
def test_answers_are_those_of_the_reference_on_disk(
    faults: dict[int, Fault], actions: list[tuple[str, tuple[Any, ...]]], asked: list[Query]
) -> None:
    """The same with SQLite and DuckDB, opened anew at each restart."""
    run("sqlite", "duckdb", faults, actions, asked)


@given(faults=faults, actions=plays, asked=questions)
@examples(15)
def test_answers_are_those_of_the_reference_with_either_on_disk(
    faults: dict[int, Fault], actions: list[tuple[str, tuple[Any, ...]]], asked: list[Query]
) -> None:
    """The two mixed pairs: what an engine does on its own account does not matter to the other."""
    run("sqlite", "memory", faults, actions, asked)
    run("memory", "duckdb", faults, actions, asked)


@given(stream=st.lists(events, max_size=20), cuts=st.lists(st.integers(0, 20), max_size=4), data=st.data())
@examples(40)
def test_neither_order_nor_split_nor_repetition_changes_an_answer(stream: list[Event], cuts: list[int], data: st.DataObject) -> None:
    """Of one set of identities, in any order, split in any way and sent again: every aggregation but LATEST on equal times is the same."""
    first = {(one.source, one.id): one for one in reversed(stream)}
    unique = list(first.values())
    shuffled = data.draw(st.permutations(unique))
    repeated = [*shuffled, *data.draw(st.lists(st.sampled_from(shuffled), max_size=5))] if shuffled else []
    asked = [plan_query(meter, group_by=["subject", "model"], window_size="DAY") for meter in METERS if meter.aggregation != "LATEST"]

    bounds = sorted({0, len(repeated), *(cut for cut in cuts if cut < len(repeated))})
    with TemporaryDirectory() as folder, small_batches(), Stack(Path(folder)) as stack:
        stack.set_meters(METERS)
        for start, end in pairwise(bounds):
            stack.accept(repeated[start:end])
        for query in asked:
            assert stack.answer(query) == expected(query, unique)


SCENARIO_EVENTS = [
    event(str(n % 9), BASE + dt.timedelta(hours=n), source="ab"[n % 2], event_type=EVENT_TYPE, data={"tokens": n, "model": "xy"[n % 2]})
    for n in range(24)
]


def play_scenario(stack: Stack) -> None:
    """Two meters that share a table, events with repetitions, a meter that needs another column, more events, a meter that goes."""
    tokens, count, unique = (next(meter for meter in METERS if meter.slug == slug) for slug in ("sum", "count", "unique_count"))
    narrow = define_meter(slug="narrow", event_type=EVENT_TYPE, aggregation="COUNT")
    stack.set_meters([narrow])
    stack.accept(SCENARIO_EVENTS[:7])
    stack.answer(plan_query(narrow))
    stack.set_meters([narrow, tokens, count])
    stack.accept(SCENARIO_EVENTS[7:15])
    stack.void("b", "3")
    stack.answer(plan_query(tokens))
    stack.set_meters([tokens, unique])
    stack.accept(SCENARIO_EVENTS[15:])
    stack.answer(plan_query(unique))


def scenario_writes(engine: Engine) -> int:
    """Return how many writes the scenario makes without faults, at least."""
    with TemporaryDirectory() as folder, small_batches(), Stack(Path(folder), engine=engine) as stack:
        play_scenario(stack)
        return int(stack.warehouse.writes)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_a_fault_at_any_write_repeats_nothing_and_skips_nothing(engine: Engine, fault: Fault) -> None:
    """One after the other, each write of a scenario meets the fault: creating, filling and dropping tables."""
    asked = [plan_query(meter, group_by=["model"]) for meter in METERS if meter.slug in {"sum", "unique_count"}]
    fired = 0
    # On disk a write costs 1,000 times more: the four faults share the writes among them.
    first, step = (1, 1) if engine == "memory" else (1 + list(Fault).index(fault), len(Fault))
    for number in range(first, scenario_writes(engine), step):
        with TemporaryDirectory() as folder, small_batches(), Stack(Path(folder), engine=engine, faults={number: fault}) as stack:
            play_scenario(stack)
            check(stack, asked)
            fired += len(stack.warehouse.fired)
    assert fired >= 5, "the faults did not fire"


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_a_warehouse_that_fails_for_a_while_recovers(tmp_path: Path, engine: Engine) -> None:
    """Twenty writes in a row fail, opening anew among them; then the answer is right without a restart."""
    meter: Meter = METERS[0]
    with small_batches(), Stack(tmp_path, engine=engine, faults=dict.fromkeys(range(2, 22), Fault.FAILS_BEFORE)) as stack:
        stack.set_meters([meter])
        stack.accept(SCENARIO_EVENTS)
        check(stack, [plan_query(meter)])
        assert len(stack.warehouse.fired) == 20
        assert stack.projector.failure is None
