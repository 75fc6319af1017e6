"""The use cases of one running server, together: what the HTTP API is given."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from meterlark.ledger.contract import Ledger
from meterlark.service.access import Access
from meterlark.service.audit import Audit
from meterlark.service.backtest import Backtest
from meterlark.service.cost import Costs
from meterlark.service.customers import Customers
from meterlark.service.events import Events
from meterlark.service.explain import Explain
from meterlark.service.features import Features
from meterlark.service.health import Health
from meterlark.service.ingest import Ingest
from meterlark.service.keys import Keys
from meterlark.service.meters import Meters
from meterlark.service.periods import Periods
from meterlark.service.portal import Portal
from meterlark.service.price_changes import PriceChanges
from meterlark.service.prices import Prices
from meterlark.service.progress import ProgressBoard
from meterlark.service.project import Projector
from meterlark.service.query import Queries
from meterlark.service.rate_cards import RateCards
from meterlark.service.subjects import Subjects
from meterlark.service.tail import Tail
from meterlark.service.unmeasured import UnmeasuredEvents
from meterlark.service.unpriced import UnpricedUsage
from meterlark.service.voids import Voids


class Services(msgspec.Struct, frozen=True):
    """Everything that can be asked of a server.

    Attributes:
        ledger: The truth, for its sizes.
        projector: How far the warehouse is.
        ingest: Takes events.
        meters: What is measured.
        queries: How much was used.
        events: What was stored.
        tail: Events as they come.
        explain: What became of one event.
        unmeasured: Which events are not measured.
        backtest: What a meter would say.
        voids: Takes events out of every count.
        health: Whether the server can work.
        keys: API keys.
        portal: Portal tokens.
        access: Who sends a request.
        audit: Who changed what.
        customers: Who pays.
        subjects: What is known of subjects.
        features: What is sold.
        prices: What usage costs.
        costs: What events cost.
        price_changes: Changes what usage costs.
        unpriced: Usage without a price.
        rate_cards: What customers are charged.
        periods: What was charged, and what is to be.
        progress: How far named questions are.
        now: The clock; aware UTC.
    """

    ledger: Ledger
    projector: Projector
    ingest: Ingest
    meters: Meters
    queries: Queries
    events: Events
    tail: Tail
    explain: Explain
    unmeasured: UnmeasuredEvents
    backtest: Backtest
    voids: Voids
    health: Health
    keys: Keys
    portal: Portal
    access: Access
    audit: Audit
    customers: Customers
    subjects: Subjects
    features: Features
    prices: Prices
    costs: Costs
    price_changes: PriceChanges
    unpriced: UnpricedUsage
    rate_cards: RateCards
    periods: Periods
    progress: ProgressBoard
    now: Callable[[], datetime]
