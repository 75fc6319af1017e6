"""The use cases of one running server, together: what the HTTP API is given."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from meterlark.ledger.contract import Ledger
from meterlark.service.events import Events
from meterlark.service.health import Health
from meterlark.service.ingest import Ingest
from meterlark.service.meters import Meters
from meterlark.service.project import Projector
from meterlark.service.query import Queries


class Services(msgspec.Struct, frozen=True):
    """Everything that can be asked of a server.

    Attributes:
        ledger: The truth, for its sizes.
        projector: How far the warehouse is.
        ingest: Takes events.
        meters: What is measured.
        queries: How much was used.
        events: What was stored.
        health: Whether the server can work.
        now: The clock; aware UTC.
    """

    ledger: Ledger
    projector: Projector
    ingest: Ingest
    meters: Meters
    queries: Queries
    events: Events
    health: Health
    now: Callable[[], datetime]
