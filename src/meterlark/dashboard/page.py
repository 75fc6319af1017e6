"""How a page is declared, and what its handler is given."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from meterlark.dashboard.frame import Frame
from meterlark.dashboard.render import Renderer
from meterlark.server.operation import Call, NoParameters
from meterlark.server.problem import OK, SEE_OTHER
from meterlark.server.reply import Reply, StreamReply
from meterlark.service.principal import Scope


class Visit(msgspec.Struct, frozen=True):
    """One request for a page, read and checked.

    Attributes:
        call: As an operation of the API gets it; its body is the form.
        frame: What every page shows around its content.
        renderer: Makes HTML.
    """

    call: Call
    frame: Frame
    renderer: Renderer

    def page(self, template: str, /, *, status: int = OK, **values: object) -> Reply:
        """Return a page."""
        return self.renderer.page(template, status=status, frame=self.frame, **values)

    def fragment(self, template: str, /, **values: object) -> str:
        """Return a part of a page."""
        return self.renderer.text(template, frame=self.frame, **values)


def see_other(location: str, *headers: tuple[str, str]) -> Reply:
    """Send the browser to another page of this server, by GET."""
    assert location.startswith("/")
    assert not location.startswith("//")
    return Reply(SEE_OTHER, headers=(("location", location), ("cache-control", "no-store"), *headers))


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One method on one path.

    Attributes:
        method: GET or POST.
        path: With parameters in braces.
        scope: What the visitor must be allowed; None for everybody.
        handler: Makes the answer.
        query: Struct of the query parameters.
        form: Struct of a POST's form.
    """

    method: str = "GET"
    path: str
    scope: Scope | None = Scope.READ
    handler: Callable[[Visit], Awaitable[Reply | StreamReply]]
    query: type[msgspec.Struct] = NoParameters
    form: type[Any] = NoParameters
