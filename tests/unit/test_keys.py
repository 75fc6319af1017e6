"""What every request asks of the keys."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from meterlark.catalog.memory import MemoryCatalog
from meterlark.model.errors import UnauthenticatedError
from meterlark.service.keys import KeyRights, Keys
from meterlark.service.principal import OPEN, Actor, Scope

BY = Actor("test")
NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Unlisted(dict[str, Any]):
    """Gives what is asked for by its key and never all of it."""

    def __iter__(self) -> Iterator[str]:
        """Refuse."""
        raise AssertionError("every key was looked at")

    def values(self) -> Any:
        """Refuse."""
        raise AssertionError("every key was looked at")


class Bench:
    """Keys with a clock that is set by hand."""

    def __init__(self) -> None:
        self.at = NOW
        ids, seeds = count(), count()
        self.keys = Keys(
            MemoryCatalog(),
            now=lambda: self.at,
            new_id=lambda: f"{next(ids):026}",
            random_bytes=lambda size: next(seeds).to_bytes(size),
            may_be_open=True,
        )

    def make(self, *scopes: Scope, expires_at: datetime | None = None) -> tuple[str, str]:
        """Return id and text of a new key."""
        made = asyncio.run(self.keys.create(KeyRights(name="key", scopes=scopes, expires_at=expires_at), within=OPEN, by=BY))
        return made.key.id, made.text


def test_a_request_does_not_look_at_every_key() -> None:
    """Its cost is the same with a thousand customers' keys."""
    bench = Bench()
    _, admin = bench.make(Scope.ADMIN)
    _, sender = bench.make(Scope.INGEST)
    bench.keys._live = Unlisted(bench.keys._live)

    assert [bench.keys.principal_of(text).scopes for text in (sender, admin)] == [{Scope.INGEST}, {Scope.ADMIN}]
    assert not bench.keys.is_open


@pytest.mark.parametrize("end", ["revoked", "expired", "rotated with a grace that is over"])
def test_without_a_live_admin_key_the_server_is_open(end: str) -> None:
    """As it is before the first one, whatever other keys there are."""
    bench = Bench()
    bench.make(Scope.INGEST)
    states = [bench.keys.is_open]
    key_id, _ = bench.make(Scope.ADMIN, expires_at=NOW + timedelta(hours=1) if end == "expired" else None)
    states.append(bench.keys.is_open)

    if end == "revoked":
        asyncio.run(bench.keys.revoke(key_id, by=BY))
    elif end != "expired":
        made = asyncio.run(bench.keys.rotate(key_id, grace_seconds=60, by=BY))
        asyncio.run(bench.keys.revoke(made.key.id, by=BY))
        states.append(bench.keys.is_open)
    bench.at = NOW + timedelta(hours=1)
    states.append(bench.keys.is_open)

    assert states == [True, *[False] * (len(states) - 2), True]


def test_a_rotated_admin_key_keeps_the_server_closed() -> None:
    """The new one is an admin key, too; the old one is refused."""
    bench = Bench()
    key_id, old = bench.make(Scope.ADMIN)

    asyncio.run(bench.keys.rotate(key_id, grace_seconds=0, by=BY))

    assert not bench.keys.is_open
    with pytest.raises(UnauthenticatedError):
        bench.keys.principal_of(old)
