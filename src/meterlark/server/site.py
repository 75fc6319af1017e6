"""Where HTML pages plug in beside the API: what a site is given and what it must do. Its routes are no operations of the document."""

from typing import Protocol

import msgspec

from meterlark.server.reply import Receive, Reply, StreamReply


class SiteRequest(msgspec.Struct, frozen=True):
    """One request to a site, not read yet.

    Attributes:
        method: HTTP method.
        path: Percent-decoded.
        query_string: As sent, without the question mark.
        headers: By lower-case name.
        receive: Gives the body, as ASGI has it.
        request_id: Of the request.
    """

    method: str
    path: str
    query_string: bytes
    headers: dict[bytes, bytes]
    receive: Receive
    request_id: str


class Site(Protocol):
    """Pages for people."""

    def serves(self, path: str) -> bool:
        """Tell whether a path is one of the site's; asked before the API is."""
        ...

    async def answer(self, request: SiteRequest) -> Reply | StreamReply:
        """Answer a request; whatever is raised is answered by `problem`."""
        ...

    def problem(self, error: Exception, request: SiteRequest) -> Reply:
        """Return the page that tells of an error; one of our own shows nothing but the request's id."""
        ...
