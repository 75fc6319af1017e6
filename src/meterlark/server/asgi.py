"""The ASGI application: finds the operation, reads what it declares, sends its reply or the problem."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Final

from starlette.routing import Match, Route

from meterlark.model.errors import MeterlarkError, NotFoundError, UnsupportedMediaTypeError
from meterlark.server.auth import authorise, bearer_of, check_host
from meterlark.server.body import ClientGoneError, read_body
from meterlark.server.cross_origin import CrossOrigin
from meterlark.server.ingest import SUCCESS as INGEST_SUCCESS
from meterlark.server.ingest import ingest
from meterlark.server.operation import Call, NoParameters, Operation
from meterlark.server.operations import OPERATIONS
from meterlark.server.parameters import read_json_body, read_query
from meterlark.server.problem import HeadersTooLargeError, MethodNotAllowedError, problem_reply
from meterlark.server.protocol import HEADER_BYTES_MAX
from meterlark.server.reply import JSON_TYPE, Receive, Reply, Scope, Send, StreamReply, send_reply
from meterlark.server.site import Site, SiteRequest
from meterlark.server.stream import send_stream
from meterlark.service.services import Services

REQUEST_ID_LENGTH_MAX: Final = 128

_log: Final = logging.getLogger("meterlark.server")


class Application:
    """Serves the use cases.

    Args:
        services: What is served.
        body_bytes_max: Bytes of a request's body after decompression.
        batch_events_max: Events of one request.
        sites: Pages beside the API.
        cross_origin: Which pages of other origins may read what a portal token shows.
    """

    def __init__(
        self,
        services: Services,
        *,
        body_bytes_max: int,
        batch_events_max: int,
        sites: Sequence[Site] = (),
        cross_origin: CrossOrigin,
    ) -> None:
        self._services = services
        self._sites = sites
        self._cross_origin = cross_origin
        self._body_bytes_max = body_bytes_max
        self._batch_events_max = batch_events_max
        self._routes = _routes(OPERATIONS)
        self.stopping = asyncio.Event()
        """Set when the server stops, so that streams end."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"only HTTP is served, not {scope['type']}")
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = _request_id(headers)
        request = SiteRequest(scope["method"], scope["path"], scope["query_string"], headers, receive, request_id)
        site = next((site for site in self._sites if site.serves(request.path)), None)
        reply: Reply | StreamReply
        try:
            _check_headers(scope)
            reply = await (self._answer(scope, headers, receive, request_id) if site is None else self._visit(site, request))
        except ClientGoneError:
            return
        except Exception as error:  # noqa: BLE001 - whatever ends a request never ends the server
            if not isinstance(error, MeterlarkError):  # our own bug; the log has it under the request's id
                _log.exception("request %s: %s %s failed", request_id, scope["method"], scope["path"])
            reply = problem_reply(error, request_id=request_id) if site is None else site.problem(error, request)
        reply = self._cross_origin.allow(reply, scope["path"], headers.get(b"origin", b""))
        if isinstance(reply, StreamReply):
            await send_stream(reply, receive, send, request_id=request_id, stopping=self.stopping)
        else:
            await send_reply(reply, send, request_id=request_id)

    async def _visit(self, site: Site, request: SiteRequest) -> Reply | StreamReply:
        if self._services.access.is_open:
            check_host(request.headers)
        return await site.answer(request)

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, request_id: str) -> Reply | StreamReply:
        access = self._services.access
        if access.is_open:
            check_host(headers)
        success = INGEST_SUCCESS.get(scope["path"])
        if success is not None and scope["method"] == "POST":
            principal = access.principal_of(bearer_of(headers))
            return await ingest(
                self._services,
                principal,
                headers,
                receive,
                query_string=scope["query_string"],
                success=success,
                body_bytes_max=self._body_bytes_max,
                batch_events_max=self._batch_events_max,
            )
        operation, path = self._find(scope)
        principal = authorise(access, operation.scope, bearer_of(headers))
        # A browser's question before the question comes with the parameters of the latter, which are not its own.
        has_query = operation.query is not NoParameters or (scope["query_string"] and operation.method != "OPTIONS")
        query = read_query(operation.query, scope["query_string"]) if has_query else None
        body = None
        if operation.body:
            _require_json(headers)
            [content] = operation.body
            body = read_json_body(content.kind, await read_body(headers, receive, bytes_max=self._body_bytes_max))
        assert operation.handler is not None
        return await operation.handler(Call(self._services, principal, request_id, path, query, body, headers))

    def _find(self, scope: Scope) -> tuple[Operation, dict[str, str]]:
        allowed: list[str] = []
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        asked = {**scope, "method": method}
        for route, operation in self._routes:
            match, child = route.matches(asked)
            if match is Match.FULL:
                return operation, child["path_params"]
            if match is Match.PARTIAL:
                allowed += ["GET", "HEAD"] if operation.method == "GET" else [operation.method]
        if allowed:
            raise MethodNotAllowedError(scope["method"], tuple(sorted(set(allowed))))
        raise NotFoundError(f"nothing is at {scope['path'][:200]}; GET /api/openapi.json lists what there is")


def _routes(operations: Sequence[Operation]) -> list[tuple[Route, Operation]]:
    # Starlette's routes match paths and convert their parameters; the reply is ours.
    return [(Route(operation.path, _unused, methods=[operation.method]), operation) for operation in operations]


async def _unused(_scope: Scope) -> None:
    raise AssertionError("routes are only matched")


def _check_headers(scope: Scope) -> None:
    header_bytes = sum(len(name) + len(value) for name, value in scope["headers"])
    if header_bytes > HEADER_BYTES_MAX:
        raise HeadersTooLargeError(f"the headers have {header_bytes} bytes; at most {HEADER_BYTES_MAX} are accepted")


def _require_json(headers: dict[bytes, bytes]) -> None:
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if content_type != JSON_TYPE.encode():
        given = content_type[:80].decode("latin-1") or "none"
        raise UnsupportedMediaTypeError(f"invalid content type: {given}; allowed is {JSON_TYPE}", field="content-type")


def _request_id(headers: dict[bytes, bytes]) -> str:
    """Return the client's request id if it can be logged and sent back, else a new one."""
    given = headers.get(b"x-request-id", b"")
    if given and len(given) <= REQUEST_ID_LENGTH_MAX and given.isascii() and (text := given.decode()).isprintable():
        return text
    return uuid.uuid4().hex
