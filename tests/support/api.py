"""The real application in the test's own process, without sockets: everything is kept in memory, each call is one ASGI request."""

import asyncio
import json
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from meterlark.app import open_dashboard, open_services
from meterlark.config import Settings, preset_meters
from meterlark.portal.site import PortalSite
from meterlark.server.asgi import Application
from meterlark.server.cross_origin import CrossOrigin
from meterlark.server.site import Site
from meterlark.service.services import Services

Result = TypeVar("Result")

JSON = "application/json"
MESSAGES_MAX = 3
"""Of one answer: the client leaves an answer that does not end after its start and two pieces."""


class Answered(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """What a problem says; a problem must be one."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json()
        assert problem["status"] == self.status
        return str(problem["detail"])


class Api:
    """Sends requests to the application."""

    def __init__(self, runner: asyncio.Runner, services: Services, sites: Sequence[Site] = ()) -> None:
        self._runner = runner
        self.services = services
        self.application = Application(
            services,
            body_bytes_max=4 * 1024 * 1024,
            batch_events_max=1_000,
            sites=[*sites, PortalSite(["*"])],
            cross_origin=CrossOrigin(["*"]),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, str]] = (),
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = JSON,
        raw_query: str | None = None,
    ) -> Answered:
        """Send one request; a body is sent as JSON."""
        sent = {"host": "localhost", **(headers or {})}
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["content-type"] = content_type
        if bearer is not None:
            sent["authorization"] = f"Bearer {bearer}"
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": urlencode(query, doseq=True).encode() if raw_query is None else raw_query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        }
        return self._runner.run(self._exchange(scope, content))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a use case itself."""
        return self._runner.run(work)

    def get(self, path: str, *, bearer: str | None = None, **query: object) -> Any:
        """Read something that must be there."""
        answer = self.ask("GET", path, query=query, bearer=bearer)
        assert answer.status == 200, answer
        return answer.json()

    def create(self, path: str, body: object, *, bearer: str | None = None) -> Any:
        """Create something that must be accepted."""
        answer = self.ask("POST", path, body, bearer=bearer)
        assert answer.status in {200, 201}, answer
        return answer.json()

    def put(self, path: str, body: object, *, bearer: str | None = None) -> Any:
        """Set something that must be accepted."""
        answer = self.ask("PUT", path, body, bearer=bearer)
        assert answer.status == 200, answer
        return answer.json()

    def ingest(self, *events: dict[str, Any], bearer: str | None = None) -> None:
        """Store events that must be accepted."""
        answer = self.ask("POST", "/api/v1/events", list(events), content_type="application/cloudevents-batch+json", bearer=bearer)
        assert answer.status == 204, answer

    async def _exchange(self, scope: dict[str, Any], content: bytes) -> Answered:
        incoming = [{"type": "http.request", "body": content}]
        outgoing: list[Any] = []
        seen = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if incoming:
                return incoming.pop()
            await seen.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            outgoing.append(message)
            if len(outgoing) >= MESSAGES_MAX:
                seen.set()

        await self.application(scope, receive, send)
        start, *pieces = outgoing
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(start["status"], headers, b"".join(piece["body"] for piece in pieces))


@contextmanager
def running_api() -> Iterator[Api]:
    """Give a new server in memory with the preset meters; open until there is an admin key."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        settings = Settings(data_dir=None, meters=preset_meters())
        services = runner.run(stack.enter_async_context(open_services(settings)))
        try:
            yield Api(runner, services, sites=(open_dashboard(services, settings),))
        finally:
            runner.run(stack.aclose())


def event(event_id: str, subject: str, *, tokens: object = 1, time: str = "2026-11-01T10:00:00Z", **more: object) -> dict[str, Any]:
    """Return one event of the classic example."""
    attributes = {"specversion": "1.0", "id": event_id, "source": "test", "type": "openai", "subject": subject, "time": time}
    return {**attributes, "data": {"total_tokens": tokens, "prompt_tokens": 1, "completion_tokens": 1, "model": "gpt-4o"}, **more}
