"""The methods of the Python client: one for each declared operation; the blocking and the asynchronous one come from one template."""

import re
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, get_args

from msgspec import inspect
from python_keywords import Parameter, body_parameters, docstring, query_parameters, snake
from python_pages import iterators
from python_types import NOTE, annotation, literal, type_name

from meterlark.server.ingest import BATCH_TYPE, DryRunResult, IngestResult
from meterlark.server.operation import Operation
from meterlark.server.reply import JSON_TYPE
from meterlark.service.principal import Scope

LEFT_OUT = {"OPTIONS": "browsers ask it by themselves", "text/event-stream": "a stream has no end to wait for"}


HEAD = '''"""The §doc§ client: every operation of the server. §note§"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, Self

from meterlark.client import types
from meterlark.client.request import (
    BATCH_TYPE,
    JSON_TYPE,
    Events,
    Request,
    cursor_of,
    events_body,
    json_body,
    json_value,
    path_of,
    read,
    read_either,
    read_text,
)
from meterlark.client.transport import RETRIES_MAX, Transport
from meterlark.client.usage import UsageResult
from meterlark.sdk.api import Reply
from meterlark.sdk.meter import DEFAULT_URL


class §class§:
    """A client of one Meterlark server; safe to use from any thread.

    Every method raises `meterlark.model.errors.MeterlarkError`, by kind: `InvalidInputError` (names the field), `NotFoundError`,
    `ConflictError`, `UnauthenticatedError`, `ForbiddenError`, and `UnavailableError` once the retries are used up. What is safe to send
    twice (questions, events, PUT and DELETE) is sent again when the server cannot be reached or says that it cannot serve now.

    Args:
        url: The server's address.
        key: API key or portal token.
        timeout_seconds: Of connecting and of each read.
        retries_max: How often a request is sent again.

    Raises:
        InvalidInputError: An argument is out of range.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, key: str | None = None, timeout_seconds: float = 10.0, retries_max: int = RETRIES_MAX
    ) -> None:
        self._transport = Transport(url, key=key, timeout_seconds=timeout_seconds, retries_max=retries_max)

§send§
'''


SYNC_SEND = '''
    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def _send(self, request: Request) -> Reply:
        return self._transport.send(request)
'''


ASYNC_SEND = '''
    async def aclose(self) -> None:
        """Close the idle connections."""
        await asyncio.to_thread(self._transport.close)

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        await self.aclose()

    async def _send(self, request: Request) -> Reply:
        return await asyncio.to_thread(self._transport.send, request)
'''


def client_source(operations: Sequence[Operation], *, is_async: bool) -> str:
    """Return the module of a client."""
    name, doc = ("AsyncClient", "asynchronous; the requests run in threads") if is_async else ("Client", "blocking")
    methods = [method for operation in operations if is_served(operation) for method in operation_methods(operation)]
    words = {
        "§class§": name,
        "§doc§": doc,
        "§note§": NOTE,
        "§send§": ASYNC_SEND if is_async else SYNC_SEND,
        "§Iterator§": "AsyncIterator" if is_async else "Iterator",
        "§async§": "async " if is_async else "",
        "§await§": "await " if is_async else "",
    }
    source = HEAD + "\n".join(methods)
    for word, text in words.items():
        source = source.replace(word, text)
    assert "§" not in source
    return source


def is_served(operation: Operation) -> bool:
    """Tell whether the clients have the operation."""
    media_types = {content.media_type for answer in operation.answers for content in answer.contents}
    return operation.method not in LEFT_OUT and not media_types & LEFT_OUT.keys()


def operation_methods(operation: Operation) -> Iterator[str]:
    """Yield the source of an operation's methods."""
    name = snake(operation.name)
    contents = [content for answer in operation.answers for content in answer.contents]
    json_kind = next((content.kind for content in contents if content.media_type == JSON_TYPE), None)
    files = [content.media_type for content in contents if content.media_type != JSON_TYPE]
    if any(content.media_type == BATCH_TYPE for content in operation.body) and json_kind is not None:
        yield from event_methods(operation, name, json_kind)
        return
    returned, result = result_of(json_kind, has_text=bool(files))
    yield method(operation, name, returned, result)
    if json_kind is not None and files:
        choice = Parameter("media_type", "", literal(files), repr(files[0]), "The form of the answer.")
        yield method(operation, f"{name}_file", "bytes", "return {reply}.body", extra=choice)
    if json_kind is not None:
        yield from iterators(operation, name, json_kind)


def event_methods(operation: Operation, name: str, kind: Any) -> Iterator[str]:
    """Yield the ways of an ingest: store, and where the operation can do it, say what would become of the events."""
    answers = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    ways = {IngestResult: (name, operation.summary, "", ', headers={"prefer": "return=representation"}')}
    if DryRunResult in answers:
        dry_name = name.replace("ingest", "dry_run")
        ways[DryRunResult] = (dry_name, "Tell what would become of events, and store nothing.", ', query={"dry_run": True}', "")
    send = 'Request(method="POST", path=path_of("{path}"{query}), is_repeatable=True, body=events_body(events), content_type=BATCH_TYPE'
    for answer, (method_name, summary, query, headers) in ways.items():
        assert answer in answers, f"{name} does not answer {answer.__name__}"
        yield f'''
    §async§def {method_name}(self, events: Events) -> types.{type_name(answer)}:
        """{summary}

        Args:
            events: One or several; a server takes up to 1,000 at once unless it is set up otherwise.
        """
        return read(§await§self._send({send.format(path=operation.path, query=query)}{headers})), types.{type_name(answer)})
'''


def result_of(kind: Any, *, has_text: bool) -> tuple[str, str]:
    """Return the annotation of what a method returns, and the source that makes it of `{reply}`."""
    if kind is None:
        return ("str", "return read_text({reply})") if has_text else ("None", "{reply}")
    source = " | ".join(
        annotation(inspect.type_info(one), is_answer=True, prefix="types.")
        for one in (get_args(kind) if isinstance(kind, UnionType) else [kind])
    )
    if source == "types.UsageAnswer":
        return "UsageResult", f"return UsageResult(read({{reply}}, {source}))"
    if isinstance(kind, UnionType):
        return source, f"answer: {source} = read_either({{reply}}, {source})\n        return answer"
    return source, f"return read({{reply}}, {source})"


def method(operation: Operation, name: str, returned: str, result: str, *, extra: Parameter | None = None) -> str:
    """Return the source of one method."""
    query, body = query_parameters(operation), body_parameters(operation)
    keywords = [*query, *body, *([extra] if extra else [])]
    request = [f'method="{operation.method}"', f"path={path_source(operation, query)}", f"is_repeatable={is_repeatable(operation)}"]
    positional = [(snake(wire), text) for wire, text in operation.path_parameters.items()]
    arguments = [f"{wire}: str" for wire, _ in positional]
    documented = list(positional)
    if body:
        members = ", ".join(f'"{one.wire}": {one.name}' for one in body)
        request += [f"body=json_body({{{members}}})", "content_type=JSON_TYPE"]
    elif operation.body:
        kind, encode, content_type, text = whole_body(operation)
        arguments.append(f"body: {kind}")
        documented.append(("body", text))
        request += [f"body={encode}(body)", f"content_type={content_type}"]
    if extra:
        request.append('headers={"accept": media_type}')
    required = [one for one in keywords if not one.default]
    optional = [one for one in keywords if one.default]
    arguments += ["*"] if keywords else []
    arguments += [f"{one.name}: {one.kind}" for one in required] + [f"{one.name}: {one.kind} = {one.default}" for one in optional]
    documented += [(one.name, one.text) for one in (*required, *optional)]
    reply = f"§await§self._send(Request({', '.join(request)}))"
    done = result.format(reply=f"({reply})" if ".body" in result else reply)
    signature = f"    §async§def {name}({', '.join(['self', *arguments])}) -> {returned}:"
    return f"\n{signature}\n{docstring(operation.summary, documented)}        {done}\n"


def whole_body(operation: Operation) -> tuple[str, str, str, str]:
    """Return annotation, encoder, content type and meaning of a body that is given as a whole."""
    if any(content.media_type == BATCH_TYPE for content in operation.body):
        return "Events", "events_body", "BATCH_TYPE", "One event or several."
    content = next(content for content in operation.body if content.media_type == JSON_TYPE)
    kind = annotation(inspect.type_info(content.kind), is_answer=False, is_argument=True, prefix="types.")
    return kind, "json_value", "JSON_TYPE", "What is sent."


def path_source(operation: Operation, query: Sequence[Parameter]) -> str:
    """Return the source that makes the path."""
    template = re.sub(r"\{\w+\}", "{}", operation.path)
    names = [snake(name) for name in re.findall(r"\{(\w+)\}", operation.path)]
    members = ", ".join(f'"{one.wire}": {one.name}' for one in query)
    if not names and not members:
        return f'"{template}"'
    return f"path_of({', '.join([repr(template), *names, *([f'query={{{members}}}'] if members else [])])})"


def is_repeatable(operation: Operation) -> bool:
    """Tell whether a request may be sent twice: a question, events (their identity is the same), or what HTTP calls idempotent."""
    return operation.method in ("GET", "PUT", "DELETE") or operation.scope in (Scope.INGEST, Scope.READ, Scope.PORTAL)
