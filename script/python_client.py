"""The Python client's source from declared operations: structs of what goes over the wire, and one method an operation.

Both clients come from one template. What the server reads is written strictly (literals); what it answers is read with patience (an enum of
the server is a text, since a newer server may know one more).
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from types import UnionType
from typing import Any, get_args

import msgspec
from msgspec import NODEFAULT, inspect

from meterlark.server.ingest import BATCH_TYPE, CloudEvent, DryRunResult, IngestResult
from meterlark.server.operation import Content, NoParameters, Operation
from meterlark.server.reply import JSON_TYPE
from meterlark.service.principal import Scope

NOTE = "Written by `script/typegen`; do not edit."

LEFT_OUT = {"OPTIONS": "browsers ask it by themselves", "text/event-stream": "a stream has no end to wait for"}

# A struct's members that a caller need not give.
FIXED = {(CloudEvent, "specversion"): "1.0"}

# Kinds that are easier to give than those on the wire.
GIVEN = {(CloudEvent, "time"): "datetime | str | None"}

LINE_MAX = 140
UNSET_SOURCE = "msgspec.UNSET"

TYPES_IMPORTS = """from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec


"""

MEMBER = re.compile(r"^        (\w+): (.*(?:\n            .*)*)", re.MULTILINE)


class Parameter(msgspec.Struct, frozen=True):
    """One keyword of a method.

    Attributes:
        name: In Python.
        wire: As sent.
        kind: Its annotation.
        default: Source of its default; empty for a required one.
        text: What it is.
    """

    name: str
    wire: str
    kind: str
    default: str
    text: str


def snake(name: str) -> str:
    """Return `queryMeter` as `query_meter`, `listEventsV2` as `list_events_v2`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def camel(name: str) -> str:
    """Return `group_by` as `groupBy`, as msgspec does."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


# --- types ---------------------------------------------------------------------------------------------------------------------------


def types_source(operations: Sequence[Operation]) -> str:
    """Return the module of structs: what is answered, and what stands inside of what is sent."""
    answered = list(structs(kind for operation in operations for answer in operation.answers for kind in kinds(answer.contents)))
    sent = list(structs(kind for operation in operations for kind in sent_kinds(operation)))
    names = Counter(type_name(struct) for struct in {*answered, *sent})
    assert max(names.values()) == 1, f"two types have one name: {names.most_common(1)}"
    known = {**dict.fromkeys(answered, True), **{struct: False for struct in sent if struct not in answered}}
    bodies = [
        struct_source(struct, is_answer=is_answer) for struct, is_answer in sorted(known.items(), key=lambda pair: type_name(pair[0]))
    ]
    head = f'"""What goes over the wire, as types. {NOTE}"""\n\n'
    return head + TYPES_IMPORTS + "\n\n".join(bodies)


def sent_kinds(operation: Operation) -> Iterator[Any]:
    """Yield the types inside of a body whose members become keywords; the body's own type otherwise."""
    for content in operation.body:
        if content.media_type == JSON_TYPE and is_struct(content.kind):
            yield from (field.type for field in msgspec.structs.fields(content.kind))
        else:
            yield from kinds([content])


def kinds(contents: Iterable[Content]) -> Iterator[Any]:
    """Yield the types of bodies, the members of a union one by one."""
    for content in contents:
        if isinstance(content.kind, UnionType):
            yield from get_args(content.kind)
        elif content.kind is not None:
            yield content.kind


def structs(roots: Iterable[Any]) -> Iterator[type[msgspec.Struct]]:
    """Yield every struct that the types hold, each once."""
    seen: set[type] = set()
    waiting = [inspect.type_info(root) for root in roots]
    while waiting:
        info = waiting.pop()
        if isinstance(info, inspect.StructType):
            if info.cls in seen:
                continue
            seen.add(info.cls)
            yield info.cls
            waiting += [field.type for field in info.fields]
        else:
            waiting += parts(info)


def parts(info: inspect.Type) -> list[inspect.Type]:
    """Return the types that a type is made of."""
    if isinstance(info, inspect.Metadata):
        return [info.type]
    if isinstance(info, inspect.UnionType):
        return list(info.types)
    if isinstance(info, inspect.CollectionType):
        return [info.item_type]
    if isinstance(info, inspect.DictType):
        return [info.key_type, info.value_type]
    return []


def is_struct(kind: Any) -> bool:
    """Tell whether a type is a struct."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def type_name(struct: type[msgspec.Struct]) -> str:
    """Return the struct's name; `V3Meters` and the like stands before names of the v3 API, which repeat those of v1."""
    module = struct.__module__.rpartition(".")[2]
    is_v3 = module.startswith("v3") and "V3" not in struct.__name__
    return ("V3" if is_v3 else "") + struct.__name__


def struct_source(struct: type[msgspec.Struct], *, is_answer: bool) -> str:
    """Return the source of one struct."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    is_camel = all(field.encode_name in (camel(field.name), wire_name(field.name)) for field in info.fields)
    rename = ', rename="camel"' if is_camel and any(field.encode_name != field.name for field in info.fields) else ""
    omit = "" if is_answer or struct is CloudEvent else ", omit_defaults=True"
    lines = [f"class {type_name(struct)}(msgspec.Struct, frozen=True, kw_only=True{omit}{rename}):"]
    lines += [
        f'    """{(struct.__doc__ or type_name(struct)).rstrip()}',
        '    """' if "\n" in (struct.__doc__ or "").rstrip() else '"""',
        "",
    ]
    if "\n" not in (struct.__doc__ or "").rstrip():
        lines[1:3] = [f'    """{(struct.__doc__ or type_name(struct)).strip()}"""']
    for field in info.fields:
        kind = GIVEN.get((struct, field.name)) or annotation(field.type, is_answer=is_answer)
        default = default_source(field, (struct, field.name))
        if default == UNSET_SOURCE:
            kind = kind.replace(" | None", "") + " | msgspec.UnsetType" + (" | None" if kind.endswith(" | None") else "")
        expected = camel(field.name) if rename else field.name
        if field.encode_name != expected:
            default = f'msgspec.field(name="{field.encode_name}"{f", default={default}" if default else ""})'
        lines.append(f"    {field.name}: {kind}{f' = {default}' if default else ''}")
    return "\n".join(lines) + "\n"


def wire_name(name: str) -> str:
    """Return the name without the underscore that keeps it apart from a keyword of the language."""
    return name.rstrip("_")


def default_source(field: inspect.Field, place: tuple[type, str]) -> str:
    """Return the source of a member's default; empty for a required one."""
    if place in FIXED:
        return repr(FIXED[place])
    if field.required:
        return ""
    if is_unset(field):
        return UNSET_SOURCE
    if field.default is not NODEFAULT:
        default = field.default.value if isinstance(field.default, Enum) else field.default
        return repr(list(default)) if isinstance(default, tuple) else repr(default)
    made = field.default_factory()
    return repr(made) if made in ([], {}) else "None"


def is_unset(field: inspect.Field) -> bool:
    """Tell whether a member that is not given differs from one that is null; msgspec shows such a default as none at all."""
    return not field.required and field.default is NODEFAULT and field.default_factory is NODEFAULT


def annotation(info: inspect.Type, *, is_answer: bool, is_argument: bool = False, prefix: str = "") -> str:
    """Return a type as it is written in source."""

    def of(part: inspect.Type) -> str:
        return annotation(part, is_answer=is_answer, is_argument=is_argument, prefix=prefix)

    match info:
        case inspect.Metadata():
            return time_annotation(is_answer=is_answer) if is_time(info) else of(info.type)
        case inspect.UnionType():
            has_none = any(isinstance(part, inspect.NoneType) for part in info.types)
            members = dict.fromkeys(of(part) for part in info.types if not isinstance(part, inspect.NoneType))
            return " | ".join([*members, *(["None"] if has_none else [])])
        case inspect.ListType() | inspect.VarTupleType():
            return f"{'Sequence' if is_argument else 'list'}[{of(info.item_type)}]"
        case inspect.DictType():
            return f"{'Mapping' if is_argument else 'dict'}[{of(info.key_type)}, {of(info.value_type)}]"
        case inspect.StructType():
            return prefix + type_name(info.cls)
        case inspect.EnumType():
            return "str" if is_answer else literal(member.value for member in info.cls)
        case inspect.LiteralType():
            return "str" if is_answer and all(isinstance(value, str) for value in info.values) else literal(info.values)
        case inspect.DecimalType():
            return "Decimal" if is_answer or not is_argument else "Decimal | int"
        case inspect.DateTimeType():
            return time_annotation(is_answer=is_answer)
        case inspect.RawType() | inspect.AnyType():
            return "Any"
    simple = {
        inspect.StrType: "str",
        inspect.IntType: "int",
        inspect.BoolType: "bool",
        inspect.FloatType: "float",
        inspect.NoneType: "None",
    }
    return simple[type(info)]


def is_time(info: inspect.Metadata) -> bool:
    """Tell whether a text is a time."""
    return (info.extra_json_schema or {}).get("format") == "date-time" or (isinstance(info.type, inspect.Metadata) and is_time(info.type))


def time_annotation(*, is_answer: bool) -> str:
    """Return the type of a time; a caller may give its text."""
    return "datetime" if is_answer else "datetime | str"


def literal(values: Iterable[Any]) -> str:
    """Return a closed set of values."""
    return f"Literal[{', '.join(repr(value) for value in values)}]"


# --- methods -------------------------------------------------------------------------------------------------------------------------


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


HEAD = '''"""The §doc§ client: every operation of the server. §note§"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
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


def query_parameters(operation: Operation) -> list[Parameter]:
    """Return the keywords of the query string."""
    return [] if operation.query is NoParameters else keywords_of(operation.query)


def body_parameters(operation: Operation) -> list[Parameter]:
    """Return the keywords of a body that is one struct."""
    kind = next((content.kind for content in operation.body if content.media_type == JSON_TYPE), None)
    return keywords_of(kind) if is_struct(kind) else []


def keywords_of(struct: type[msgspec.Struct]) -> list[Parameter]:
    """Return a struct's members as keywords."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    texts = {name: " ".join(text.split()) for kind in reversed(struct.__mro__) for name, text in MEMBER.findall(kind.__doc__ or "")}
    found = []
    for field in info.fields:
        assert not is_unset(field), f"{struct.__name__}.{field.name}: a keyword cannot tell null from what is not given; take a whole body"
        kind = annotation(field.type, is_answer=False, is_argument=True, prefix="types.")
        default = "" if field.required else "()" if kind.startswith("Sequence") else "None"
        if default == "None" and not kind.endswith("| None"):
            kind += " | None"
        if kind.endswith("Sequence[str] | None"):
            default = "None"
        text = described(field.type) or texts.get(field.name) or f"{field.name.rstrip('_').replace('_', ' ').capitalize()}."
        found.append(Parameter(field.name, field.encode_name, kind, default, text))
    return found


def described(info: inspect.Type) -> str:
    """Return the description that a type carries, wherever it stands."""
    if isinstance(info, inspect.Metadata) and (info.extra_json_schema or {}).get("description"):
        return str((info.extra_json_schema or {})["description"])
    return next((text for part in parts(info) if (text := described(part))), "") if not isinstance(info, inspect.CollectionType) else ""


def docstring(summary: str, documented: Sequence[tuple[str, str]]) -> str:
    """Return a docstring with its arguments."""
    lines = [f'        """{summary}']
    if documented:
        lines += ["", "        Args:"]
        for name, text in documented:
            lines += textwrap.wrap(f"{name}: {text}", LINE_MAX, initial_indent=" " * 12, subsequent_indent=" " * 16, break_on_hyphens=False)
        return "\n".join(lines) + '\n        """\n'
    return lines[0] + '"""\n'


class Walk(msgspec.Struct, frozen=True):
    """How all pages are gone through.

    Attributes:
        items: Source of an answer's items.
        start: Lines before the first page.
        step: Lines after each page, which leave when it was the last.
        given: What takes the place of a keyword: its source, and a keyword for callers if any.
    """

    items: str
    start: tuple[str, ...]
    step: tuple[str, ...]
    given: dict[str, tuple[str, Parameter | None]] = {}


V3_PAGE_SIZE = Parameter("page_size", "", "int", "100", "Entries of a page.")


def walk_of(operation: Operation, query: Sequence[Parameter], kind: Any) -> Walk | None:
    """Return how an operation's pages follow each other; None where it has no pages.

    By cursor, by number, backwards by the last number seen, and the two ways of the third version.
    """
    keywords = {one.name for one in query}
    members = set(kind.__struct_fields__) if is_struct(kind) else set()
    if {"items", "next_cursor"} <= members and "cursor" in keywords:
        return Walk("answer.items", (), ("if answer.next_cursor is None:", "    return", "cursor = answer.next_cursor"))
    if {"data", "meta"} <= members and "page" in keywords:
        size = '"size": [str(page_size)]'
        if "next" in inspect.type_info(kind).fields[-1].type.fields[0].type.cls.__struct_fields__:
            step = ("if answer.meta.page.next is None:", "    return", 'after = {"after": [cursor_of(answer.meta.page.next)]}')
            return Walk("answer.data", ("after: dict[str, list[str]] = {}",), step, {"page": (f"{{{size}, **after}}", V3_PAGE_SIZE)})
        step = ("if len(answer.data) < page_size:", "    return", "number += 1")
        return Walk("answer.data", ("number = 1",), step, {"page": (f'{{"number": [str(number)], {size}}}', V3_PAGE_SIZE)})
    items = "answer.items" if "items" in members else "answer"
    is_list = isinstance(inspect.type_info(kind), inspect.ListType)
    if {"page", "page_size"} <= keywords and ("items" in members or is_list):
        default = next(field.default for field in msgspec.structs.fields(operation.query) if field.name == "page_size")
        size = msgspec.structs.replace(next(one for one in query if one.name == "page_size"), kind="int", default=str(default))
        step = (f"if len({items}) < page_size:", "    return", "page += 1")
        return Walk(items, ("page = 1",), step, {"page": ("page", None), "page_size": ("page_size", size)})
    if {"before", "limit"} <= keywords and is_list:
        return Walk("answer", (), ("if not answer:", "    return", "before = answer[-1].number"))
    return None


def iterators(operation: Operation, name: str, kind: Any) -> Iterator[str]:
    """Yield a method that goes through all pages, where there are pages."""
    query = query_parameters(operation)
    walk = None if isinstance(kind, UnionType) else walk_of(operation, query, kind)
    if walk is None:
        return
    info = inspect.type_info(kind)
    listed = info if isinstance(info, inspect.ListType) else next(one.type for one in info.fields if one.name in ("items", "data"))
    item = annotation(listed.item_type, is_answer=True, prefix="types.")
    positional = [(snake(wire), text) for wire, text in operation.path_parameters.items()]
    shown = [keyword for one in query if (keyword := walk.given[one.name][1] if one.name in walk.given else one)]
    arguments = ["self", *(f"{one}: str" for one, _ in positional), "*", *(f"{one.name}: {one.kind} = {one.default}" for one in shown)]
    passed = [one for one, _ in positional] + [
        f"{one.name}={walk.given[one.name][0] if one.name in walk.given else one.name}" for one in query
    ]
    body = [
        *walk.start,
        "while True:",
        f"    answer = §await§self.{name}({', '.join(passed)})",
        f"    for item in {walk.items}:",
        "        yield item",
        *(f"    {line}" for line in walk.step),
    ]
    yield (
        f"\n    §async§def {name.replace('list_', 'iterate_', 1)}({', '.join(arguments)}) -> §Iterator§[{item}]:\n"
        + docstring(f"{operation.summary.rstrip('.')}; goes through all pages.", [*positional, *((one.name, one.text) for one in shown)])
        + "".join(f"        {line}\n" for line in body)
    )
