"""Function definitions as the text that a model reads: a `namespace functions` of TypeScript types.

The format is public for OpenAI's open-weight models (openai/harmony, `docs/format.md` and `src/encoding.rs`, 2025-08) and was found for the
older hosted ones by hmarr/openai-chat-tokens (`src/functions.ts`, 2024). Where hosted models from GPT-4o on differ from both, the rule was
found on recorded usage and is marked "measured". Limits such as `minimum` or `pattern` are not part of the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from meterlark.tokens.jsontext import json_text

Schema = Mapping[str, Any]

TYPES_MAX: Final = 20_000
"""Types that are rendered for one function, so that references to references cannot multiply; OpenAI accepts 5,000 properties."""

DEPTH_MAX: Final = 64
"""Levels of a schema that are rendered; deeper ones are `any`. OpenAI accepts 10 in strict mode."""

UNPROVEN: Final = ("allOf", "not", "if", "patternProperties", "prefixItems", "examples", "oneOf")
"""Keywords for which no recording shows how they are rendered; a schema with one of them is noted."""

PRIMITIVES: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def render_tools(functions: Sequence[Schema], notes: list[str], *, is_compact: bool) -> str:
    """Return the namespace block of function definitions, each with `name`, `description` and `parameters`.

    Args:
        functions: The definitions.
        notes: Where it is said that a schema could not be rendered to its end.
        is_compact: Whether an object without comments is written on one line, and the parameters as a whole have comments: so it is from
            GPT-4o on (measured), not for GPT-4 and GPT-3.5.
    """
    lines = ["namespace functions {", ""]
    for function in functions:
        lines += _comments(function.get("description"))
        parameters = _mapping(function.get("parameters"))
        renderer = _Renderer(parameters, is_compact=is_compact)
        given = f"_: {renderer.render(parameters)}" if parameters.get("properties") else ""
        if renderer.is_cut:
            notes.append("approximate: a schema that is recursive or too large")
        notes.extend(f"approximate: {keyword} in a schema" for keyword in UNPROVEN if keyword in renderer.unproven)
        lines += [f"type {function.get('name')} = ({given}) => any;", ""]
    lines.append("} // namespace functions")
    return "\n".join(lines)


class _Renderer:
    """Renders the types of one schema, whose definitions `$ref` looks up.

    Attributes:
        is_cut: Whether a part was left out: how a hosted model is told of a type inside itself is not known.
        unproven: Keywords that were met and are among `UNPROVEN`.
    """

    def __init__(self, root: Schema, *, is_compact: bool) -> None:
        self._root = root
        self._is_compact = is_compact
        self._left = TYPES_MAX
        self._open: set[str] = set()
        self.is_cut = False
        self.unproven: set[str] = set()

    def render(self, schema: object, depth: int = 0, *, has_comments: bool = False) -> str:
        """Return the type of a schema, over several lines if it needs them.

        Args:
            schema: The schema.
            depth: How many schemas it is in.
            has_comments: Whether its title and description are already written elsewhere.
        """
        self._left -= 1
        reference = str(_mapping(schema).get("$ref", ""))
        if depth > DEPTH_MAX or self._left < 0 or reference in self._open:
            self.is_cut = True
            return "any"
        if not reference:
            return self._render(self._resolve(schema), depth, has_comments=has_comments)
        self._open.add(reference)
        text = self._render(self._resolve(schema), depth, has_comments=has_comments)
        self._open.remove(reference)
        return text

    def _render(self, resolved: Schema, depth: int, *, has_comments: bool) -> str:
        self.unproven.update(keyword for keyword in UNPROVEN if keyword in resolved)
        if values := _list(resolved.get("enum")):
            return " | ".join(json_text(value) for value in values)
        if "const" in resolved:
            return json_text(resolved["const"])
        if variants := _variants(resolved):
            return " | ".join(self.render(variant, depth + 1, has_comments=True) for variant in variants)
        kind = resolved.get("type")
        if kind == "object" or (kind is None and "properties" in resolved):
            return self._render_object(resolved, depth, has_comments=has_comments)
        if kind == "array":
            item = self.render(resolved.get("items"), depth + 1)
            return f"Array<\n{item}\n>" if "\n" in item else f"{item}[]"
        return PRIMITIVES.get(str(kind), "any")

    def _render_object(self, schema: Schema, depth: int, *, has_comments: bool) -> str:
        above = [] if has_comments or not self._is_compact else list(_titled(schema))
        required = _list(schema.get("required"))
        members = {f"{name}{'' if name in required else '?'}": value for name, value in _mapping(schema.get("properties")).items()}
        extra = schema.get("additionalProperties")
        if extra is True or (isinstance(extra, Mapping) and extra):
            members["[k: string]"] = extra
        if self._is_compact and not above and (line := self._one_line(members, depth)):
            return line
        return "\n".join([*above, "{", *(self._member(head, value, depth) for head, value in members.items()), "}"])

    def _one_line(self, members: Mapping[str, object], depth: int) -> str:
        """Return an object on one line, empty if one of its properties has a comment or needs more lines (measured)."""
        if not members:
            return "object"
        resolved = [self._resolve(value) for value in members.values()]
        if any("default" in schema or any(_titled(schema)) for schema in resolved):
            return ""
        line = ", ".join(f"{head}: {self.render(value, depth + 1)}" for head, value in members.items())
        return "" if "\n" in line else f"{{ {line} }}"

    def _member(self, head: str, value: object, depth: int) -> str:
        """Return a property with its comment lines above and its default behind; alternatives have a line each (openai/harmony)."""
        schema = self._resolve(value)
        default = f" // default: {_default(schema)}" if "default" in schema else ""
        variants = _variants(schema)
        if len(variants) > 1:
            lines = (f" | {self.render(variant, depth + 1, has_comments=True)}{self._remark(variant)}" for variant in variants)
            text = "\n".join([f"{head}:", *lines, ","])
        else:
            text = f"{head}: {self.render(value, depth + 1, has_comments=True)},"
        return "\n".join([*_titled(schema), text + default])

    def _remark(self, variant: object) -> str:
        """Return the comment behind an alternative (measured)."""
        schema = self._resolve(variant)
        said = [str(schema["description"])] if schema.get("description") else []
        said += [f"format: {schema['format']}"] if schema.get("format") else []
        return f" // {' '.join(said)}" if said else ""

    def _resolve(self, schema: object) -> Schema:
        """Return a schema with its `$ref` put in; what stands beside the reference wins."""
        found = _mapping(schema)
        for _ in range(DEPTH_MAX):
            reference = found.get("$ref")
            if not isinstance(reference, str):
                break
            target: object = self._root
            for step in reference.removeprefix("#").split("/")[1:]:
                target = _mapping(target).get(step)
            found = {**_mapping(target), **{key: value for key, value in found.items() if key != "$ref"}}
        return found


def _titled(schema: Schema) -> Iterator[str]:
    """Yield a schema's title and description as comments."""
    title, description = schema.get("title"), schema.get("description")
    yield from _comments(title)
    if title and description:
        yield "//"
    yield from _comments(description)


def _comments(text: object) -> Iterator[str]:
    """Yield a text's lines as comments: stripped, empty ones dropped (measured)."""
    for line in str(text or "").splitlines():
        if stripped := line.strip():
            yield f"// {stripped}"


def _variants(schema: Schema) -> Sequence[object]:
    """Return the alternatives of a schema, empty if it has one type."""
    if variants := _list(schema.get("anyOf")) or _list(schema.get("oneOf")):
        return variants
    return [{**schema, "type": kind} for kind in _list(schema.get("type"))]


def _default(schema: Schema) -> str:
    """Return a default; one of an enum's texts has no quotes (openai/harmony)."""
    value = schema["default"]
    return value if isinstance(value, str) and schema.get("enum") else json_text(value)


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
