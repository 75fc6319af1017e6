"""What stands under every view of figures: from how many events it was computed, up to when, and how many of these were not read."""

import asyncio
from datetime import datetime

import msgspec

from meterlark.server.operation import Call
from meterlark.service.project import Projector


class Stamp(msgspec.Struct, frozen=True):
    """How fresh and how complete a page is.

    Attributes:
        at: Every event acknowledged before is in the figures; aware UTC.
        events: Stored by then; None for a visitor who may not see all of them.
        head: The ledger's newest place then.
        projector: Knows how far the warehouse is.
    """

    at: datetime
    events: int | None
    head: int
    projector: Projector

    @property
    def pending(self) -> int:
        """Events of then that the warehouse has not read by now; looked at when the page is made, after its questions."""
        return max(0, self.head - self.projector.position)


async def take_stamp(call: Call) -> Stamp:
    """Return the stamp of a page; taken before its questions, each of which waits for what was acknowledged."""
    services = call.services
    at, head = services.now(), services.projector.head
    counts = None if call.principal.subjects is not None else await asyncio.to_thread(services.ledger.counts)
    return Stamp(at, None if counts is None else counts.events, head, services.projector)
