"""A loopback LLM provider: the wire formats of OpenAI, Azure, Anthropic and Google on 127.0.0.1, for tests and examples.

    from meterlark.testing.provider import Provider, Usage

    with Provider(answer="Hello there.", usage=Usage(prompt=11, completion=3)) as provider:
        client = OpenAI(base_url=provider.base_url, api_key="test")
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}])
        assert provider.requests[0].body["model"] == "gpt-4o-mini"

Routes, blocking and with server-sent events: OpenAI's POST /v1/chat/completions and /v1/responses, the same below /openai as Azure has
them, Anthropic's POST /v1/messages, Google's POST /v1beta/models/MODEL:generateContent and :streamGenerateContent; and GET /v1/models.
Clients that add the version themselves (Azure's, Anthropic's, Google's) are given `root_url`. Errors have OpenAI's form everywhere.
It answers what it is told, to any key; the model is a dated snapshot as OpenAI returns it, ids are new and of OpenAI's form.
Faults are asked for with `Switches` or the request header `x-provider-switch`; the table is in `meterlark.testing.switches`.
`python -m meterlark.testing.provider --port 0` prints its base URL and serves until it is stopped.
"""

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.testing.dialects import dialect_of
from meterlark.testing.received import ReceivedRequest, RequestLog
from meterlark.testing.replay import Recording
from meterlark.testing.reply import Pace, Reply, error_reply, json_reply, stream_reply
from meterlark.testing.switches import HEADER, RETRY_AFTER_SECONDS, WAIT_SECONDS_MAX, Switches
from meterlark.testing.transport import HOST, LoopbackServer
from meterlark.testing.turn import (
    SNAPSHOTS,
    CountTokens,
    ToolCall,
    Turn,
    Usage,
    count_words,
    prompt_text,
    split_text,
    used_service_tier,
)

__all__ = ["Provider", "ReceivedRequest", "Switches", "ToolCall", "Usage", "count_words", "main"]

ANSWER = "The meadowlark sings at dawn, and every note is counted once."
"""What is said unless the caller gives an answer."""

SWITCH_TEXTS_MAX = 10_000
"""Distinct switch headers with `status` whose requests are counted."""

# A fixed date keeps the list of models equal from call to call.
_MODELS_CREATED = 1_700_000_000


class Provider:
    """A provider that answers every request the same way; a context manager.

    Args:
        answer: The text it says.
        chunks: The same text in the pieces a stream sends; given alone they are the answer. Default: a piece a word.
        tool_call: Called instead of the text by requests that offer `tools`.
        usage: Exact numbers to report. Default: counted with `count_tokens` over the request's texts and the answer.
        count_tokens: The counting rule. Default: white-space separated words, which no real model would report.
        chunk_interval_seconds: Wait between the events of a stream.
        switches: Faults for every request, as `Switches` or in their text form.
        port: Port to listen on; 0 takes a free one.

    Raises:
        InvalidInputError: `answer` and `chunks` differ, a switch is unknown or a wait is out of range.
    """

    def __init__(
        self,
        answer: str | None = None,
        *,
        chunks: Sequence[str] | None = None,
        tool_call: ToolCall | None = None,
        usage: Usage | None = None,
        count_tokens: CountTokens = count_words,
        chunk_interval_seconds: float = 0.0,
        switches: Switches | str = "",
        port: int = 0,
    ) -> None:
        if chunks is None:
            chunks = split_text(ANSWER if answer is None else answer)
        elif answer is not None and "".join(chunks) != answer:
            raise InvalidInputError("the joined chunks are not the answer; give either, or equal texts", field="chunks")
        if not 0 <= chunk_interval_seconds <= WAIT_SECONDS_MAX:
            raise InvalidInputError(
                f"chunk_interval_seconds is {chunk_interval_seconds}; allowed is 0 to {WAIT_SECONDS_MAX}",
                field="chunk_interval_seconds",
            )
        self._chunks = tuple(chunks)
        self._tool_call = tool_call
        self._usage = usage
        self._count_tokens = count_tokens
        self._interval_seconds = chunk_interval_seconds
        self._switches = Switches().with_text(switches) if isinstance(switches, str) else switches
        self._port = port
        self._recording: Recording | None = None
        self._log = RequestLog()
        self._lock = threading.Lock()
        self._errors_sent: Counter[str] = Counter()
        self._failures: list[Exception] = []
        self._server: LoopbackServer | None = None

    @classmethod
    def replay(
        cls,
        path: str | Path,
        *,
        chunk_interval_seconds: float = 0.0,
        switches: Switches | str = "",
        port: int = 0,
    ) -> Self:
        """Return a provider that serves a file of recorded exchanges; `meterlark.testing.replay` describes the file.

        An unknown request gets a 404 that says what is recorded.
        All switches but `no-usage` work: recorded bytes are never changed.

        Raises:
            InvalidInputError: A line of the file is not a recorded exchange.
        """
        provider = cls(chunk_interval_seconds=chunk_interval_seconds, switches=switches, port=port)
        provider._recording = Recording.open(Path(path))
        return provider

    def start(self) -> Self:
        """Listen and answer from now on, in threads of this process.

        Raises:
            OSError: The port is taken.
        """
        assert self._server is None, "the provider has been started already"
        self._server = LoopbackServer(self._respond, self._log, port=self._port)
        self._server.start()
        return self

    def close(self) -> None:
        """Drop every connection and join every thread; a second call does nothing.

        Raises:
            Exception: Whatever `count_tokens` raised first while a request was answered.
        """
        self._stop()
        if self._failures:
            raise self._failures.pop(0)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close; an error of the block itself goes first."""
        if error is None:
            self.close()
        else:
            self._stop()

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    @property
    def base_url(self) -> str:
        """The URL to give to a client, `/v1` included."""
        return f"{self.root_url}/v1"

    @property
    def root_url(self) -> str:
        """The URL without a version, for clients that add it themselves."""
        assert self._server is not None, "the provider has not been started"
        return f"http://{HOST}:{self._server.port}"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What was received so far, in order of arrival; the entries change until they are finished."""
        return self._log.snapshot()

    def wait_finished(self, count: int, *, timeout_seconds: float = 5.0) -> list[ReceivedRequest]:
        """Block until `count` requests are finished, then return `requests`.

        Needed before looking at `client_left` or `chunks_sent`: a client can be done before the provider knows.

        Raises:
            TimeoutError: They were not finished in time.
        """
        if not self._log.wait_finished(count, timeout_seconds=timeout_seconds):
            raise TimeoutError(f"fewer than {count} requests were finished within {timeout_seconds} seconds")
        return self.requests

    def _respond(self, request: ReceivedRequest) -> Reply:
        """Answer one request; called from the connections' threads."""
        try:
            request.body = msgspec.json.decode(request.content) if request.content else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            request.body = None
        try:
            header = request.headers.get(HEADER)
            switches = self._switches if header is None else self._switches.with_text(header)
            if self._is_error_due(switches, header):
                return self._error(switches)
            reply = self._answer(request, switches) if self._recording is None else self._recording.reply_to(request)
        except InvalidInputError as error:
            return error_reply(400, str(error), param=error.field)
        except RecursionError:
            # Parsed at a shallower point of the stack, and too deep for the encoder at a deeper one.
            return error_reply(400, "The body of your request nests too deeply.")
        except Exception as error:  # noqa: BLE001 - a user's count_tokens may raise anything; close() raises it again
            self._failures.append(error)
            return error_reply(500, f"the provider's own callable failed: {error!r}")
        return msgspec.structs.replace(reply, pace=self._pace(switches))

    def _pace(self, switches: Switches) -> Pace:
        slow = switches.slow_seconds
        return Pace(
            first_byte_seconds=slow or 0.0,
            interval_seconds=self._interval_seconds if slow is None else slow,
            cut_after=switches.cut_after,
            end_after=switches.end_after,
            hold_after=switches.hold_after,
        )

    def _is_error_due(self, switches: Switches, header: str | None) -> bool:
        if switches.status in (None, 200):
            return False
        if switches.times is None:
            return True
        key = header or ""
        with self._lock:
            if key not in self._errors_sent and len(self._errors_sent) >= SWITCH_TEXTS_MAX:
                raise InvalidInputError(f"more than {SWITCH_TEXTS_MAX} distinct `times` switches were sent", field=HEADER)
            is_due = self._errors_sent[key] < switches.times
            self._errors_sent[key] += is_due
        return is_due

    def _error(self, switches: Switches) -> Reply:
        assert switches.status is not None
        retry_after = switches.retry_after_seconds
        if retry_after is None and switches.status == 429:
            retry_after = RETRY_AFTER_SECONDS
        reply = error_reply(switches.status, retry_after_seconds=retry_after)
        return msgspec.structs.replace(reply, pace=self._pace(switches))

    def _answer(self, request: ReceivedRequest, switches: Switches) -> Reply:
        if (request.method, request.path) == ("GET", "/v1/models"):
            return json_reply(_models())
        if (found := dialect_of(request.method, request.path)) is not None:
            dialect, names = found
            if not switches.accept_stream_options and "stream_options" in (request.body or {}):
                return error_reply(400, "Unrecognized request argument supplied: stream_options")
            turn = self._turn(dialect.accepted(request.body, names), switches)
            if turn.is_stream:
                return stream_reply(dialect.events(turn), dialect.headers)
            return json_reply(dialect.body(turn), dialect.headers)
        return error_reply(404, f"Invalid URL ({request.method} {request.path})", code="unknown_url")

    def _turn(self, body: dict[str, Any], switches: Switches) -> Turn:
        tool_call = self._tool_call if body.get("tools") else None
        chunks = self._chunks if tool_call is None else split_text(tool_call.arguments)
        choices = body.get("n") or 1
        usage = None
        if switches.report_usage:
            usage = self._usage or self._counted(body, "".join(chunks), tool_call, choices)
        return Turn(
            request=body,
            model=SNAPSHOTS.get(body["model"], body["model"]),
            created=int(time.time()),
            service_tier=used_service_tier(body.get("service_tier")),
            chunks=chunks,
            tool_call=tool_call,
            choices=choices,
            usage=usage,
        )

    def _counted(self, body: dict[str, Any], text: str, tool_call: ToolCall | None, choices: int) -> Usage:
        said = self._count_tokens(text) + (0 if tool_call is None else self._count_tokens(tool_call.name))
        return Usage(prompt=self._count_tokens(prompt_text(body)), completion=said * choices)


def _models() -> bytes:
    models = [
        {"id": name, "object": "model", "created": _MODELS_CREATED, "owned_by": "system"}
        for name in sorted({*SNAPSHOTS, *SNAPSHOTS.values()})
    ]
    return msgspec.json.encode({"object": "list", "data": models})


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the first line of output is the base URL. Returns 0, or 2 for bad arguments."""
    parser = argparse.ArgumentParser(prog="python -m meterlark.testing.provider", description="A loopback LLM provider.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    parser.add_argument("--answer", help="the text it says")
    parser.add_argument("--chunk-interval-seconds", type=float, default=0.0, help="wait between a stream's events")
    parser.add_argument("--switches", default="", help="faults, such as no-usage,slow=0.5")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="serve recorded exchanges (.jsonl or .jsonl.gz)")
    given = parser.parse_args(arguments)
    try:
        if given.replay is None:
            provider = Provider(
                given.answer,
                chunk_interval_seconds=given.chunk_interval_seconds,
                switches=given.switches,
                port=given.port,
            )
        else:
            provider = Provider.replay(
                given.replay,
                chunk_interval_seconds=given.chunk_interval_seconds,
                switches=given.switches,
                port=given.port,
            )
        provider.start()
    except (InvalidInputError, OSError, OverflowError) as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sys.stdout.write(f"{provider.base_url}\n")
    sys.stdout.flush()
    stop.wait()
    provider.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
