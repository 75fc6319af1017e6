"""Kept answers: what is asked for again, what is forgotten, and what is never kept."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from warehouse_cases import BASE, METERS, SPEC, row

from meterlark.metering.meter import Aggregation
from meterlark.metering.query import Query, Row, plan_query
from meterlark.service import kept as kept_module
from meterlark.service.kept import KeptAnswers, can_be_kept
from meterlark.warehouse.contract import Batch, Table, VoidedRow
from meterlark.warehouse.memory import MemoryWarehouse

SUM = METERS[list(Aggregation).index(Aggregation.SUM)]
DAY = dt.timedelta(days=1)
QUERY = plan_query(SUM, start=BASE, end=BASE + DAY)


class Watched(MemoryWarehouse):
    """Notes what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int | None, int | None]] = []
        self.removals = 0

    def query(self, query: Query, *, table: int) -> list[Row]:
        """Answer, and note the places in the ledger that it is about."""
        self.asked.append((query.after, query.upto))
        return super().query(query, table=table)

    def append_tokens(self, *tokens: int, after: int) -> Table:
        """Append one event for each number."""
        rows = [row(after + place, BASE, "acme", tokens=value) for place, value in enumerate(tokens, start=1)]
        self.append([Batch(1, rows)], after=after, upto=after + len(tokens))
        return self.tables()[0]


@pytest.fixture
def warehouse() -> Watched:
    """With one empty table."""
    made = Watched()
    assert made.create_table(SPEC).key == 1
    return made


def ask(kept: KeptAnswers, table: Table, *, query: Query = QUERY, removals: int = 0) -> list[Decimal]:
    """Return the values of an answer."""
    return [found.value for found in kept.query(query, table=table, removals=removals)]


def test_what_is_new_is_asked_alone(warehouse: Watched) -> None:
    """And nothing is asked where nothing is new."""
    kept = KeptAnswers(warehouse, lambda: warehouse.removals)

    values = [ask(kept, warehouse.append_tokens(1, 2, after=0)), ask(kept, warehouse.tables()[0])]
    values.append(ask(kept, warehouse.append_tokens(4, after=2)))

    assert values == [[3], [3], [7]]
    assert warehouse.asked == [(None, 2), (2, 3)]


def test_after_a_removal_everything_is_asked_again(warehouse: Watched) -> None:
    """What was counted may count no more."""
    kept = KeptAnswers(warehouse, lambda: warehouse.removals)
    assert ask(kept, warehouse.append_tokens(1, 2, after=0)) == [3]

    warehouse.append([Batch(1, [], [VoidedRow(1, 3)])], after=2, upto=3)
    warehouse.removals = 2

    assert ask(kept, warehouse.tables()[0], removals=2) == [2]


@pytest.mark.parametrize("seen", [1, 2])
def test_nothing_is_kept_of_a_moment_of_removal(warehouse: Watched, seen: int) -> None:
    """Neither while rows are removed nor when some were while it was answered: the warehouse's own answer is given."""
    kept = KeptAnswers(warehouse, lambda: warehouse.removals)
    table = warehouse.append_tokens(1, 2, after=0)
    warehouse.removals = seen

    first = ask(kept, table, removals=seen if seen % 2 else 0)
    warehouse.removals = 2
    again = ask(kept, table, removals=2)

    assert first == again == [3]
    assert warehouse.asked[-2:] == [(None, None), (None, 2)]


def test_the_least_used_answer_is_forgotten(warehouse: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many."""
    monkeypatch.setattr(kept_module, "ANSWERS_MAX", 1)
    kept = KeptAnswers(warehouse, lambda: warehouse.removals)
    table = warehouse.append_tokens(1, after=0)

    for query in (QUERY, msgspec.structs.replace(QUERY, end=BASE + 2 * DAY), QUERY):
        assert ask(kept, table, query=query) == [1]

    assert len(warehouse.asked) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"start": None},
        {"end": None},
        {"upto": 5},
        {"after": 5},
        {"end": BASE + 401 * DAY},
        {"meter": METERS[list(Aggregation).index(Aggregation.MAX)]},
    ],
    ids=str,
)
def test_what_cannot_be_added_is_not_kept(changed: dict[str, object]) -> None:
    """Nor what has no bounds of its own."""
    assert can_be_kept(QUERY)
    assert not can_be_kept(msgspec.structs.replace(QUERY, **changed))
