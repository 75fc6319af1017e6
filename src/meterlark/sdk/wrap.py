"""Meter a client of OpenAI's SDK: synchronous, asynchronous or Azure, versions 1 to 3.

Every resource of such a client sends through its public method `post`, which a client looks up when a resource is first used. A copy of the
client with its own `post` is therefore metered in full (`create`, `parse`, `stream`, raw responses, the `beta` names), stays of the same
type, and the caller's client stays as it was. The copy's `copy` and `with_options` make metered clients again.

Not metered, and counted as such: `with_streaming_response`, whose body the caller reads, and answers made in the background. What is asked
for again with GET (a batch, a video, a background response) is not seen.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from meterlark.capture.attributes import Exchange
from meterlark.capture.origin import AZURE
from meterlark.capture.route import Skipped, route_of
from meterlark.model.errors import InvalidInputError
from meterlark.sdk.observation import Observation, response_headers
from meterlark.sdk.tap import tap_stream

Client = TypeVar("Client")

_RAW_HEADER: Final = "x-stainless-raw-response"
"""How the SDK asks itself for `with_raw_response` ("true") and `with_streaming_response` ("stream")."""

_STREAMS_ASK_USAGE: Final = frozenset({"chat", "completions"})
"""Operations whose streams report usage only if asked to by `stream_options`."""


class Metering:
    """What a wrapped client needs from its meter.

    Args:
        observe: Starts watching an exchange.
        subject: Names the subject of a request, given its JSON object.
        count_failure: Takes an error of ours that the caller must not see.
        count_unmetered: Takes the description of a call that is not metered.
        asks_usage: Whether to ask a chat stream for usage.
    """

    def __init__(
        self,
        *,
        observe: Callable[[Exchange], Observation],
        subject: Callable[[Mapping[str, Any]], str],
        count_failure: Callable[[Exception], None],
        count_unmetered: Callable[[str], None],
        asks_usage: bool,
    ) -> None:
        self.observe = observe
        self.subject = subject
        self.count_failure = count_failure
        self.count_unmetered = count_unmetered
        self.asks_usage = asks_usage
        self._url: tuple[object, str] = (None, "")

    def url_text(self, url: object) -> str:
        """Return a client's base URL as text; remembered, because making it costs as much as the rest of looking at a request."""
        known, text = self._url
        if known is not url:
            text = str(url)
            self._url = (url, text)
        return text


def wrap_client(client: Client, metering: Metering) -> Client:
    """Return a metered copy of a client.

    Raises:
        InvalidInputError: It is not a client of OpenAI's SDK.
    """
    kind: Any = type(client)
    if not all(callable(getattr(kind, name, None)) for name in ("copy", "post")) or not hasattr(client, "base_url"):
        raise InvalidInputError(f"wrap() meters clients of OpenAI's SDK, not {kind.__module__}.{kind.__qualname__}", field="client")
    # The class's own `copy`, so that a client that is metered already is not metered twice.
    metered: Client = kind.copy(client)
    _hook(metered, metering)
    return metered


def _hook(client: Any, metering: Metering) -> None:  # noqa: ANN401 - the SDK is typed by what it does
    kind: Any = type(client)
    send = client.post

    @functools.wraps(send)
    def post(path: str, **arguments: Any) -> Any:  # noqa: ANN401 - the SDK's own arguments and results
        call = _begin(client, metering, path, arguments)
        if call is None:
            return send(path, **arguments)
        result = send(path, **call.arguments)
        call.received(result)
        return result

    @functools.wraps(send)
    async def post_async(path: str, **arguments: Any) -> Any:  # noqa: ANN401 - the SDK's own arguments and results
        call = _begin(client, metering, path, arguments)
        if call is None:
            return await send(path, **arguments)
        result = await send(path, **call.arguments)
        call.received(result)
        return result

    @functools.wraps(kind.copy)
    def copy(**options: Any) -> Any:  # noqa: ANN401 - the SDK's own arguments
        copied = kind.copy(client, **options)
        _hook(copied, metering)
        return copied

    client.post = post_async if inspect.iscoroutinefunction(kind.post) else post
    client.copy = client.with_options = copy


class _Call:
    """One call of a metered kind, under way."""

    def __init__(self, metering: Metering, exchange: Exchange, arguments: dict[str, Any], *, raw_mode: str, hides_usage: bool) -> None:
        self.arguments = arguments
        self._metering = metering
        self._exchange = exchange
        self._raw_mode = raw_mode
        self._hides_usage = hides_usage

    def received(self, result: Any) -> None:  # noqa: ANN401 - whatever the SDK returned
        """Take what the SDK returned for a 2xx answer; never raises."""
        try:
            if self._raw_mode == "stream":
                self._metering.count_unmetered("calls through with_streaming_response")
            elif self._raw_mode:
                self._take_raw(result)
            else:
                self._take(result)
        except Exception as error:  # noqa: BLE001 - the caller's answer is there; a defect of ours is counted and logged, not raised
            self._metering.count_failure(error)

    def _take(self, result: Any) -> None:  # noqa: ANN401 - as above
        if self._exchange.is_stream and hasattr(result, "_iterator"):
            tap_stream(result, self._metering.observe(self._exchange), hides_usage=self._hides_usage)
            return
        # `_request_id` is the SDK's documented way to the header of a parsed answer.
        request_id = getattr(result, "_request_id", None)
        headers = {"x-request-id": request_id} if isinstance(request_id, str) else {}
        # A model looks long for a name that it does not have.
        content = None if hasattr(result, "model_dump") else getattr(result, "content", None)
        self._metering.observe(self._exchange).take_body(content if isinstance(content, bytes) else result, headers)

    def _take_raw(self, result: Any) -> None:  # noqa: ANN401 - as above
        if not self.arguments.get("stream"):
            self._metering.observe(self._exchange).take_body(result.http_response.content, response_headers(result.http_response))
            return
        parse = result.parse
        tapped: list[Any] = []

        @functools.wraps(parse)
        def parse_tapped(**options: Any) -> Any:  # noqa: ANN401 - as above
            stream = parse(**options)
            if not any(stream is known for known in tapped):
                tapped.append(stream)
                self._take(stream)
            return stream

        result.parse = parse_tapped


def _begin(client: Any, metering: Metering, path: str, arguments: dict[str, Any]) -> _Call | None:  # noqa: ANN401 - as above
    """Look at a request before it is sent; None if it is not metered. Never raises."""
    try:
        body = arguments.get("body")
        url = f"{metering.url_text(client.base_url).rstrip('/')}/{path.lstrip('/')}"
        # AzureOpenAI and AsyncAzureOpenAI may be pointed at a host of the user's own.
        provider = AZURE if "Azure" in type(client).__name__ else ""
        route = route_of("POST", url, provider=provider)
        if isinstance(route, Skipped) or not isinstance(body, Mapping):
            return None
        options = arguments.get("options") or {}
        # `extra_body` is merged over the body when the SDK builds the request.
        request = {**body, **(options.get("extra_json") or {})}
        # The caller may go on and append to the messages; the lists are theirs.
        request = {name: list(value) if isinstance(value, list) else value for name, value in request.items()}
        is_stream = bool(arguments.get("stream"))
        raw_mode = _raw_mode(options)
        may_ask = metering.asks_usage and is_stream and not raw_mode
        asks_usage = may_ask and route.operation in _STREAMS_ASK_USAGE and not _asked_usage(request)
        exchange = Exchange(
            provider=provider,
            url=url,
            subject=metering.subject(request),
            request=request,
            is_stream=is_stream,
            is_usage_injected=asks_usage,
        )
        if asks_usage:
            arguments = _asking_usage(arguments, request)
        return _Call(metering, exchange, arguments, raw_mode=raw_mode, hides_usage=asks_usage)
    except Exception as error:  # noqa: BLE001 - the call must go out as the caller made it; a defect of ours is counted and logged
        metering.count_failure(error)
        return None


def _raw_mode(options: Mapping[str, Any]) -> str:
    headers = options.get("headers")
    if not isinstance(headers, Mapping):
        return ""
    return next((str(value) for name, value in headers.items() if str(name).lower() == _RAW_HEADER), "")


def _asked_usage(request: Mapping[str, Any]) -> bool:
    stream_options = request.get("stream_options")
    return isinstance(stream_options, Mapping) and bool(stream_options.get("include_usage"))


def _asking_usage(arguments: dict[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with `stream_options.include_usage` in the body, and in `extra_body` if the caller gave options there."""
    given = request.get("stream_options")
    stream_options = {**(given if isinstance(given, Mapping) else {}), "include_usage": True}
    changed = {**arguments, "body": {**arguments["body"], "stream_options": stream_options}}
    options = arguments.get("options") or {}
    extra = options.get("extra_json") or {}
    if "stream_options" in extra:
        changed["options"] = {**options, "extra_json": {**extra, "stream_options": stream_options}}
    return changed
