"""The answer's JSON schema as the text that a model reads: the section "# Response Formats".

The section is public for OpenAI's open-weight models (openai/harmony, `docs/format.md`, 2025-08). That hosted models get the schema as
compact ASCII JSON without the keywords below was found on recorded usage (llm-usage.md section 3, rule 4).
"""

from collections.abc import Mapping
from typing import Any, Final

from meterlark.tokens.jsontext import json_text

DROPPED: Final = frozenset(
    {
        "required",
        "default",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "pattern",
        "format",
        "strict",
    }
)
"""Keywords that are enforced while generating and are not shown to the model (measured)."""

DEPTH_MAX: Final = 200
"""Levels of a schema that are read, far below what Python's stack holds; OpenAI accepts 10 in strict mode."""

_NAMES: Final = frozenset({"properties", "$defs", "definitions"})
"""Keywords whose keys are names that the user chose."""


def render_schema(name: str, description: str, schema: Mapping[str, Any], notes: list[str]) -> str:
    """Return the section of one answer format; a schema that is too deep is named in the notes."""
    comment = f"// {description}\n" if description else ""
    return f"# Response Formats\n\n## {name}\n\n{comment}{json_text(_shown(schema, notes), is_ascii=True)}"


def _shown(schema: object, notes: list[str], depth: int = 0) -> object:
    if depth > DEPTH_MAX:
        notes.append("approximate: a schema that is too deep")
        return {}
    if isinstance(schema, list | tuple):
        return [_shown(one, notes, depth + 1) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    shown: dict[str, object] = {}
    for key, value in schema.items():
        if key in _NAMES and isinstance(value, Mapping):
            shown[key] = {name: _shown(one, notes, depth + 1) for name, one in value.items()}
        elif key not in DROPPED and not (key == "additionalProperties" and value is False):
            shown[key] = _shown(value, notes, depth + 1)
    return shown
