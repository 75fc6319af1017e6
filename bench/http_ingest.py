"""How many events a second does the server take over HTTP: durable, deduplicated, and counted by the next question?

The real server in a process of its own, and a lean client here on the same cores: several connections, one request at a time on each.
Against the same server with syncing off, and against decoding the same bodies alone. The time runs until a question after the last answer
has counted every event; its answer is compared with plain Python, and that every request was answered 204, before a figure is printed.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import msgspec
from generated import Expected, generate
from harness import Report, WrongAnswerError, require_equal
from ingest_stages import CLIENTS, REQUEST_SIZES, bodies_of, decode

METER: Final = "llm_total_tokens"
EVENTS_PER_SECOND_MIN: Final = 25_000
REQUESTS_PER_SECOND_MIN: Final = 5_000
IDLE_MIB_MAX: Final = 150
READY_SECONDS_MAX: Final = 1.5
START_SECONDS_MAX: Final = 60
DUPLICATE_SHARE: Final = 100
"""One request in so many is sent twice, as clients that lost an answer do."""

SYNCHRONOUS: Final = {"durable": "FULL", "sync off": "OFF"}


class Cost(msgspec.Struct, frozen=True):
    """What one run took; times in seconds."""

    elapsed: float
    server_cpu: float
    client_cpu: float
    waits: list[float]


class Server:
    """A server in a process of its own.

    Attributes:
        key: What requests carry; empty for an open server.
    """

    def __init__(self, folder: Path, synchronous: str) -> None:
        self.key = ""
        began = time.perf_counter()
        command = [sys.executable, "-m", "meterlark", "serve", "--data-dir", str(folder), "--port", "0"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "METERLARK_SYNCHRONOUS": synchronous}
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError(f"the server did not start; its exit code is {self._process.wait(START_SECONDS_MAX)}")
        self.get("/healthz/ready")
        self.ready_seconds = time.perf_counter() - began
        self.idle_mib = self._status("VmRSS") / 1024

    def get(self, path: str) -> bytes:
        """Return the body of an answer."""
        return self.ask(Request(self.address + path))  # noqa: S310 - our own address

    def ask(self, request: Request) -> bytes:
        """Send a request with the key, if there is one, and return the answer's body."""
        if self.key:
            request.add_header("authorization", f"Bearer {self.key}")
        with urlopen(request) as answer:  # noqa: S310 - our own address
            body: bytes = answer.read()
        return body

    def total(self) -> Decimal:
        """Return the tokens of all events, as the server counts them."""
        answer: dict[str, Any] = json.loads(self.get(f"/api/v1/meters/{METER}/query"), parse_float=Decimal, parse_int=Decimal)
        return sum((row["value"] for row in answer["data"]), Decimal(0))

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all its threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def peak_mib(self) -> float:
        """Most memory so far."""
        return self._status("VmHWM") / 1024

    def close(self) -> None:
        """Stop it as an operator would."""
        self._process.terminate()
        self._process.communicate(timeout=START_SECONDS_MAX)

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered, until none is left."""

    def __init__(self, requests: Iterator[bytes], done: "asyncio.Future[list[float]]") -> None:
        self._requests = requests
        self._done = done
        self._waits: list[float] = []
        self._sent_at = 0.0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send_next()

    def data_received(self, data: bytes) -> None:
        """Note the answer, which has no body, and go on."""
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        if not self._received.startswith(b"HTTP/1.1 204 "):
            self._fail(WrongAnswerError(f"a request was answered {self._received[:300]!r}"))
            return
        self._received = b""
        self._waits.append(time.perf_counter() - self._sent_at)
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, with an error when requests were left."""
        self._fail(WrongAnswerError(f"the server closed the connection: {exc}"))

    def _send_next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._sent_at = time.perf_counter()
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(self._waits)
            self._transport.close()

    def _fail(self, error: WrongAnswerError) -> None:
        if not self._done.done():
            self._done.set_exception(error)
            self._transport.close()


def requests_of(bodies: Sequence[bytes], host: str, key: str) -> list[bytes]:
    """Return whole HTTP requests, some of them twice."""
    requests: list[bytes] = []
    who = f"authorization: Bearer {key}\r\n" if key else ""
    for number, body in enumerate(bodies):
        kind = "cloudevents-batch+json" if body.startswith(b"[") else "cloudevents+json"
        first = f"POST /api/v1/events HTTP/1.1\r\nhost: {host}\r\n{who}"
        head = f"{first}content-type: application/{kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        requests += [head.encode() + body] * (2 if number % DUPLICATE_SHARE == 0 else 1)
    return requests


async def _send_all(requests: Sequence[bytes], host: str, port: int, connections: int) -> list[float]:
    loop = asyncio.get_running_loop()
    left = iter(requests)
    done: list[asyncio.Future[list[float]]] = [loop.create_future() for _ in range(connections)]
    for one in done:
        await loop.create_connection(partial(Connection, left, one), host, port)
    return [wait for waits in await asyncio.gather(*done) for wait in waits]


def send(server: Server, bodies: Sequence[bytes], connections: int, total: Decimal) -> Cost:
    """Send every body, ask for the total, and return what it took.

    Raises:
        WrongAnswerError: A request was not accepted, or the total is not the expected one.
    """
    parts = urlsplit(server.address)
    assert parts.hostname is not None
    assert parts.port is not None
    requests = requests_of(bodies, parts.netloc, server.key)
    began, server_before, client_before = time.perf_counter(), server.cpu_seconds, time.process_time()
    waits = asyncio.run(_send_all(requests, parts.hostname, parts.port, connections))
    found = server.total()
    cost = Cost(time.perf_counter() - began, server.cpu_seconds - server_before, time.process_time() - client_before, waits)
    require_equal("after ingest", {"tokens": found}, {"tokens": total})
    return cost


@contextmanager
def running(directory: Path | None, synchronous: str) -> Iterator[Server]:
    """Run a server on a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="http-ingest-", dir=directory))
    server = Server(folder, synchronous)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Send, compare, report; exit with an error when an event was refused, lost or counted twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000, help="events of each run with 100 a request; a fifth of it with 1")
    parser.add_argument("--rounds", type=int, default=3, help="runs, each with a new server, of which the median counts")
    parser.add_argument("--directory", type=Path, default=None, help="where to keep the data meanwhile")
    chosen = parser.parse_args(arguments)
    report = Report(
        "How many events a second does the server take over HTTP?",
        ("a request", "ledger", "events/s", "spread", "server us an event", "client us", "p50 ms", "p99 ms", "x decode", "peak MiB"),
    )
    try:
        for size in REQUEST_SIZES:
            _measure(report, size, chosen.events if size > 1 else chosen.events // 5, chosen.rounds, chosen.directory)
    except WrongAnswerError as error:
        sys.exit(f"wrong answer: {error}")
    report.finish("http_ingest")


def _measure(report: Report, size: int, count: int, rounds: int, directory: Path | None) -> None:
    expected = Expected()
    bodies = bodies_of([event.text for chunk in generate(count, expected) for event in chunk], size)
    before = time.process_time()
    for body in bodies:
        decode(body)
    decode_us = 1e6 * (time.process_time() - before) / count
    report.add(size, "decode alone", 1e6 / decode_us, "", decode_us, "", "", "", 1.0, "")
    rates: dict[str, float] = {}
    server_us: dict[str, float] = {}
    for name, synchronous in SYNCHRONOUS.items():
        costs: list[Cost] = []
        for _ in range(rounds):
            with running(directory, synchronous) as server:
                costs.append(send(server, bodies, CLIENTS[size], expected.total))
                peak, idle, ready = server.peak_mib, server.idle_mib, server.ready_seconds
        found = [count / cost.elapsed for cost in costs]
        rates[name] = median(found)
        server_us[name] = 1e6 * median(cost.server_cpu for cost in costs) / count
        client_us = 1e6 * median(cost.client_cpu for cost in costs) / count
        waits = sorted(wait for cost in costs for wait in cost.waits)
        p50, p99 = 1e3 * median(waits), 1e3 * waits[int(len(waits) * 0.99)]
        spread = f"{min(found):,.0f}-{max(found):,.0f}"
        report.add(size, name, rates[name], spread, server_us[name], client_us, p50, p99, server_us[name] / decode_us, peak)
    report.claim(f"{size} a request: durable / sync off", rates["durable"] / rates["sync off"], at_least=0.5)
    least = EVENTS_PER_SECOND_MIN if size > 1 else REQUESTS_PER_SECOND_MIN
    report.claim(f"{size} a request: events/s, durable and counted", rates["durable"], at_least=least)
    # Where others use the machine too, this says what the rate cannot: the interpreter has one core.
    report.claim(f"{size} a request: server's cores busy at {least:,} events/s", least * server_us["durable"] / 1e6, at_most=1)
    if size == REQUEST_SIZES[-1]:
        report.claim("idle server, MiB", idle, at_most=IDLE_MIB_MAX)
        report.claim("server ready after, seconds", ready, at_most=READY_SECONDS_MAX)


if __name__ == "__main__":
    main()
