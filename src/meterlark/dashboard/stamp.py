"""What stands under every view: from how many events it was computed, up to when, and how many were still to come."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from meterlark.server.operation import Call


class Stamp(NamedTuple):
    """How fresh and how complete a page is.

    Attributes:
        at: Every event acknowledged before is in the figures; aware UTC.
        events: Stored by then; None for a visitor who may not see all of them.
        pending: Stored and not yet read by the warehouse when the page was made.
    """

    at: datetime
    events: int | None
    pending: int


async def take_stamp(call: Call) -> Stamp:
    """Return the stamp of a page; taken before its questions, each of which waits for what is pending now."""
    at = call.services.now()
    counts = None if call.principal.subjects is not None else await asyncio.to_thread(call.services.ledger.counts)
    return Stamp(at, None if counts is None else counts.events, call.services.projector.lag)
