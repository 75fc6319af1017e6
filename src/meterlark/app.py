"""The only place that picks engines and joins the parts."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from ulid import ULID

from meterlark.catalog.contract import Catalog
from meterlark.catalog.memory import MemoryCatalog
from meterlark.catalog.sqlite import SQLiteCatalog
from meterlark.config import LOOPBACK_HOSTS, Settings
from meterlark.dashboard.forgery import SECRET_BYTES
from meterlark.dashboard.session import Sessions
from meterlark.dashboard.site import Dashboard
from meterlark.ledger.contract import Ledger
from meterlark.ledger.lock import DirectoryLock
from meterlark.ledger.memory import MemoryLedger
from meterlark.ledger.sqlite import SQLiteLedger
from meterlark.model.errors import CorruptDataError, InvalidInputError
from meterlark.portal.site import PortalSite
from meterlark.price_files import read_bundled_documents, read_price_file
from meterlark.pricing.journal import Origin
from meterlark.server.cross_origin import CrossOrigin
from meterlark.server.run import listen, run_server
from meterlark.service.access import Access
from meterlark.service.audit import Audit
from meterlark.service.backtest import Backtest
from meterlark.service.charge_usage import ChargeUsage
from meterlark.service.charges import Charges
from meterlark.service.closed_periods import ClosedPeriods
from meterlark.service.cost import Costs
from meterlark.service.customers import Customers
from meterlark.service.events import Events
from meterlark.service.explain import Explain
from meterlark.service.features import Features
from meterlark.service.health import Health
from meterlark.service.ingest import Ingest
from meterlark.service.keys import KeyRights, Keys, NewKey
from meterlark.service.meters import Meters
from meterlark.service.periods import Periods
from meterlark.service.portal import Portal
from meterlark.service.price_changes import PriceChanges
from meterlark.service.prices import Documents, Prices
from meterlark.service.principal import OPEN, Actor
from meterlark.service.progress import ProgressBoard
from meterlark.service.project import Projector
from meterlark.service.query import Queries
from meterlark.service.rate_cards import RateCards
from meterlark.service.scan import Scan
from meterlark.service.services import Services
from meterlark.service.subjects import Subjects
from meterlark.service.tail import Tail
from meterlark.service.unmeasured import UnmeasuredEvents
from meterlark.service.unpriced import UnpricedUsage, Watch, with_watch
from meterlark.service.voids import Voids
from meterlark.warehouse.contract import Warehouse
from meterlark.warehouse.duckdb import DuckDBWarehouse
from meterlark.warehouse.memory import MemoryWarehouse

WAREHOUSE_FILE: Final = "warehouse.duckdb"


class Engines(msgspec.Struct, frozen=True):
    """The three stores of one server."""

    ledger: Ledger
    warehouse: Warehouse
    catalog: Catalog


def now() -> datetime:
    """Return this moment in aware UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new ULID."""
    return str(ULID())


def open_keys(catalog: Catalog, settings: Settings) -> Keys:
    """Return the keys of a catalog; on loopback the server is open until there is an admin key."""
    is_loopback = settings.host in LOOPBACK_HOSTS
    return Keys(catalog, now=now, new_id=new_id, random_bytes=secrets.token_bytes, may_be_open=is_loopback)


def _price_documents(settings: Settings) -> Documents:
    bundled = [(Origin.BUNDLED, document) for document in read_bundled_documents()]
    return bundled if settings.prices_file is None else [*bundled, (Origin.FILE, read_price_file(settings.prices_file))]


@contextmanager
def open_engines(settings: Settings) -> Iterator[Engines]:
    """Open the stores that the settings name, and close them at the end.

    Raises:
        DataDirectoryInUseError: Another process works on the data directory.
        DataVersionError: A newer Meterlark wrote it.
        CorruptDataError: It is damaged.
        UnavailableError: It cannot be used now.
    """
    with ExitStack() as stack:
        if settings.data_dir is None:
            engines = Engines(MemoryLedger(), MemoryWarehouse(), MemoryCatalog())
        else:
            stack.enter_context(DirectoryLock(settings.data_dir))
            ledger = SQLiteLedger.open(settings.data_dir, synchronous=settings.synchronous)
            stack.callback(ledger.close)
            catalog = SQLiteCatalog.open(settings.data_dir)
            stack.callback(catalog.close)
            warehouse = DuckDBWarehouse.open(settings.data_dir / WAREHOUSE_FILE, memory_limit=settings.warehouse_memory)
            stack.callback(warehouse.close)
            engines = Engines(ledger, warehouse, catalog)
        yield engines


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the stores and start the use cases; at the end what was accepted is committed and everything is closed.

    Raises:
        As `open_engines`; also
        ConflictError: A configured meter contradicts a stored one.
    """
    with open_engines(settings) as engines:
        prices = Prices(engines.catalog, _price_documents(settings), head=engines.ledger.head(), now=now)
        costs = Costs(prices)
        projector = Projector(engines.ledger, engines.warehouse, costs)
        definitions = asyncio.Lock()
        meters = Meters(engines.catalog, Watch(projector), definitions, now=now, new_id=new_id)
        await meters.ensure(settings.meters, by=Actor("configuration"))
        keys = open_keys(engines.catalog, settings)
        if not keys.is_open and not keys.has_admin:
            raise InvalidInputError(
                f"host is {settings.host!r} and there is no admin key, so nobody could be told apart;"
                " make one first: meterlark keys create --name admin --scope admin --data-dir DIR",
                field="host",
            )
        customers = Customers(engines.catalog, now=now, new_id=new_id)
        closed = ClosedPeriods(engines.catalog)
        portal = Portal(engines.catalog, now=now, new_id=new_id, random_bytes=secrets.token_bytes)
        projector.start(with_watch(meters.live()))
        ingest = Ingest(engines.ledger, projector)
        queries = Queries(projector, engines.warehouse)
        scan = Scan(engines.ledger, projector, engines.warehouse)
        rate_cards = RateCards(engines.catalog, definitions, closed_until=closed.until, now=now, new_id=new_id)
        usage = ChargeUsage(queries, projector, engines.warehouse, meters.live)
        charges = Charges(engines.ledger, customers, rate_cards, closed, usage)
        try:
            yield Services(
                ledger=engines.ledger,
                projector=projector,
                ingest=ingest,
                meters=meters,
                queries=queries,
                events=Events(engines.ledger, projector, engines.warehouse, meters.live, customers, costs=costs),
                tail=Tail(engines.ledger, ingest, meters.live, costs),
                explain=Explain(engines.ledger, meters.live, costs),
                unmeasured=UnmeasuredEvents(scan, meters.live, costs),
                backtest=Backtest(scan, costs),
                voids=Voids(engines.ledger, ingest, engines.catalog, now=now),
                health=Health(ingest, projector, data_dir=settings.data_dir),
                keys=keys,
                portal=portal,
                access=Access(keys, portal),
                audit=Audit(engines.catalog),
                customers=customers,
                subjects=Subjects(engines.catalog, now=now, new_id=new_id),
                features=Features(engines.catalog, definitions, now=now, new_id=new_id),
                prices=prices,
                costs=costs,
                price_changes=PriceChanges(prices, scan, projector, meters=meters.live, customers=customers, now=now),
                unpriced=UnpricedUsage(queries, meters.live),
                rate_cards=rate_cards,
                periods=Periods(charges, closed, customers, definitions, now=now, new_id=new_id),
                progress=ProgressBoard(now=now),
                now=now,
            )
        finally:
            await ingest.close()
            await asyncio.to_thread(projector.close)
            await queries.close()


async def serve(settings: Settings, *, started: Callable[[str, bool], None]) -> None:
    """Serve until a signal says stop.

    Args:
        settings: What to serve, and where.
        started: Called when it answers, with the server's address and whether it is open to everybody on this machine.

    Raises:
        As `open_services`; also
        UnavailableError: The address is taken.
    """
    listener = listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    async with open_services(settings) as services:
        await run_server(
            services,
            listener,
            body_bytes_max=settings.body_bytes_max,
            batch_events_max=settings.batch_events_max,
            sites=(open_dashboard(services, settings), PortalSite(settings.portal_origins.split())),
            cross_origin=CrossOrigin(settings.portal_origins.split()),
            started=lambda: started(address, services.keys.is_open),
        )


def open_dashboard(services: Services, settings: Settings) -> Dashboard:
    """Return the pages of a server."""
    return Dashboard(
        services,
        zone_name=settings.time_zone,
        secret=secrets.token_bytes(SECRET_BYTES),
        sessions=Sessions(now=now, random_bytes=secrets.token_bytes),
    )


async def create_key_offline(settings: Settings, rights: KeyRights) -> NewKey:
    """Make a key in a data directory that no server works on: the first admin key comes from here.

    Raises:
        As `open_engines`, and `Keys.create`.
    """
    with open_engines(settings) as engines:
        return await open_keys(engines.catalog, settings).create(rights, within=OPEN, by=Actor("command line"))


def rebuild(settings: Settings, *, progress: Callable[[int, int], None]) -> int:
    """Throw the warehouse away and fill it from the ledger; return the number of events read.

    Args:
        settings: Where the data is.
        progress: Called with the events read so far and all of them.

    Raises:
        As `open_engines`.
    """
    assert settings.data_dir is not None, "a server in memory has nothing to rebuild"
    with DirectoryLock(settings.data_dir):
        for path in _warehouse_files(settings.data_dir):
            path.unlink()
    return asyncio.run(_fill(settings, progress))


def _warehouse_files(data_dir: Path) -> list[Path]:
    return sorted(data_dir.glob(f"{WAREHOUSE_FILE}*"))


async def _fill(settings: Settings, progress: Callable[[int, int], None]) -> int:
    async with open_services(settings) as services:
        head = services.projector.head
        while not await asyncio.to_thread(services.projector.wait_for_lag, 0, timeout_seconds=0.2):
            if services.projector.failure is not None:
                raise CorruptDataError(f"the warehouse cannot be filled: {services.projector.failure}")
            progress(services.projector.position, head)
        progress(head, head)
        return head
