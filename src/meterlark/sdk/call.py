"""One HTTP request of a metered client: recognised when it leaves, watched from the response's head on.

Nothing here waits, and nothing raises into the caller: whatever goes wrong, the request goes out and the response goes back as they were.
A request of a chat stream may go out asking for its usage (`capture.asking`); the caller's own request object stays as it was, and so does
what the caller sees. Not asked is where the body is signed, and a server that has refused to be asked: it gets the caller's request again,
and is remembered.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, Protocol

from meterlark.capture.asking import UsageFilter, asking_usage, needs_asking
from meterlark.capture.attributes import EVENT_TYPE, Exchange, usable_attribute
from meterlark.capture.fields import decode
from meterlark.capture.route import Route, Skipped, route_of
from meterlark.sdk.attribution import CUSTOMER_HEADER, customer_here, subject_of
from meterlark.sdk.drain import Drains
from meterlark.sdk.observation import Decode, Observation

OnAbandon = Literal["cancel", "drain"]
"""What becomes of a stream that the caller leaves before its end."""

REFUSING_MAX: Final = 64
"""Servers that are remembered as refusing to be asked for usage; a program talks to few."""

REFUSALS: Final = frozenset({400, 422})
"""Statuses by which servers refuse a request for a name that they do not know in it; nothing was generated then."""

REFUSAL_BYTES_MAX: Final = 64 * 1024
"""Bytes of a refusal that are looked at; recorded error bodies have at most 4 KB."""

_REFUSED_NAMES: Final = (b"stream_options", b"include_usage")

_SIGNED: Final = ("content-digest", "digest", "content-md5", "signature", "x-amz-content-sha256")
"""Headers that promise the body's bytes to the server."""


class Request(Protocol):
    """What is read of a request of httpx or httpx2."""

    method: str
    url: object
    headers: Any
    stream: Any
    extensions: Any

    @property
    def content(self) -> bytes:
        """The body, if it is in memory."""


class Host(Protocol):
    """What a call needs of its meter.

    Attributes:
        drains: The abandoned streams that are read on.
    """

    drains: Drains

    def observe(self, exchange: Callable[[], Exchange]) -> Observation:
        """Start to watch an exchange."""

    def count_failure(self, error: Exception) -> None:
        """Note a defect of ours that the caller must not see."""

    def run_later(self, step: Callable[[], object]) -> None:
        """Run something in the writer's thread."""


class Metering:
    """How the calls of one client are metered.

    Args:
        host: The meter.
        customer: Who pays if nobody is named around the call.
        default_subject: Who pays if nobody is named at all.
        provider: The provider's name where the host does not tell it.
        source: The events' source; empty for provider and base URL.
        event_type: The events' type.
        asks_usage: Whether to ask chat streams for usage.
        on_abandon: What becomes of a stream that the caller leaves.
    """

    def __init__(
        self,
        host: Host,
        *,
        customer: str,
        default_subject: str,
        provider: str = "",
        source: str = "",
        event_type: str = EVENT_TYPE,
        asks_usage: bool = True,
        on_abandon: OnAbandon = "cancel",
    ) -> None:
        self.host = host
        self.customer = usable_attribute(customer)
        self.default_subject = default_subject
        self.provider = provider
        self.source = source
        self.event_type = event_type
        self.asks_usage = asks_usage
        self.on_abandon = on_abandon
        self._refusing: set[str] = set()

    def begin(self, request: Request) -> "Call | None":
        """Look at a request before it is sent; None if it is not metered."""
        try:
            url = str(request.url)
            route = route_of(request.method, url, provider=self.provider)
            customer = request.headers.get(CUSTOMER_HEADER)
            if customer is None and isinstance(route, Skipped):
                return None
            return Call(self, request, url, route, customer or "")
        except Exception as error:  # noqa: BLE001 - the request must go out as the caller made it; a defect of ours is counted and logged
            self.host.count_failure(error)
            return None

    def asks(self, route: Route) -> bool:
        """Tell whether a stream of this route is asked for its usage."""
        return self.asks_usage and needs_asking(route) and route.base_url not in self._refusing

    def refused(self, route: Route) -> None:
        """Remember that a server refuses to be asked."""
        if len(self._refusing) < REFUSING_MAX:
            self._refusing.add(route.base_url)


class Call:
    """A request that is metered, under way.

    Attributes:
        request: What is sent; the caller's own request, or a copy that asks for usage or lacks our header.
        is_asking: Whether it asks for usage in the caller's name.
    """

    def __init__(self, metering: Metering, request: Request, url: str, route: Route | Skipped, customer: str) -> None:
        self.metering = metering
        self.request = request
        self.is_asking = False
        self._route = route
        self._url = url
        self._method = request.method
        self._named = usable_attribute(customer) or customer_here() or metering.customer
        self._content = _content(request)
        if customer:
            same = self._content if isinstance(self._content, bytes) else None
            self.request = copied(request, content=same, without=(CUSTOMER_HEADER,))
        self._unasking = self.request
        if isinstance(route, Route) and metering.asks(route) and isinstance(self._content, bytes):
            asking = asking_usage(self._content)
            if asking is not self._content and not _is_signed(request.headers):
                self.is_asking = True
                # What is hidden from the caller is hidden in the bytes, so they must not be compressed.
                left_out = ("content-length", "accept-encoding", CUSTOMER_HEADER)
                self.request = copied(request, content=asking, without=left_out, headers=((b"Accept-Encoding", b"identity"),))

    def is_refusal(self, body: bytes) -> bool:
        """Tell whether an error's body says that the server does not know what asks for usage."""
        return any(name in body for name in _REFUSED_NAMES)

    def unask(self) -> Request:
        """Return the request that does not ask for usage, and remember that the server refuses."""
        assert isinstance(self._route, Route)
        self.metering.refused(self._route)
        self.is_asking = False
        return self._unasking

    def is_metered(self, status: int) -> bool:
        """Tell whether a response of this status is usage."""
        return isinstance(self._route, Route) and 200 <= status <= 299

    def observe(self, status: int, headers: Mapping[str, str], decode: Decode | None) -> Observation:
        """Begin to watch a response."""
        observation = self.metering.host.observe(self.exchange)
        observation.begin(status, headers, decode)
        return observation

    def exchange(self) -> Exchange:
        """Return what was known when the call was made; for the writer's thread, because it decodes the request."""
        metering, content = self.metering, self._content
        request = _decoded(content) if isinstance(content, bytes) else content
        return Exchange(
            provider=metering.provider,
            method=self._method,
            url=self._url,
            subject=subject_of(request, named=self._named, default=metering.default_subject),
            request=request,
            is_stream=bool(request and request.get("stream") is True),
            is_usage_injected=self.is_asking,
            source=metering.source,
            event_type=metering.event_type,
        )

    def usage_filter(self) -> UsageFilter | None:
        """Return what hides the usage that the caller did not ask for."""
        return UsageFilter() if self.is_asking else None


def copied(
    request: Any,
    *,
    content: bytes | None = None,
    without: tuple[str, ...],
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> Any:
    """Return a copy of a request without some headers, with others, and with another body if one is given."""
    kept = [(name, value) for name, value in request.headers.raw if name.decode("latin-1").lower() not in without]
    body: dict[str, Any] = {"stream": request.stream} if content is None else {"content": content}
    return type(request)(request.method, request.url, headers=[*kept, *headers], extensions=request.extensions, **body)


def _content(request: Request) -> bytes | Mapping[str, Any] | None:
    """Return the body of a request if it is in memory, or the fields of a form; None if it is neither."""
    try:
        return request.content
    except RuntimeError:
        # Both libraries' `RequestNotRead`: the body is read while it is sent.
        fields = getattr(request.stream, "fields", None)
        return _form(fields) if fields else None


def _form(fields: Iterable[Any]) -> Mapping[str, Any]:
    """Return the fields of a form that are no files."""
    form: dict[str, Any] = {}
    for field in fields:
        is_file = getattr(field, "filename", None) is not None
        value = None if is_file else getattr(field, "value", getattr(field, "file", None))
        if isinstance(value, str | bytes):
            form[field.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return form


def _decoded(content: bytes) -> Mapping[str, Any] | None:
    try:
        request = decode(content)
    except ValueError:
        return None
    return request if isinstance(request, dict) else None


def _is_signed(headers: Mapping[str, str]) -> bool:
    return headers.get("authorization", "").startswith("AWS4-") or any(name in headers for name in _SIGNED)
