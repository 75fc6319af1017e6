"""Which price version holds for which event."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from prices import AT, document, prices_of

from meterlark.catalog.memory import MemoryCatalog
from meterlark.model.errors import InvalidInputError
from meterlark.pricing.document import Document, digest_document
from meterlark.pricing.journal import Choice, Journal, Origin, PriceVersion, Repricing
from meterlark.pricing.usage import Consumption
from meterlark.service.prices import Prices
from meterlark.service.principal import Actor

BY = Actor("test")
USED = Consumption("acme", "m", "standard", AT, {})
EVERYTHING = Choice()


def version(number: int, after: int) -> PriceVersion:
    """Return a version that begins behind a sequence number."""
    return PriceVersion(number, after, str(number), (), AT)


def journal(*repricings: Repricing) -> Journal:
    """Return three versions, of which the second begins behind 10 and the third behind 20."""
    return Journal((version(1, 0), version(2, 10), version(3, 20)), repricings)


@pytest.mark.parametrize(("sequence", "number"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (10**9, 3)])
def test_a_version_holds_behind_its_sequence_number(sequence: int, number: int) -> None:
    """Up to where the next one begins."""
    assert journal().version_of(sequence, "acme", USED) == number


def test_a_repricing_holds_for_the_events_before_it() -> None:
    """And for none that come later."""
    repriced = journal(Repricing(1, 3, 15, EVERYTHING, AT))
    assert [repriced.version_of(sequence, "acme", USED) for sequence in (5, 15, 16)] == [3, 3, 2]


def test_of_two_repricings_the_later_one_holds() -> None:
    """Where both choose the event."""
    twice = journal(Repricing(1, 3, 15, EVERYTHING, AT), Repricing(2, 2, 5, EVERYTHING, AT))
    assert [twice.version_of(sequence, "acme", USED) for sequence in (5, 6)] == [2, 3]


@pytest.mark.parametrize(
    ("choice", "has"),
    [
        (Choice(start=AT), True),
        (Choice(end=AT), False),
        (Choice(start=datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)), False),
        (Choice(subjects=frozenset({"acme"})), True),
        (Choice(subjects=frozenset()), False),
        (Choice(models=frozenset({"m"}), providers=frozenset({"acme"})), True),
        (Choice(models=frozenset({"other"})), False),
        (Choice(providers=frozenset({"other"})), False),
    ],
)
def test_a_choice_has_the_events_that_meet_every_condition(choice: Choice, *, has: bool) -> None:
    """The start of its time is inclusive, the end exclusive; no subject at all is a condition that none meets."""
    assert choice.has("acme", USED) is has


def test_the_first_version_holds_from_the_start_of_the_ledger() -> None:
    """Also when there are events already: a ledger of an older Meterlark has its costs at once."""
    assert [one.after for one in prices_of(head=7).journal.versions] == [0]


def test_a_start_with_the_same_documents_begins_no_version() -> None:
    """Nothing was changed."""
    catalog = MemoryCatalog()
    prices_of(document(m="1"), catalog=catalog)
    assert len(prices_of(document(m="1"), catalog=catalog, head=7).journal.versions) == 1


def test_a_start_with_other_documents_begins_a_version_behind_the_ledgers_head() -> None:
    """The older version keeps its prices, also when nothing but the catalog knows them."""
    catalog = MemoryCatalog()
    prices_of(document(m="1"), catalog=catalog)
    again = prices_of(document(m="2"), catalog=catalog, head=7)

    assert [one.after for one in again.journal.versions] == [0, 7]
    assert [str(digest_document(again.document(one.documents[0].digest))) for one in again.journal.versions] == [
        digest_document(document(m=price)) for price in ("1", "2")
    ]
    assert again.book(1).version == prices_of(document(m="1")).book(1).version != again.book(2).version


def test_overrides_hold_from_their_sequence_number_and_survive_a_restart() -> None:
    """They lie above the documents of the start."""
    catalog = MemoryCatalog()
    prices = prices_of(document(m="1"), catalog=catalog)
    prices.set_overrides(document("mine", m="5"), after=3, by=BY)
    again = prices_of(document(m="1"), catalog=catalog, head=9)

    assert [(one.number, one.after) for one in again.journal.versions] == [(1, 0), (2, 3)]
    assert again.overrides() == document("mine", m="5")


def test_overrides_go_and_come_with_a_version_each() -> None:
    """What held in between is kept."""
    prices = prices_of(document(m="1"))
    prices.set_overrides(document("mine", m="5"), after=3, by=BY)
    prices.set_overrides(None, after=6, by=BY)

    assert prices.overrides() is None
    assert [len(one.documents) for one in prices.journal.versions] == [1, 2, 1]
    assert prices.book(1).version == prices.book(3).version


def test_prices_in_another_currency_are_refused() -> None:
    """No exchange rate is known."""
    euros = Document(name="mine", made_on=AT.date(), currency="EUR")
    with pytest.raises(InvalidInputError, match="EUR; costs are in USD"):
        Prices(MemoryCatalog(), [(Origin.FILE, euros)], head=0, now=lambda: AT)


def test_each_change_of_prices_is_in_the_audit_log() -> None:
    """Documents by their digest, versions with what they are made of."""
    catalog = MemoryCatalog()
    prices = prices_of(document(m="1"), catalog=catalog)
    prices.set_overrides(document("mine", m="5"), after=3, by=BY)
    prices.add_repricing(Repricing(1, 2, 3, EVERYTHING, AT), by=BY)

    log = [(one.entry.actor, one.entry.operation) for one in reversed(catalog.audit(before=None, limit=100))]
    assert log == [
        ("configuration", "addPriceDocument"),
        ("configuration", "addPriceVersion"),
        ("test", "addPriceDocument"),
        ("test", "addPriceVersion"),
        ("test", "repriceEvents"),
    ]


def test_older_books_are_read_again_when_they_are_needed() -> None:
    """Only some are kept ready."""
    prices = prices_of(document(m="1"))
    for number in range(2, 20):
        prices.set_overrides(document("mine", m=str(number)), after=number, by=BY)

    found = prices.book(2).find("acme", "m", "standard")
    assert found.at(AT).plan({"input_tokens": 1}).price({"input_tokens": 1_000_000})[2] == Decimal(2)  # type: ignore[union-attr]
