"""How an operation of the API is declared: path, parameters, body, answers. `asgi` serves and `openapi` prints the same declarations."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.server.reply import Reply, StreamReply
from meterlark.service.principal import Actor, Principal, Scope
from meterlark.service.services import Services


class Call(msgspec.Struct, frozen=True):
    """One request, read and checked.

    Attributes:
        services: The use cases.
        principal: Who sent it.
        request_id: Of the request.
        path: Values of the path's parameters.
        query: The struct that the operation declares; None without one.
        body: The struct that the operation declares; None without one.
        headers: By lower-case name.
    """

    services: Services
    principal: Principal
    request_id: str
    path: Mapping[str, str]
    query: Any
    body: Any
    headers: Mapping[bytes, bytes]

    @property
    def actor(self) -> Actor:
        """Who makes a change, for the audit log."""
        return Actor(self.principal.name, self.request_id)

    def accepts(self, media_type: str) -> bool:
        """Tell whether the client names a media type in its `accept` header."""
        accepted = self.headers.get(b"accept", b"").decode("latin-1").lower()
        return any(part.split(";")[0].strip() == media_type for part in accepted.split(","))


class NoParameters(msgspec.Struct, frozen=True):
    """The query of an operation that takes none."""


class Content(msgspec.Struct, frozen=True):
    """One form of a body.

    Attributes:
        media_type: Its content type.
        kind: Type of the JSON; None for a text.
        example: One that works, if any.
    """

    media_type: str
    kind: Any = None
    example: Any = None


class Answer(msgspec.Struct, frozen=True):
    """One answer that an operation may give besides problems.

    Attributes:
        status: HTTP status.
        description: When it is given.
        contents: Its forms; empty for no body.
    """

    status: HTTPStatus
    description: str
    contents: tuple[Content, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method on one path.

    Attributes:
        method: HTTP method.
        path: With parameters in braces.
        name: `operationId`: the name under which clients know it.
        summary: One sentence.
        tag: The noun it belongs to.
        scope: What the sender must be allowed; None for everybody.
        handler: Does it; None for the ingest route, which is served without this layer.
        query: Struct of the query parameters.
        body: Forms of the request's body; the JSON one is decoded into its kind.
        path_parameters: Description by name.
        answers: What it gives.
        problems: Errors it may give, besides those that any operation may.
    """

    method: str
    path: str
    name: str
    summary: str
    tag: str
    scope: Scope | None
    handler: Callable[[Call], Awaitable[Reply | StreamReply]] | None = None
    query: type[msgspec.Struct] = NoParameters
    body: tuple[Content, ...] = ()
    path_parameters: Mapping[str, str] = {}
    answers: tuple[Answer, ...]
    problems: tuple[type[Exception], ...] = (InvalidInputError,)
