"""The meter that users hold: wrap a client, name the customer, ask for the usage."""

import asyncio
import atexit
import http.client
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar, get_args
from urllib.parse import urlencode

import msgspec

from meterlark.capture.attributes import EVENT_TYPE, UNATTRIBUTED, Exchange, usable_attribute
from meterlark.capture.fields import plain
from meterlark.model.errors import InvalidInputError, UnavailableError
from meterlark.sdk.api import Api
from meterlark.sdk.attribution import attributed_to, customer_here, subject_of
from meterlark.sdk.call import Metering, OnAbandon
from meterlark.sdk.drain import DrainLimits, Drains
from meterlark.sdk.http_client import new_client
from meterlark.sdk.instrument import Instrumentation
from meterlark.sdk.observation import Observation
from meterlark.sdk.recording import SessionRecording, batch_makers, path_of
from meterlark.sdk.sender import Sender
from meterlark.sdk.sigterm import deliver_on_sigterm
from meterlark.sdk.spool import destination_folder
from meterlark.sdk.stats import Stats
from meterlark.sdk.usage import UsageRow, query_path, read_rows
from meterlark.sdk.wrap import meter_in_place, wrap_client

Client = TypeVar("Client")

DEFAULT_URL: Final = "http://127.0.0.1:8888"
OPENAI_URL: Final = "https://api.openai.com/v1"

DEFAULT_SPOOL_DIR: Final = "~/.local/state/meterlark/spool"
"""The user's folder for state that must outlive a restart (XDG base directory specification, `XDG_STATE_HOME`'s default)."""

DRAIN_SECONDS_MAX: Final = 120.0
"""12,000 tokens at 100 a second: longer than most answers. Whoever expects longer ones raises it."""

DRAIN_BYTES_MAX: Final = 16 * 1024 * 1024
"""Some 48,000 chunks of 340 bytes, the mean of recorded chat chunks."""

DRAINS_MAX: Final = 16
"""Each is a connection, and a thread if its client is synchronous."""

SPOOL_BYTES_MAX: Final = 256 * 1024 * 1024
"""An hour without a server at 100 calls a second, at about 700 bytes an event."""


class Meter:
    """Meters LLM calls and delivers their usage to a Meterlark server in the background; safe to use from any thread and task.

        meter = Meter("http://127.0.0.1:8888")
        client = meter.wrap(OpenAI())
        with meter.customer("acme"):
            client.chat.completions.create(model="gpt-4o-mini", messages=[...])
        for row in meter.query("llm_total_tokens", group_by=["model"], window="DAY"):
            print(row.window_start, row.group_by["model"], row.value)

    Nothing that goes wrong here reaches a metered call: see `stats`, and the logger `meterlark`. Events wait on disk until the server has
    taken them: through an outage, a restart and a killed process, whose events the next process of the same user sends. At the end of the
    process what waits is delivered, within `exit_seconds`; where processes are frozen or ended without notice, call `flush` before.

    Args:
        url: The server's address.
        key: API key of the server, if it wants one.
        default_subject: Who pays for a call that nobody was named for.
        source: The `source` of all events, instead of provider and base URL. Use it for services that repeat their response ids.
        event_type: The `type` of all events.
        spool_dir: Folder in which events wait on disk, `~` is the user's home; several processes may share it. None keeps them in memory.
            If the folder cannot be used, the log says so once and events wait in memory.
        spool_bytes_max: Bytes of events that may wait on disk, of all processes together.
        queue_events_max: Events that may wait in memory, because the disk has not taken them; more are dropped and counted.
        batch_events_max: Events of one request.
        batch_wait_seconds: How long the first event of a batch waits for others.
        timeout_seconds: Of connecting to the server and of each read.
        exit_seconds: How long the end of the process may be held up by what waits.
        drain_seconds_max: Longest time that an abandoned stream is read on, where `on_abandon` is "drain".
        drain_bytes_max: Most bytes that are read of it.
        drains_max: Most streams that are read on at a time; one more is cancelled.
        handles_sigterm: Whether to deliver what waits before SIGTERM ends the process, if the program has no handler of its own for it.

    Raises:
        InvalidInputError: A value is out of range.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key: str | None = None,
        default_subject: str = UNATTRIBUTED,
        source: str | None = None,
        event_type: str = EVENT_TYPE,
        spool_dir: str | Path | None = DEFAULT_SPOOL_DIR,
        spool_bytes_max: int = SPOOL_BYTES_MAX,
        queue_events_max: int = 10_000,
        batch_events_max: int = 100,
        batch_wait_seconds: float = 0.2,
        timeout_seconds: float = 10.0,
        exit_seconds: float = 5.0,
        drain_seconds_max: float = DRAIN_SECONDS_MAX,
        drain_bytes_max: int = DRAIN_BYTES_MAX,
        drains_max: int = DRAINS_MAX,
        handles_sigterm: bool = True,
    ) -> None:
        for field, text in (("default_subject", default_subject), ("event_type", event_type), ("source", source or event_type)):
            if not usable_attribute(text):
                raise InvalidInputError(f"{field} is {text!r}; it needs 1 to 1024 printable characters", field=field)
        numbers = {
            "queue_events_max": queue_events_max,
            "batch_events_max": batch_events_max,
            "spool_bytes_max": spool_bytes_max,
            "drain_bytes_max": drain_bytes_max,
            "drains_max": drains_max,
        }
        for field, number in numbers.items():
            if number < 1:
                raise InvalidInputError(f"{field} is {number}; it must be at least 1", field=field)
        self._url = url
        self._key = key
        self._default_subject = default_subject
        self._source = source or ""
        self._event_type = event_type
        self._timeout_seconds = timeout_seconds
        self._exit_seconds = exit_seconds
        # Streams under way, so that the end of the process can meter what arrived of them; a dict, because its operations are atomic.
        self._open: dict[int, Observation | SessionRecording] = {}
        self._instrumentation: Instrumentation | None = None
        self.drains = Drains(DrainLimits(seconds_max=drain_seconds_max, bytes_max=drain_bytes_max, number_max=drains_max))
        self._sender = Sender(
            self._api(),
            spool_folder=destination_folder(spool_dir, url, key) if spool_dir is not None else None,
            spool_bytes_max=spool_bytes_max,
            queue_events_max=queue_events_max,
            batch_events_max=batch_events_max,
            batch_wait_seconds=batch_wait_seconds,
        )
        atexit.register(self.close)
        if handles_sigterm:
            deliver_on_sigterm(self)

    def wrap(self, client: Client, *, customer: str = "", asks_usage: bool = True, on_abandon: OnAbandon = "cancel") -> Client:
        """Return a metered client of the same type; the given one is left as it was.

        Metered is every call that makes an answer, whatever method of the client makes it: blocking, streamed, parsed, raw. The answers,
        chunks and exceptions are the ones that the bare client gives.

        Args:
            client: A client of `openai` (`OpenAI`, `AsyncOpenAI`, Azure's too), `anthropic` or `google-genai`.
            customer: Who pays for its calls unless somebody is named around a call (docs/guides/metering.md).
            asks_usage: Whether to ask chat streams for usage, and keep the extra chunk from callers who did not; else tokens are counted.
            on_abandon: What becomes of a stream that the caller leaves before its end: "cancel" ends it and counts exactly what arrived
                (`usage_source` `partial`), "drain" reads on in the background, within the meter's limits, until the provider reports its
                usage (`drained`).

        Raises:
            InvalidInputError: It is no client of these SDKs.
        """
        return wrap_client(client, self._metering(customer, asks_usage=asks_usage, on_abandon=on_abandon))

    def http_client(
        self,
        *,
        customer: str = "",
        asks_usage: bool = True,
        on_abandon: OnAbandon = "cancel",
        base: type[Any] | None = None,
        **options: Any,  # noqa: ANN401 - those of the class
    ) -> Any:  # noqa: ANN401 - a client of a library that need not be installed
        """Return a new metered HTTP client: `OpenAI(http_client=meter.http_client())`.

        Args:
            customer: As for `wrap`.
            asks_usage: As for `wrap`.
            on_abandon: As for `wrap`.
            base: Its class: `httpx2.Client`, `httpx.Client` or one derived from them. By default it is the one that the loaded SDK wants
                (`openai.DefaultHttpxClient` or Anthropic's), else that of httpx2 or httpx.
            options: Given to the class.

        Raises:
            InvalidInputError: `base` is no such class, or neither library is installed.
        """
        return new_client(self._metering(customer, asks_usage=asks_usage, on_abandon=on_abandon), base, options, is_async=False)

    def async_http_client(
        self,
        *,
        customer: str = "",
        asks_usage: bool = True,
        on_abandon: OnAbandon = "cancel",
        base: type[Any] | None = None,
        **options: Any,  # noqa: ANN401 - those of the class
    ) -> Any:  # noqa: ANN401 - a client of a library that need not be installed
        """Do as `http_client`, for asynchronous clients: `AsyncOpenAI(http_client=meter.async_http_client())`."""
        return new_client(self._metering(customer, asks_usage=asks_usage, on_abandon=on_abandon), base, options, is_async=True)

    def instrument(self, *, customer: str = "", asks_usage: bool = True, on_abandon: OnAbandon = "cancel") -> None:
        """Meter the clients of `openai`, `anthropic` and `google-genai` that the program makes from now on, wherever it makes them.

        One line at the start; it may stand before the SDKs are imported, and imports none. A second call changes nothing. Clients that are
        metered otherwise, by `wrap` or `http_client`, are left to that. `uninstrument` takes it back.

        Args:
            customer: As for `wrap`.
            asks_usage: As for `wrap`.
            on_abandon: As for `wrap`.
        """
        # Made now, so that a mistake in the arguments is said here.
        self._metering(customer, asks_usage=asks_usage, on_abandon=on_abandon)
        if self._instrumentation is None:

            def meter_made(client: object) -> None:
                meter_in_place(client, self._metering(customer, asks_usage=asks_usage, on_abandon=on_abandon))

            self._instrumentation = Instrumentation(meter_made, self.count_failure)

    def uninstrument(self) -> None:
        """Meter no more new clients; those made since `instrument` stay metered."""
        instrumentation, self._instrumentation = self._instrumentation, None
        if instrumentation is not None:
            instrumentation.take_back()

    def customer(self, customer: str) -> AbstractContextManager[None]:
        """Name the customer of every call inside the `with` block, in this thread or asyncio task; blocks nest."""
        return attributed_to(customer)

    def record(
        self,
        response: object,
        *,
        customer: str = "",
        request: Mapping[str, Any] | None = None,
        provider: str = "",
        base_url: str = OPENAI_URL,
    ) -> None:
        """Meter an answer that did not come through a wrapped client; returns at once and raises nothing.

        Args:
            response: An answer of chat completions, Responses, embeddings or Anthropic's messages: an SDK object or its JSON object.
            customer: Who pays; else the `with meter.customer(...)` block, else the request, else the default.
            request: The request's JSON object; needed to count the input if the answer reports no usage.
            provider: Name of the provider; else found by the base URL.
            base_url: Where the call went.
        """
        try:
            body = plain(response) or {}
            observation = self._recording(path_of(body), customer, request, provider, base_url, is_stream=False)
            request_id = getattr(response, "_request_id", None)
            observation.begin(HTTPStatus.OK, {"x-request-id": request_id} if isinstance(request_id, str) else {})
            observation.take_body(body)
        except Exception as error:  # noqa: BLE001 - metering must not break the caller; the defect is counted and logged
            self._sender.count_failure(error)

    def record_stream(
        self,
        chunks: Iterable[object],
        *,
        customer: str = "",
        request: Mapping[str, Any] | None = None,
        provider: str = "",
        base_url: str = OPENAI_URL,
    ) -> None:
        """Meter a streamed answer that did not come through a wrapped client, complete or given up; else as `record`.

        Args:
            chunks: What arrived of it, in order: SDK objects or JSON objects.
            customer: As above.
            request: As above.
            provider: As above.
            base_url: As above.
        """
        try:
            bodies = [plain(chunk) or {} for chunk in chunks]
            path = path_of(bodies[0] if bodies else {})
            observation = self._recording(path, customer, request, provider, base_url, is_stream=True)
            observation.begin(HTTPStatus.OK, {"content-type": "text/event-stream"})
            for body in bodies:
                observation.add(b"data: " + msgspec.json.encode(body) + b"\n\n")
            observation.finish()
        except Exception as error:  # noqa: BLE001 - metering must not break the caller; the defect is counted and logged
            self._sender.count_failure(error)

    def record_session(self, *, model: str = "", customer: str = "", provider: str = "", base_url: str = OPENAI_URL) -> SessionRecording:
        """Meter a WebSocket session: OpenAI's Realtime and Live, and Responses over a connection. Each answer is an event when it ends.

            with meter.record_session(model="gpt-realtime", customer="acme") as session:
                for event in connection:
                    session.add(event)

        An event has the response's id (a transcription that of its item, Live's seconds that of the session), so a session that is recorded
        twice counts once. Nothing of it raises; `add` reads in the caller's thread, one thread at a time.

        Args:
            model: The model asked for; else what the session's own events say.
            customer: As for `record`, when the session begins.
            provider: As for `record`.
            base_url: As for `record`; `https:` or `wss:`, without the path of the session.
        """
        path = f"realtime?{urlencode({'model': model})}" if model else "realtime"
        exchange = self._exchange(path, customer, None, provider, base_url, is_stream=True)
        recording = SessionRecording(exchange, self._sender.put, self._sender.count_failure, lambda one: self._open.pop(id(one), None))
        self._open[id(recording)] = recording
        return recording

    def record_batch(
        self,
        lines: Iterable[object],
        *,
        customer: str = "",
        customers: Mapping[str, str] | None = None,
        provider: str = "",
        base_url: str = OPENAI_URL,
    ) -> None:
        """Meter the output of a batch, line by line; raises nothing of its own.

        An event has the id of the answer in the line, so a file that is recorded twice counts once. Batches that are made or asked for
        through a metered client are metered as a whole where the provider tells their usage: record the lines of others only.
        Where `queue_events_max` events wait, it waits for room, for `timeout_seconds` at most, and drops and counts the rest then.

        Args:
            lines: Of OpenAI's output file, Anthropic's results or Gemini's result file: SDK objects, JSON objects or JSON texts.
            customer: Who pays for lines that `customers` does not name; else as for `record`.
            customers: Who pays, by the `custom_id` (Gemini: `key`) of the line.
            provider: As for `record`.
            base_url: As for `record`.
        """
        exchange = self._exchange("", customer, None, provider, base_url, is_stream=False)
        waits = True
        for make in batch_makers(lines, exchange, base_url=base_url, customers=customers):
            if waits and not self._sender.has_room:
                self._sender.flush(self._timeout_seconds)
                waits = self._sender.has_room
            self._sender.put(make)

    def query(
        self,
        meter: str,
        *,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        window: str | None = None,
        time_zone: str | None = None,
        subject: str | Sequence[str] | None = None,
        group_by: Sequence[str] = (),
        **parameters: str | Sequence[str],
    ) -> list[UsageRow]:
        """Return the usage of a meter; blocks. What was metered before is delivered first, so the answer includes it.

        Args:
            meter: The meter's slug, such as `llm_total_tokens`.
            start: From when on, inclusive.
            end: Until when, exclusive.
            window: MINUTE, HOUR, DAY or MONTH; without it there is one window over everything.
            time_zone: IANA name of the zone that days and months are in; UTC by default.
            subject: Only these subjects, one row each.
            group_by: Keys to group by, such as `model`; `subject` is one too.
            parameters: Any other parameter of the server's query, as it is written on the wire.

        Raises:
            NotFoundError: There is no such meter.
            InvalidInputError: A parameter is wrong; the message says which.
            UnavailableError: The server cannot be reached, or did not take in time what waits.
            MeterlarkError: Any other answer.
        """
        if not self.flush(self._timeout_seconds):
            raise UnavailableError(f"{self.stats().queued} events are not delivered yet, so the answer would lack them")
        asked = {"from": start, "to": end, "windowSize": window, "windowTimeZone": time_zone, "subject": subject, "groupBy": list(group_by)}
        api = self._api()
        try:
            return read_rows(api.request("GET", query_path(meter, {**asked, **parameters})))
        except (OSError, http.client.HTTPException) as error:
            raise UnavailableError(f"the Meterlark server at {self._url} does not answer: {error!r}") from error
        finally:
            api.close()

    def stats(self) -> Stats:
        """Return the counters of this meter."""
        return self._sender.stats()

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until everything metered so far is settled; False if it took longer.

        Abandoned streams that are read on are waited for, calls and streams that somebody reads are not.
        """
        until = time.monotonic() + timeout_seconds
        # A stream that was dropped begins to be read on in the sender's thread.
        if not self._sender.flush(timeout_seconds):
            return False
        if self.drains.are_none:
            return True
        is_drained = self.drains.wait(max(0.0, until - time.monotonic()))
        return self._sender.flush(max(0.0, until - time.monotonic())) and is_drained

    def close(self) -> None:
        """Meter what arrived of streams under way, deliver what waits for at most `exit_seconds`, and stop; a second call does nothing.

        What the server did not take in that time stays on disk for the next process; without a spool it is dropped and counted.
        """
        self.uninstrument()
        until = time.monotonic() + self._exit_seconds
        # Half of the time, so that there is as much for delivering what they bring.
        self.drains.wait(self._exit_seconds / 2)
        self.drains.close()
        for watched in list(self._open.values()):
            watched.finish()
        self._sender.close(max(0.0, until - time.monotonic()))
        atexit.unregister(self.close)

    async def aquery(self, meter: str, **parameters: Any) -> list[UsageRow]:  # noqa: ANN401 - the keywords of `query`
        """Do as `query`, without blocking the event loop."""
        return await asyncio.to_thread(self.query, meter, **parameters)

    async def aflush(self, timeout_seconds: float = 5.0) -> bool:
        """Do as `flush`, without blocking the event loop."""
        return await asyncio.to_thread(self.flush, timeout_seconds)

    async def aclose(self) -> None:
        """Do as `close`, without blocking the event loop."""
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        await self.aclose()

    def _api(self) -> Api:
        return Api(self._url, key=self._key, timeout_seconds=self._timeout_seconds)

    def observe(self, exchange: Callable[[], Exchange]) -> Observation:
        """Start to watch an exchange; for the parts of this folder."""
        observation = Observation(exchange, self._finished, self.run_later)
        self._open[id(observation)] = observation
        return observation

    def count_failure(self, error: Exception) -> None:
        """Note a defect of ours that the caller must not see; for the parts of this folder."""
        self._sender.count_failure(error)

    def run_later(self, step: Callable[[], object]) -> None:
        """Run something in the writer's thread; for the parts of this folder."""
        self._sender.run_later(step)

    def _recording(
        self, path: str, customer: str, request: Mapping[str, Any] | None, provider: str, base_url: str, *, is_stream: bool
    ) -> Observation:
        exchange = self._exchange(path, customer, request, provider, base_url, is_stream=is_stream)
        return self.observe(lambda: exchange)

    def _exchange(
        self, path: str, customer: str, request: Mapping[str, Any] | None, provider: str, base_url: str, *, is_stream: bool
    ) -> Exchange:
        return Exchange(
            provider=provider,
            url=f"{base_url.rstrip('/')}/{path}",
            subject=subject_of(request, named=usable_attribute(customer) or customer_here(), default=self._default_subject),
            request=request,
            is_stream=is_stream,
            source=self._source,
            event_type=self._event_type,
        )

    def _metering(self, customer: str, *, asks_usage: bool, on_abandon: OnAbandon) -> Metering:
        if on_abandon not in get_args(OnAbandon):
            raise InvalidInputError(f"on_abandon is {on_abandon!r}; allowed are {', '.join(get_args(OnAbandon))}", field="on_abandon")
        return Metering(
            self,
            customer=customer,
            default_subject=self._default_subject,
            source=self._source,
            event_type=self._event_type,
            asks_usage=asks_usage,
            on_abandon=on_abandon,
        )

    def _finished(self, observation: Observation) -> None:
        self._open.pop(id(observation), None)
        self._sender.put(observation.event)
