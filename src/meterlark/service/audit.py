"""The audit log: entries for changes, and reading and checking it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from meterlark.catalog.audit import AuditEntry, StoredEntry, verify
from meterlark.catalog.contract import Catalog
from meterlark.service.principal import Actor

PAGE_ENTRIES: Final = 1_000
"""Entries read at once while the whole log is checked."""

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def entry_of(by: Actor, operation: str, target: str, *, at: datetime, before: object = None, after: object = None) -> AuditEntry:
    """Return the entry about one change; `before` and `after` must hold no secrets."""
    return AuditEntry(
        at=at,
        actor=by.name,
        operation=operation,
        target=target,
        request_id=by.request_id,
        before=msgspec.Raw(_encoder.encode(before)),
        after=msgspec.Raw(_encoder.encode(after)),
    )


class Audit:
    """Reads the audit log.

    Args:
        catalog: Keeps it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def entries(self, *, before: int | None, limit: int) -> list[StoredEntry]:
        """Return entries with a number below `before` (None: all), newest first."""
        return await asyncio.to_thread(self._catalog.audit, before=before, limit=limit)

    async def verify(self) -> int:
        """Check the whole chain; return how many entries it has.

        Raises:
            CorruptDataError: Names the first entry that does not fit.
        """
        return await asyncio.to_thread(lambda: verify(self._oldest_first()))

    def _oldest_first(self) -> Iterator[StoredEntry]:
        newest = self._catalog.audit(before=None, limit=1)
        last = newest[0].number if newest else 0
        for start in range(1, last + 1, PAGE_ENTRIES):
            end = min(start + PAGE_ENTRIES, last + 1)
            yield from reversed(self._catalog.audit(before=end, limit=end - start))
