"""Keywords of the Python client's methods: names, types, defaults and meanings of what an operation takes."""

import re
import textwrap
from collections.abc import Sequence

import msgspec
from msgspec import inspect
from python_types import annotation, is_struct, is_unset, parts

from meterlark.server.operation import NoParameters, Operation
from meterlark.server.reply import JSON_TYPE

LINE_MAX = 140


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
