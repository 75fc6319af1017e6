"""What a caller of an HTTP client sees of a recorded exchange, metered beside bare: status, headers, pieces, errors."""

import asyncio
import json
import re
from collections.abc import Coroutine
from typing import Any, NamedTuple

from recorded_transport import Record, RecordedProvider, content_of, transport, url_of

from meterlark import Meter

SEED = 20261125

Trace = list[Any]


class Way(NamedTuple):
    """How an exchange goes.

    Attributes:
        leave_after: Pieces or chunks after which the caller leaves; None for never.
        seed: Of the places where the answer is cut; None for one piece an event.
        break_after: Pieces after which the network fails; None for never.
        hold_after: Pieces after which nothing more comes and the caller's task is cancelled; None for never.
        is_unreachable: Whether no connection can be made.
    """

    leave_after: int | None = None
    seed: int | None = None
    break_after: int | None = None
    hold_after: int | None = None
    is_unreachable: bool = False

    def provider(self, record: Record) -> RecordedProvider:
        """Return a provider that plays its part."""
        return RecordedProvider(
            record, seed=self.seed, break_after=self.break_after, hold_after=self.hold_after, is_unreachable=self.is_unreachable
        )


WAYS = {
    "events": Way(),
    "pieces": Way(seed=SEED),
    "left": Way(leave_after=2),
    "broken": Way(break_after=2),
    "unreachable": Way(is_unreachable=True),
}
ASYNC_WAYS = {**WAYS, "cancelled": Way(hold_after=2)}


def request_of(client: Any, record: Record, *, customer: str = "") -> Any:
    """Return what opens the stream of an exchange with a client of httpx or httpx2; a customer is named in our header."""
    headers = {"content-type": "application/json", **({"x-meterlark-customer": customer} if customer else {})}
    return client.stream(record["method"], url_of(record), content=content_of(record), headers=headers)


def asked(client: Any, record: Record, *, leave_after: int | None = None, customer: str = "") -> Trace:
    """Return everything that a caller of an HTTP client sees of an exchange."""
    trace: Trace = []
    try:
        with request_of(client, record, customer=customer) as response:
            trace += [response.status_code, response.headers.multi_items(), response.http_version, response.request.content]
            for number, piece in enumerate(response.iter_raw(), start=1):
                trace.append(piece)
                if number == leave_after:
                    break
        trace.append(response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]
    return trace


async def asked_async(client: Any, record: Record, trace: Trace, *, leave_after: int | None = None, customer: str = "") -> None:
    """Do as `asked`; the trace is filled while it goes."""
    try:
        async with request_of(client, record, customer=customer) as response:
            trace += [response.status_code, response.headers.multi_items(), response.http_version, response.request.content]
            number = 0
            async for piece in response.aiter_raw():
                trace.append(piece)
                number += 1
                if number == leave_after:
                    break
        trace.append(response.is_closed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        trace += [type(error), str(error)]


async def cancelled_if_held(reading: Coroutine[Any, Any, None], provider: RecordedProvider, trace: Trace) -> None:
    """Run what reads an exchange, in a task that is cancelled when nothing more comes."""
    task, held = asyncio.ensure_future(reading), asyncio.ensure_future(provider.held.wait())
    await asyncio.wait({task, held}, return_when=asyncio.FIRST_COMPLETED)
    held.cancel()
    task.cancel()
    ended = await asyncio.gather(task, return_exceptions=True)
    trace += [type(end) for end in ended if end is not None]


def joined(trace: Trace) -> Trace:
    """Return a trace in which the cuts between the pieces are gone."""
    pieces = [part for part in trace[4:] if isinstance(part, bytes)]
    return [*trace[:4], b"".join(pieces), *(part for part in trace[4:] if not isinstance(part, bytes))]


def without_usage(trace: Trace) -> Trace:
    """Return a trace without usage that is null and events that carry it and no choice; its pieces are whole events, or the whole body."""
    shown = []
    for part in trace:
        if isinstance(part, bytes):
            events = re.split(rb"(?<=\n\n)|(?<=\r\n\r\n)", part)
            if kept := b"".join(event for event in events if not is_usage_event(event)):
                shown.append(re.sub(rb',\s*"usage"\s*:\s*null', b"", kept))
        else:
            shown.append(part)
    return shown


def is_usage_event(event: bytes) -> bool:
    """Tell whether a whole event is such a chunk; by plain code that knows nothing of the package."""
    try:
        chunk = json.loads(event.partition(b":")[2])
    except ValueError:
        return False
    return isinstance(chunk, dict) and chunk.get("choices") == [] and bool(chunk.get("usage"))


def differences(library: Any, record: Record, meter: Meter, *, is_async: bool = False) -> list[str]:
    """Return in which ways of reading a metered client differs from a bare one."""
    found = []
    for name, way in (ASYNC_WAYS if is_async else WAYS).items():
        providers = [way.provider(record) for _ in range(2)]
        traces = [
            traced(library, record, way, provider, measured_by, is_async=is_async)
            for provider, measured_by in zip(providers, (None, meter), strict=True)
        ]
        assert [provider.unknown for provider in providers] == [0, 0], "the recorded provider was asked for what is not recorded"
        if providers[1].asked:
            # What is hidden from the caller may be cut into other pieces: an event that is not finished waits for its end.
            traces = [joined(trace) if way.seed is not None else trace for trace in traces]
            # Some recorded servers send usage, or that it is null, though the recorded request does not ask for it. That is hidden as well.
            traces[0] = without_usage(traces[0])
        if traces[0] != traces[1] or (providers[0].closed, bool(providers[0].asked)) != (providers[1].closed, False):
            found.append(name)
    return found


def traced(library: Any, record: Record, way: Way, provider: RecordedProvider, meter: Meter | None, *, is_async: bool) -> Trace:
    """Return what a caller sees of an exchange, through a meter's client if there is a meter."""
    inner = transport(library, provider, is_async=is_async)
    customer = "acme" if meter is not None and way == WAYS["events"] else ""
    if not is_async:
        with library.Client(transport=inner) if meter is None else meter.http_client(base=library.Client, transport=inner) as client:
            return asked(client, record, leave_after=way.leave_after, customer=customer)
    base = library.AsyncClient
    trace: Trace = []

    async def ask() -> None:
        async with base(transport=inner) if meter is None else meter.async_http_client(base=base, transport=inner) as client:
            await cancelled_if_held(asked_async(client, record, trace, leave_after=way.leave_after, customer=customer), provider, trace)

    asyncio.run(ask())
    return trace
