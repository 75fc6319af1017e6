"""What does metering cost the program's own thread? Added CPU per call and per chunk of a stream against the bare `openai`, and per import.

Each call's CPU is read from the clock of its thread (`time.thread_time_ns`), so waiting costs nothing, and neither does the work of
background threads. Per chunk: the difference between streams of two lengths, so that what a stream costs as a whole does not count.
Each way to call runs in a process of its own, because a wrapper patches the module that the bare client uses; the processes work in turns,
a few calls each, so that the machine's other work hits all alike. Two processes differ by a few percent in all they do, so ours is measured
in one process with the bare client too, call by call (`paired`); that row is the one to judge by. What the background threads disturb hits
both sides of it alike, so it is not in that difference: it is in the rows `bare in paired` and `meterlark`, with the noise of processes.
A turn's figure is its median call and its cheapest stream; reported are medians over the turns and their spread. What a chunk costs is
near the noise of reading one from a socket, so watching is also measured alone, on a stand-in for the response's stream.
The provider and the server that takes the events are processes on loopback. Answers are asserted, and that every call was delivered.

    python bench/sdk_overhead.py                   beside other wrappers if there is a .venv-conformance, which script/conformance makes
    python bench/sdk_overhead.py --peers PYTHON    an interpreter of another environment with openai and the wrappers named in WRAPPERS
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from harness import Report

CALLS = 20
"""Calls of one turn."""

STREAMS = 4
LENGTHS: Final = (50, 450)
"""Chunks of the two streams."""

ASK: Final[dict[str, Any]] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "When do larks sing?"}]}
CALL_US_MAX: Final = 25.0
CHUNK_US_MAX: Final = 1.0
IMPORT_MS_MAX: Final = 30.0
"""The aims: an import is counted beside that of openai."""

PEERS: Final = Path(__file__).resolve().parent.parent / ".venv-conformance/bin/python"

BASES: Final = {"paired": "bare in paired", "langfuse": "bare for peers", "opentelemetry": "bare for peers"}

WRAPPERS: Final = {
    "meterlark": "import meterlark; meterlark.Meter",
    "langfuse": "import langfuse.openai",
    "opentelemetry": "import opentelemetry.instrumentation.openai, opentelemetry.sdk.trace",
}


def main() -> None:
    """Run the part that is asked for; without one, all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--peers", type=Path, default=PEERS, help="interpreter with openai, langfuse, opentelemetry-instrumentation-openai")
    parser.add_argument("--part", choices=["work", "sink", "provider"], help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part == "work":
        work(*asked.arguments)
    elif asked.part == "sink":
        sink()
    elif asked.part == "provider":
        provider(int(asked.arguments[0]))
    else:
        compare(asked.turns, asked.peers)


class Part:
    """A process of this bench, which answers a line with a line."""

    def __init__(self, python: str, *arguments: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([python, __file__, "--part", *arguments], stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self.said = self._read()

    def ask(self, question: str) -> Any:
        """Send a line and return the answer."""
        self._input.write(question + "\n")
        self._input.flush()
        return json.loads(self._read())

    def end(self) -> None:
        """Close its input, upon which it ends."""
        self._input.close()
        self._process.wait(30)

    def _read(self) -> str:
        line = self._output.readline()
        assert line, "a part of the bench ended"
        return line.strip()


def compare(turns: int, peers: Path) -> None:
    """Run everything and print the figures."""
    from harness import Report  # noqa: PLC0415 - the peers' environment need not have what it imports

    pythons = dict.fromkeys(("bare", "meterlark", "paired"), sys.executable)
    if peers.exists():
        pythons |= dict.fromkeys(("bare for peers", "langfuse", "opentelemetry"), str(peers))
    else:
        print(f"skipped: langfuse and opentelemetry, because there is no {peers.parent.parent.name} (script/conformance makes it)")
    report = Report(
        f"What does metering cost the caller's thread? {turns} turns of {CALLS} calls and {STREAMS} streams of each of two lengths",
        ("", "call us", "added", "spread", "chunk us", "added", "spread", "import ms"),
    )
    servers = [Part(sys.executable, "sink"), *(Part(sys.executable, "provider", str(length)) for length in LENGTHS)]
    parts = {name: Part(python, "work", name.split()[0], *(server.said for server in servers)) for name, python in pythons.items()}
    names = ("call", *(f"stream {length}" for length in LENGTHS))
    figures: dict[str, dict[str, list[float]]] = {name: {what: [] for what in names} for name in (*parts, "bare in paired")}
    for turn in range(turns + 1):
        for name in sorted(parts, reverse=bool(turn % 2)):
            for what in names:
                took = parts[name].ask(what)
                if turn:
                    # The first turn warms up.
                    for row, values in zip((name, "bare in paired"), took, strict=False):
                        figures[row][what].append((median(values) if what == "call" else min(values)) / 1000)
    for part in parts.values():
        assert part.ask("end") == "delivered"
    for each in (*parts.values(), *servers):
        each.end()
    imports = {name: import_cost(pythons[name], program) for name, program in WRAPPERS.items() if name in pythons}
    call_us, chunk_us = add_rows(report, figures, imports)
    report.claim("us that a call costs more than a bare one of the same process", call_us, at_most=CALL_US_MAX)
    report.claim("us that a chunk costs more than a bare one of the same process", chunk_us, at_most=CHUNK_US_MAX)
    report.claim("us that watching costs a chunk", watched_alone(is_async=False), at_most=CHUNK_US_MAX)
    report.claim("us that watching costs a chunk of an asynchronous stream", watched_alone(is_async=True), at_most=CHUNK_US_MAX)
    report.claim("ms that the import costs beside openai's", imports["meterlark"], at_most=IMPORT_MS_MAX)
    report.finish("sdk_overhead")


def add_rows(report: "Report", figures: dict[str, dict[str, list[float]]], imports: dict[str, float]) -> tuple[float, float]:
    """Add one line for each way to call; return what ours adds to a call and to a chunk, by the row to judge by."""
    short, long = (f"stream {length}" for length in LENGTHS)
    added_by: dict[str, tuple[float, float]] = {}
    for name, figure in figures.items():
        base = figures[BASES.get(name, "bare")]
        added = [mine - theirs for mine, theirs in zip(figure["call"], base["call"], strict=True)]
        chunks = [(many - few) / (LENGTHS[1] - LENGTHS[0]) for few, many in zip(figure[short], figure[long], strict=True)]
        base_chunks = [(many - few) / (LENGTHS[1] - LENGTHS[0]) for few, many in zip(base[short], base[long], strict=True)]
        added_chunks = [mine - theirs for mine, theirs in zip(chunks, base_chunks, strict=True)]
        added_by[name] = median(added), median(added_chunks)
        calls = (median(figure["call"]), median(added), spread(added))
        report.add(name, *calls, median(chunks), median(added_chunks), spread(added_chunks), imports.get(name, "-"))
    return added_by["paired"]


class Host:
    """Stands in for a meter."""

    drains: Any = None

    def observe(self, exchange: Callable[[], Any]) -> Any:
        """Watch nothing more."""
        raise NotImplementedError

    def count_failure(self, error: Exception) -> None:
        """There are none."""
        raise error

    def run_later(self, step: Callable[[], object]) -> None:
        """Run it now."""
        step()


class StandIn:
    """Stands in for the stream of a response, which comes from a socket."""

    def __init__(self) -> None:
        head = '{"id":"chatcmpl-DAbCdEfGhIjKlMnOpQrStUvWxYz01","object":"chat.completion.chunk","created":1790000000,"model":"gpt-4o-mini",'
        self._pieces = [
            f'data: {head}"choices":[{{"index":0,"delta":{{"content":" lark{number}"}},"finish_reason":null}}],"usage":null}}\n\n'.encode()
            for number in range(LENGTHS[1])
        ]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces."""
        for piece in self._pieces:
            yield piece

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""


def watched_alone(*, is_async: bool) -> float:
    """Return the microseconds that a piece costs more when its stream is watched; the median of the differences of 1,000 pairs."""
    from meterlark.capture.asking import UsageFilter  # noqa: PLC0415 - the peers' environment does not have it
    from meterlark.sdk.call import Metering  # noqa: PLC0415 - as above
    from meterlark.sdk.observation import Observation  # noqa: PLC0415 - as above
    from meterlark.sdk.tee import WatchedAsyncStream, WatchedStream  # noqa: PLC0415 - as above

    metering = Metering(Host(), customer="", default_subject="bench")
    finished: list[Observation] = []

    async def read(stream: Any) -> int:
        return len([piece async for piece in stream]) if is_async else len(list(stream))

    async def measure() -> float:
        added: list[float] = []
        for _ in range(1000):
            # No exchange is read here, so there is none.
            observation = Observation(lambda: None, finished.append, Host().run_later)  # type: ignore[arg-type, return-value]
            kind = WatchedAsyncStream if is_async else WatchedStream
            took = []
            for stream in (StandIn(), kind(StandIn(), observation, UsageFilter(), metering, {})):
                start = time.thread_time_ns()
                count = await read(stream)
                took.append(time.thread_time_ns() - start)
                assert count == LENGTHS[1]
            assert finished.pop() is observation
            added.append((took[1] - took[0]) / LENGTHS[1] / 1000)
        return median(added)

    return asyncio.run(measure())


def spread(values: list[float]) -> float:
    """Return half of the range in which the middle half of the values lies."""
    first, _, third = quantiles(values, n=4)
    return (third - first) / 2


def import_cost(python: str, wrapper: str) -> float:
    """Return the CPU milliseconds that an import adds to that of openai; the median of 15."""
    program = f"import openai, time; start = time.process_time(); {wrapper}; print(time.process_time() - start)"
    runs = [subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout for _ in range(15)]
    return median(float(run) for run in runs) * 1000


def work(name: str, sink_url: str, *provider_urls: str) -> None:
    """Call when told to and say what each call cost its thread, in nanoseconds."""
    sets, finish = WAYS[name](sink_url, provider_urls)
    print("ready", flush=True)
    turn = done = 0
    for line in sys.stdin:
        what = line.strip()
        if what == "end":
            finish(done)
            print(json.dumps("delivered"), flush=True)
            continue
        length = int(what.split()[1]) if what.startswith("stream") else 0
        took: list[list[int]] = [[] for _ in sets]
        for _ in range(STREAMS if length else CALLS):
            turn += 1
            # Whoever is second finds the caches warm.
            for which in sorted(range(len(sets)), reverse=bool(turn % 2)):
                took[which].append(stream(sets[which], length) if length else call(sets[which]))
            done += 1
        print(json.dumps(took), flush=True)


def call(clients: list[Any]) -> int:
    """Make a blocking call."""
    start = time.thread_time_ns()
    answer = clients[0].chat.completions.create(**ASK)
    took = time.thread_time_ns() - start
    assert answer.usage.total_tokens > 0
    return took


def stream(clients: list[Any], length: int) -> int:
    """Read a stream to its end."""
    client = clients[LENGTHS.index(length)]
    count = 0
    start = time.thread_time_ns()
    for _ in client.chat.completions.create(**ASK, stream=True):
        count += 1
    took = time.thread_time_ns() - start
    assert count == length + 2, f"{count} chunks; the role, the words and the end were expected"
    return took


Way = tuple[list[list[Any]], Callable[[int], None]]
"""Sets of clients, one client for each provider, that are called by turns; and what to do after so many calls."""


def bare_way(_: str, urls: tuple[str, ...]) -> Way:
    """Call as without any wrapper."""
    openai: Any = import_module("openai")
    return [[openai.OpenAI(base_url=url, api_key="bench") for url in urls]], lambda _: None


def meterlark_way(sink_url: str, urls: tuple[str, ...]) -> Way:
    """Call through this SDK with its defaults, but a spool of its own."""
    from meterlark import Meter  # noqa: PLC0415 - the peers' environment does not have it

    (bare,), _ = bare_way(sink_url, urls)
    folder = tempfile.TemporaryDirectory()
    meter = Meter(sink_url, spool_dir=folder.name)

    def finish(done: int) -> None:
        assert meter.flush(60)
        stats = meter.stats()
        assert (stats.sent, stats.dropped, stats.failed) == (done, 0, 0), stats
        meter.close()
        folder.cleanup()

    return [[meter.wrap(client) for client in bare]], finish


def paired_way(sink_url: str, urls: tuple[str, ...]) -> Way:
    """Call bare and through this SDK by turns."""
    bare, _ = bare_way(sink_url, urls)
    metered, finish = meterlark_way(sink_url, urls)
    return [*metered, *bare], finish


def langfuse_way(sink_url: str, urls: tuple[str, ...]) -> Way:
    """Call through Langfuse, which sends to the sink."""
    client = import_module("langfuse").Langfuse(public_key="pk-bench", secret_key="sk-bench", host=sink_url)  # noqa: S106 - of no account
    openai = import_module("langfuse.openai")
    return [[openai.OpenAI(base_url=url, api_key="bench") for url in urls]], lambda _: client.flush()


def opentelemetry_way(sink_url: str, urls: tuple[str, ...]) -> Way:
    """Call through OpenLLMetry's instrumentation, whose spans are batched and thrown away."""

    class Nowhere:
        """Takes spans."""

        def export(self, _: object) -> Any:
            """Take them."""
            return export.SpanExportResult.SUCCESS

        def shutdown(self) -> None:
            """Nothing is open."""

    export = import_module("opentelemetry.sdk.trace.export")
    traces = import_module("opentelemetry.sdk.trace").TracerProvider()
    traces.add_span_processor(export.BatchSpanProcessor(Nowhere()))
    import_module("opentelemetry.instrumentation.openai").OpenAIInstrumentor().instrument(tracer_provider=traces)
    return bare_way(sink_url, urls)


WAYS: Final = {
    "bare": bare_way,
    "meterlark": meterlark_way,
    "paired": paired_way,
    "langfuse": langfuse_way,
    "opentelemetry": opentelemetry_way,
}


def provider(length: int) -> None:
    """Answer with this many chunks until the input ends."""
    from meterlark.testing.provider import Provider  # noqa: PLC0415 - the peers' environment does not have it

    with Provider(chunks=[f" lark{number}" for number in range(length)]) as running:
        print(running.base_url, flush=True)
        sys.stdin.read()


def sink() -> None:
    """Take everything until the input ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
