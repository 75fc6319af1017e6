"""Whose usage an event is, after any series of changes."""

import asyncio
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.catalog.memory import MemoryCatalog
from meterlark.model.errors import ConflictError
from meterlark.service.customer import Customer, define_customer
from meterlark.service.customers import Customers
from meterlark.service.principal import OPEN, Actor

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
BY = Actor("test")
TEXTS = ["a", "b", "c", "d"]

definitions = st.builds(
    lambda key, subjects: define_customer(name="x", key=key, subject_keys=subjects),
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from(TEXTS), max_size=3),
)
changes = st.lists(st.tuples(st.sampled_from(["create", "update", "delete"]), st.integers(0, 5), definitions), max_size=12)


def _owner(live: dict[str, Customer], subject: str) -> str | None:
    """Say whose a subject is, in the plainest words."""
    by_key = [customer_id for customer_id, customer in live.items() if customer.key == subject]
    by_subject = [customer_id for customer_id, customer in live.items() if subject in customer.subject_keys]
    assert len(by_key) <= 1
    assert len(by_subject) <= 1
    return next(iter(by_key + by_subject), None)


def _conflicts(live: dict[str, Customer], customer: Customer) -> bool:
    return any(
        other.key == customer.key or customer.key in other.subject_keys or set(customer.subject_keys) & set(other.subject_keys)
        for other in live.values()
    )


@given(series=changes)
def test_attribution_follows_the_definitions(series: list[tuple[str, int, Customer]]) -> None:
    """Look-ups are those of the live definitions, whatever was changed and also after a restart; no subject is two customers'."""

    async def run() -> None:
        catalog = MemoryCatalog()
        numbers = itertools.count()
        customers = Customers(catalog, now=lambda: NOW, new_id=lambda: f"id-{next(numbers):03}")
        live: dict[str, Customer] = {}
        for action, which, customer in series:
            target = sorted(live)[which % len(live)] if live else None
            if action == "create" or target is None:
                if _conflicts(live, customer):
                    with pytest.raises(ConflictError):
                        await customers.create(customer, by=BY)
                else:
                    live[(await customers.create(customer, by=BY)).id] = customer
            elif action == "update":
                others = {one: other for one, other in live.items() if one != target}
                if _conflicts(others, customer):
                    with pytest.raises(ConflictError):
                        await customers.update(target, customer, within=OPEN, by=BY)
                else:
                    live[(await customers.update(target, customer, within=OPEN, by=BY)).id] = customer
            else:
                await customers.delete(target, within=OPEN, by=BY)
                del live[target]
        for known in (customers, Customers(catalog, now=lambda: NOW, new_id=str)):
            for subject in TEXTS:
                found = known.customer_of(subject)
                assert (None if found is None else found.id) == _owner(live, subject)
            shares = await known.shares(live, by=OPEN)
            subjects = [subject for share in shares for subject in share.subjects]
            assert sorted(subjects) == [subject for subject in TEXTS if _owner(live, subject) is not None]

    asyncio.run(run())
