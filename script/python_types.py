"""The structs of the Python client: what goes over the wire, from the types of the declared operations.

What the server reads is written strictly (literals); what it answers is read with patience (an enum of the server is a text, since a newer
server may know one more).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from types import UnionType
from typing import Any, get_args

import msgspec
from msgspec import NODEFAULT, inspect

from meterlark.server.ingest import CloudEvent
from meterlark.server.operation import Content, Operation
from meterlark.server.reply import JSON_TYPE

NOTE = "Written by `script/typegen`; do not edit."


# A struct's members that a caller need not give.
FIXED = {(CloudEvent, "specversion"): "1.0"}


# Kinds that are easier to give than those on the wire.
GIVEN = {(CloudEvent, "time"): "datetime | str | None"}


UNSET_SOURCE = "msgspec.UNSET"


TYPES_IMPORTS = """from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

import msgspec


"""


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
    if isinstance(info, inspect.TupleType):
        return list(info.item_types)
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


def camel(name: str) -> str:
    """Return `group_by` as `groupBy`, as msgspec does."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


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
        case inspect.TupleType():
            return f"tuple[{', '.join(map(of, info.item_types))}]"
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
        case inspect.DateType():
            return "date" if is_answer else "date | str"
        case inspect.TimeType():
            return "time" if is_answer else "time | str"
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
