from decimal import Decimal
from typing import Any

import pytest

from meterlark.tokens.schema import render_schema
from meterlark.tokens.tools import render_tools


def types(parameters: dict[str, Any], *, is_compact: bool = True, description: str = "") -> str:
    """Return how the type of one function's parameters is rendered."""
    notes: list[str] = []
    rendered = render_tools([{"name": "f", "description": description, "parameters": parameters}], notes, is_compact=is_compact)
    assert not notes
    return rendered.removeprefix("namespace functions {\n\n").removesuffix("\n\n} // namespace functions")


def given(schema: dict[str, Any], **more: Any) -> str:
    """Return how the type of one required parameter is rendered."""
    rendered = types({"type": "object", "properties": {"x": schema}, "required": ["x"], **more})
    return rendered.removeprefix("type f = (_: ").removesuffix(") => any;")


def test_a_function_without_parameters_takes_nothing() -> None:
    """Whatever else its schema says."""
    assert types({}) == "type f = () => any;"
    assert types({"type": "object", "properties": {}, "title": "F"}) == "type f = () => any;"


def test_descriptions_are_comments() -> None:
    """Each line stripped, empty ones dropped."""
    assert types({}, description="One.\n\n    Two.\n") == "// One.\n// Two.\ntype f = () => any;"


def test_an_object_without_comments_is_one_line() -> None:
    """What is optional has a question mark; older models always get lines."""
    parameters = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}}, "required": ["a"]}

    assert types(parameters) == "type f = (_: { a: number, b?: boolean }) => any;"
    assert types(parameters, is_compact=False) == "type f = (_: {\na: number,\nb?: boolean,\n}) => any;"


def test_a_comment_gives_each_property_a_line() -> None:
    """Title, an empty comment, description; the default behind."""
    assert given({"type": "string", "title": "X"}) == "{\n// X\nx: string,\n}"
    assert given({"type": "string", "title": "X", "description": "An x."}) == "{\n// X\n//\n// An x.\nx: string,\n}"
    assert given({"type": "string", "default": "y"}) == '{\nx: string, // default: "y"\n}'
    assert given({"type": "number", "default": Decimal("0.50")}) == "{\nx: number, // default: 0.5\n}"


def test_the_parameters_as_a_whole_have_comments() -> None:
    """Before the brace; older models are not told."""
    parameters = {"type": "object", "title": "F", "description": "All.", "properties": {"x": {"type": "string"}}}

    assert types(parameters) == "type f = (_: // F\n//\n// All.\n{\nx?: string,\n}) => any;"
    assert types(parameters, is_compact=False) == "type f = (_: {\nx?: string,\n}) => any;"


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string", "enum": ["a", "b"]}, '"a" | "b"'),
        ({"const": 7}, "7"),
        ({"type": "array", "items": {"type": "integer"}}, "number[]"),
        ({"type": "array"}, "any[]"),
        ({"type": "null"}, "null"),
        ({}, "any"),
        ({"type": "object"}, "object"),
        ({"type": "object", "additionalProperties": True}, "{ [k: string]: any }"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "{ [k: string]: string }"),
        ({"type": "object", "properties": {"y": {"type": "string"}}}, "{ y?: string }"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": ["integer", "null"]}, "number | null"),
    ],
)
def test_types_are_written_in_typescript(schema: dict[str, Any], text: str) -> None:
    """On one line where nothing has a comment."""
    assert given(schema) == f"{{ x: {text} }}"


def test_alternatives_have_lines_where_there_are_comments() -> None:
    """Each with its own remark behind."""
    variants = [{"type": "string", "format": "date", "description": "A day."}, {"type": "null"}]

    assert given({"anyOf": variants, "title": "X"}) == "{\n// X\nx:\n | string // A day. format: date\n | null\n,\n}"


def test_an_enums_default_has_no_quotes() -> None:
    """As in the open-weight format."""
    assert given({"type": "string", "enum": ["a"], "default": "a"}) == '{\nx: "a", // default: a\n}'


def test_references_are_put_in() -> None:
    """With the definition's title above the property, once."""
    definition = {"type": "object", "title": "Y", "properties": {"z": {"type": "string", "title": "Z"}}}

    assert given({"$ref": "#/$defs/Y"}, **{"$defs": {"Y": definition}}) == "{\n// Y\nx: {\n// Z\nz?: string,\n},\n}"


def test_arrays_of_objects_with_comments_are_brackets_around_lines() -> None:
    """The object's own comments are inside."""
    item = {"type": "object", "title": "Y", "properties": {"z": {"type": "string"}}}

    assert given({"type": "array", "items": item}) == "{\nx: Array<\n// Y\n{\nz?: string,\n}\n>,\n}"


def test_recursive_and_huge_schemas_end_and_are_named() -> None:
    """A type inside itself is any; references to references do not multiply."""
    notes: list[str] = []
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}}}
    many: dict[str, Any] = {
        f"d{level}": {"type": "array", "items": {"anyOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 8}} for level in range(40)
    }

    rendered = render_tools([{"name": "f", "parameters": {**node, "$defs": {"N": node}}}], notes, is_compact=True)
    assert "next?: { next?: any }" in rendered
    assert notes == ["approximate: a schema that is recursive or too large"]
    huge = {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": many}
    assert len(render_tools([{"name": "f", "parameters": huge}], notes, is_compact=True)) < 1_000_000
    assert len(notes) == 2


@pytest.mark.parametrize("keyword", ["allOf", "oneOf", "examples"])
def test_keywords_that_were_never_measured_are_named(keyword: str) -> None:
    """Their text is a guess."""
    notes: list[str] = []
    parameters = {"type": "object", "properties": {"x": {keyword: [{"type": "string"}]}}}

    render_tools([{"name": "f", "parameters": parameters}], notes, is_compact=True)
    assert notes == [f"approximate: {keyword} in a schema"]


def test_an_answers_schema_is_compact_json_in_ascii() -> None:
    """Without the keywords that are enforced while generating; names of properties are kept whatever they are."""
    schema = {
        "type": "object",
        "properties": {"required": {"type": "string", "pattern": "a+", "description": "é"}},
        "required": ["required"],
        "additionalProperties": False,
        "$defs": {"default": {"type": "integer", "minimum": 1}},
    }
    shown = '{"type":"object","properties":{"required":{"type":"string","description":"\\u00e9"}},"$defs":{"default":{"type":"integer"}}}'
    notes: list[str] = []

    assert render_schema("answer", "Say it.", schema, notes) == f"# Response Formats\n\n## answer\n\n// Say it.\n{shown}"
    assert not notes


def test_a_schema_without_end_is_cut_and_named() -> None:
    """It could not be encoded otherwise."""
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(5_000):
        deep = {"not": deep}
    notes: list[str] = []

    assert len(render_schema("answer", "", deep, notes)) < 3_000
    assert notes == ["approximate: a schema that is too deep"]
