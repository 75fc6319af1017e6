"""The real server as a process, and plain HTTP to it: nothing here knows the program's inside."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

REPOSITORY = Path(__file__).parents[2]
EVENTS = "/api/v1/events"
METERS = "/api/v1/meters"
EVENT_TYPE = "application/cloudevents+json"
BATCH_TYPE = "application/cloudevents-batch+json"
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
STOP_SECONDS_MAX = 30
"""A stopping server finishes what is under way within 25 s."""

Parameters = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON, with exact numbers."""
        return json.loads(self.body, parse_float=Decimal)


class Address:
    """Where something answers HTTP; each request has a connection of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *, timeout_seconds: float = 60
    ) -> Answer:
        """Send one request and read the whole answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout_seconds)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, parameters: Parameters | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something."""
        return self.request("GET", f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path, headers=headers)

    def send_json(self, method: str, path: str, value: object) -> Answer:
        """Send a JSON body."""
        return self.request(method, path, json.dumps(value).encode(), {"content-type": JSON_TYPE})

    def ingest(self, body: bytes | list[Any] | dict[str, Any], content_type: str = JSON_TYPE, **headers: str) -> Answer:
        """Send events."""
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", EVENTS, text, {"content-type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}})

    def verdicts(self, body: bytes | list[Any] | dict[str, Any]) -> list[str]:
        """Send events and return what became of each."""
        answer = self.ingest(body, prefer="return=representation")
        assert answer.status == 200, answer
        return [result["verdict"] for result in answer.json()["results"]]

    def create_meter(self, slug: str, event_type: str, aggregation: str = "COUNT", **more: object) -> Any:
        """Create a meter and return it."""
        answer = self.send_json("POST", METERS, {"slug": slug, "eventType": event_type, "aggregation": aggregation, **more})
        assert answer.status == 201, answer
        return answer.json()

    def portal_token(self, subject: str, **more: object) -> str:
        """Make a portal token and return its text."""
        answer = self.send_json("POST", "/api/v1/portal/tokens", {"subject": subject, **more})
        assert answer.status == 200, answer
        text = answer.json()["token"]
        assert isinstance(text, str)
        return text

    def usage(self, slug: str, parameters: Parameters | None = None) -> list[Any]:
        """Ask a meter and return the rows."""
        answer = self.get(f"{METERS}/{slug}/query", parameters)
        assert answer.status == 200, answer
        rows = answer.json()["data"]
        assert isinstance(rows, list)
        return rows

    def total(self, slug: str) -> Any:
        """Return the one value of a meter over everything."""
        [row] = self.usage(slug)
        return row["value"]

    def connect(self, *, timeout_seconds: float = 60) -> socket.socket:
        """Open a bare connection."""
        return socket.create_connection((self.host, self.port), timeout=timeout_seconds)

    def raw(self, request: bytes, *, timeout_seconds: float = 60) -> bytes:
        """Send bytes and return everything that comes back until the server closes."""
        with self.connect(timeout_seconds=timeout_seconds) as connection:
            connection.sendall(request)
            return read_to_end(connection)


class RunningServer(Address):
    """`meterlark serve` on a free port of this machine, as a context manager that ends it.

    Args:
        data_dir: Its folder.
        arguments: Further arguments of `serve`.
        environ: Further environment.
        port: Where it listens; 0 takes a free one.
    """

    def __init__(self, data_dir: Path, *arguments: str, environ: Mapping[str, str] | None = None, port: int = 0) -> None:
        self.data_dir = data_dir
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the server
        self.process = subprocess.Popen(
            [sys.executable, "-m", "meterlark", "serve", "--data-dir", str(data_dir), "--port", str(port), *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=clean_environment() | dict(environ or {}),
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            self.process.wait(STOP_SECONDS_MAX)
            raise AssertionError(f"the server did not start (exit code {self.process.returncode}): {self.log()}")
        host, _, bound = self.url.removeprefix("http://").rpartition(":")
        super().__init__(host, int(bound))

    def log(self) -> str:
        """Return what the server wrote to standard error so far."""
        self._log.seek(0)
        return self._log.read()

    def memory(self, name: str = "VmRSS") -> int:
        """Return a figure of the process's memory in bytes, as the kernel has it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        [line] = [line for line in status.splitlines() if line.startswith(f"{name}:")]
        return int(line.split()[1]) * 1024

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process has used so far; unlike a clock it does not depend on what else the machine does."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask it to stop and return the exit code."""
        self.process.terminate()
        return self._wait()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Make sure that it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
        self._wait()
        self._log.close()

    def _wait(self) -> int:
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(STOP_SECONDS_MAX)


def clean_environment() -> dict[str, str]:
    """Return the environment without settings of a server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("METERLARK_")}


def read_to_end(connection: socket.socket) -> bytes:
    """Read until the other side closes; a reset ends it, too, because what came before it still counts."""
    parts: list[bytes] = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        return b"".join(parts)
    return b"".join(parts)


def event(event_id: str, event_type: str, *, subject: str = "acme", **more: Any) -> dict[str, Any]:
    """Return a CloudEvent with `data` and other attributes as given; its source is its type, so ids of other types are other identities."""
    return {"specversion": "1.0", "id": event_id, "source": event_type, "type": event_type, "subject": subject, **more}


def assert_problem(answer: Answer, status: int, *parts: str, field: str | None = None) -> Any:
    """Check that an answer is a problem document of this status whose text has all the parts, and return it."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == PROBLEM_TYPE
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    for part in parts:
        assert part in problem["detail"], problem
    if field is not None:
        assert [one["field"] for one in problem["extensions"]["validationErrors"]] == [field]
    return problem
