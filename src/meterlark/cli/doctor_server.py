"""What `meterlark doctor` looks at on a server: whether it answers, its version, clock, keys, lag, and what its events lack."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from meterlark.capture.attributes import UNATTRIBUTED
from meterlark.cli.client import Client
from meterlark.cli.finding import Finding, fail, warn, well
from meterlark.cli.period import EVER
from meterlark.cli.unpriced import unpriced_models
from meterlark.config import sdk_key
from meterlark.model.errors import ForbiddenError, MeterlarkError, NotFoundError, UnauthenticatedError, UnavailableError
from meterlark.model.time import format_time
from meterlark.version import VERSION

CLOCK_SECONDS_MAX: Final = 5
"""The header has whole seconds, and an answer takes a while; more is a clock that is wrong."""

LAG_EVENTS_WARNED: Final = 50_000
"""A quarter of what the warehouse may be behind before events are refused."""

MODELS_SHOWN_MAX: Final = 10
"""Models without a price that are named; meterlark prices unpriced lists all."""

UNPRICED: Final = "unpriced:"
"""How the reason begins for which a meter of cost cannot read an event."""

RECENT: Final = timedelta(days=7)

_METRIC: Final = re.compile(r"^(meterlark_\w+) ([0-9.e+]+)$", re.MULTILINE)


class _Info(msgspec.Struct):
    version: str


class _Document(msgspec.Struct):
    info: _Info


class _Reason(msgspec.Struct):
    reason: str
    events: int
    meter: str | None = None


class _Unmeasured(msgspec.Struct):
    counts: list[_Reason] = []


def look_at_server(client: Client) -> Iterator[Finding]:
    """Look at a server; when it does not answer, that is the only finding."""
    try:
        live = client.download("/healthz/live")
    except UnavailableError as error:
        yield fail("server", str(error), "meterlark serve, or METERLARK_URL")
        return
    except MeterlarkError as error:
        yield fail("server", f"what answers at {client.url} is no Meterlark server: {error}", "correct METERLARK_URL")
        return
    yield well("server", f"answers at {client.url}")
    yield from _clock(live.date)
    yield from _version(client)
    yield from _ready(client)
    if (refused := _key(client)) is not None:
        yield refused
        return
    yield from _openness(client)
    yield from _figures(client)
    yield from _events(client)


def _clock(date: str) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        yield warn("clock", "the server's answer has no date", "look whether a proxy takes it away")
        return
    off = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
    if off > CLOCK_SECONDS_MAX:
        what = f"this machine's clock and the server's differ by {off:.0f} s: events get the sender's time and may fall into another window"
        yield fail("clock", what, "turn on NTP on both machines: timedatectl set-ntp true")
    else:
        yield well("clock", "agrees with the server's")


def _version(client: Client) -> Iterator[Finding]:
    theirs = client.fetch("/api/openapi.json", _Document).info.version
    if theirs == VERSION:
        yield well("version", f"{VERSION} here and there")
    else:
        yield warn(
            "version", f"this command is {VERSION}, the server {theirs}", "install the same version: pip install 'meterlark[server]'"
        )


def _ready(client: Client) -> Iterator[Finding]:
    try:
        client.download("/healthz/ready")
    except UnavailableError as error:
        yield fail("readiness", str(error), "what is named stands before events are taken again; the server's log has more")
    else:
        yield well("readiness", "takes events and answers questions")


def _key(client: Client) -> Finding | None:
    """Return what keeps us from looking further; None when nothing does."""
    try:
        client.download("/api/v1/meters")
    except UnauthenticatedError as error:
        fix = "put a key into METERLARK_API_KEY; an administrator makes one: meterlark keys create --name NAME --scope read"
        return fail("key", str(error), fix)
    except ForbiddenError as error:
        return warn("key", f"the key may not read, so the rest was not looked at ({error})", "give doctor a key with the scope read")
    return None


def _openness(client: Client) -> Iterator[Finding]:
    if sdk_key() is not None:
        yield well("key", "METERLARK_API_KEY is accepted")
        return
    yield warn(
        "key",
        "the server is open: whoever reaches it from its machine may read and change everything",
        f"meterlark keys create --name admin --scope admin --url {client.url}",
    )


def _figures(client: Client) -> Iterator[Finding]:
    figures = {name: float(value) for name, value in _METRIC.findall(client.download("/metrics").body.decode())}
    lag = figures.get("meterlark_projection_lag_events", 0)
    if figures.get("meterlark_projection_is_failing", 0):
        yield fail("lag", f"the warehouse cannot be filled; {lag:,.0f} events wait", "stop the server, then: meterlark rebuild")
    elif lag > LAG_EVENTS_WARNED:
        yield warn("lag", f"the warehouse is {lag:,.0f} events behind", "wait; if it grows, send slower or give the server more CPU")
    else:
        yield well("lag", f"{figures.get('meterlark_ledger_events', 0):,.0f} events, {lag:,.0f} behind")
    if conflicts := figures.get("meterlark_ledger_conflicts", 0):
        fix = f"look at them: curl {client.url}/api/v1/events/conflicts; two different events must not share source and id"
        yield warn("conflicts", f"{conflicts:,.0f} contents came under the identity of another event and are not counted", fix)


def _events(client: Client) -> Iterator[Finding]:
    since = format_time(datetime.now(UTC) - RECENT)
    try:
        unmeasured = client.fetch("/api/v1/events/unmeasured", _Unmeasured, {"from": since}).counts
        stray = client.query("llm_requests", {"from": since, "subject": UNATTRIBUTED})
    except NotFoundError:
        return  # a server of another version, or without that meter
    for model in unpriced_models(client, EVER)[:MODELS_SHOWN_MAX]:
        yield warn("prices", model.told(), model.fix())
    for one in unmeasured:
        if one.reason.startswith(UNPRICED):
            continue  # told as prices
        who = f"meter {one.meter}: " if one.meter else ""
        fix = "correct what is sent, or make a meter for it: meterlark meters --help"
        yield warn("unmeasured", f"{one.events} recent events: {who}{one.reason}", fix)
    if requests := sum(row.value for row in stray):
        fix = 'name who pays: with meter.customer("acme"): ...'
        yield warn("attribution", f"{requests:,f} requests of the last {RECENT.days} days are nobody's", fix)
