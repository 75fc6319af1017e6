"""Write the pages of the documentation that follow from the program: commands, the API, and `llms.txt`; run by `script/docs`."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from written_files import ROOT, write_or_check

from meterlark.cli.main import COMMANDS, command_line

DOCS: Final = ROOT / "docs"
METHODS: Final = ("get", "post", "put", "patch", "delete")
KIND_NAMES: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def main() -> None:
    """Write the files, or tell which ones would change."""
    write_or_check(files(), what=__doc__, command="script/docs")


def files() -> dict[Path, str]:
    """Return what each generated file holds."""
    document = json.loads((DOCS / "reference/openapi.json").read_text(encoding="utf-8"))
    pages = {DOCS / "reference/commands.md": commands_page(), DOCS / "reference/api.md": api_page(document)}
    return {**pages, DOCS / "llms.txt": llms_text(pages)}


def commands_page() -> str:
    """Return the reference of the commands, as `--help` says it."""
    text: str = command_line().generate_docs(output_format="markdown")
    examples = {f"## meterlark {name}": example for name, _, _, example in COMMANDS}
    # Each command's own heading is followed by what is shown of its use; the example belongs behind it.
    lines: list[str] = []
    example = ""
    for line in text.splitlines():
        heading = re.sub(r"^#+", "##", line)
        if heading in examples:
            example = examples[heading]
        if line == "```console":
            lines.append("<!-- not run: the form of a command, not a call -->")
        lines.append(line.replace("```console", "```text").rstrip())
        if line == "```" and example:
            lines += ["", f"For example: `meterlark {example}`"]
            example = ""
    body = re.sub(r"## Table of Contents\n.*?\n(?=## )", "", "\n".join(lines), flags=re.DOTALL)
    body = body.replace("# meterlark\n", "# Commands\n", 1)
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def api_page(document: Mapping[str, Any]) -> str:
    """Return the reference of the API: every operation by its tag, with parameters, body and answers."""
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                by_tag.setdefault(operation["tags"][0], []).append("\n".join(_operation(method, path, operation)))
    intro = (
        "# API\n\nEvery operation of the server, written from the [OpenAPI document](openapi.json) that a server gives at"
        " `/api/openapi.json`.\nWith keys, send `authorization: Bearer KEY`. A failed request is answered with `application/problem+json`:"
        " `detail` says what is wrong, and\n`extensions.validationErrors` names the field.\n"
    )
    return "\n".join([intro, *(f"## {tag}\n\n" + "\n".join(operations) for tag, operations in by_tag.items())])


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{method.upper()} {path}`\n"
    yield f"{operation['summary']}" + _scope(operation) + "\n"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "| parameter | in | kind | meaning |\n|---|---|---|---|"
        yield from (_parameter(parameter) for parameter in parameters)
        yield ""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body: `{media_type}`{_schema_name(content.get('schema', {}))}\n"
    answers = ", ".join(f"`{status}` {answer['description'].rstrip('.')}" for status, answer in sorted(operation["responses"].items()))
    yield f"Answers: {answers}.\n"


def _scope(operation: Mapping[str, Any]) -> str:
    scopes = [scope for one in operation.get("security", []) for given in one.values() for scope in given]
    return f" Needs the scope `{scopes[0]}`." if scopes else ""


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter.get("schema", {})
    needed = " (needed)" if parameter.get("required") else ""
    text = (parameter.get("description") or schema.get("description") or "").replace("|", "\\|").replace("\n", " ")
    return f"| `{parameter['name']}`{needed} | {parameter['in']} | {_kind(schema)} | {text} |"


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"] if one is not None)
    if "anyOf" in schema:
        return next((_kind(one) for one in schema["anyOf"] if one.get("type") != "null"), "")
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {})) or 'values'}"
    return KIND_NAMES.get(schema.get("type", ""), schema.get("type", "")) + _schema_name(schema)


def _schema_name(schema: Mapping[str, Any]) -> str:
    return f" ({schema['$ref'].rpartition('/')[2]})" if "$ref" in schema else ""


def llms_text(generated: Mapping[Path, str]) -> str:
    """Return the list of pages for programs that read documentation (llmstxt.org): a title, what this is, and links by section."""
    settings = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    lines = [f"# {settings['site_name']}", "", f"> {settings['site_description']}", ""]
    for entry in settings["nav"]:
        for title, pages in entry.items():
            if isinstance(pages, str):
                continue
            lines += [f"## {title}", "", *(_link(name, generated) for page in pages for name in _names(page)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _names(page: Any) -> list[str]:
    return [page] if isinstance(page, str) else list(page.values())


def _link(name: str, generated: Mapping[Path, str]) -> str:
    title, first = "", ""
    text = generated.get(DOCS / name) or (DOCS / name).read_text(encoding="utf-8")
    for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines():
        if line.startswith("# "):
            title = line.removeprefix("# ")
        elif title and line and not line.startswith(("#", "|", "<", "```", "!")):
            first = line
            break
    return f"- [{title}]({name}): {first.partition('. ')[0].rstrip('.,:')}."


if __name__ == "__main__":
    main()
