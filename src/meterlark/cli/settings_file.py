"""The settings for people: a TOML file with all of them, and the likely name of one that is misspelt."""

import inspect
import textwrap
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import msgspec

from meterlark.config import Settings, known_variables, unknown_variables


def misspelt_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return variables that begin with METERLARK_ and are no setting, each with the name that was likely meant.

    A misspelt setting that is ignored is worse than a refused one. It is no error, because another version may know the name.
    """
    return {name: next(iter(get_close_matches(name, known_variables(), n=1, cutoff=0.8)), "") for name in unknown_variables(environ)}


def example_file(data_dir: Path) -> str:
    """Return a TOML file with every setting, all but the folder as comments with their defaults."""
    texts = _setting_texts()
    lines = [
        "# Settings of a Meterlark server, for 'meterlark serve --config FILE'. A variable such as METERLARK_PORT comes before this file.",
        "",
    ]
    for field in msgspec.structs.fields(Settings):
        if field.name == "meters":
            continue
        lines += [f"# {line}" for line in textwrap.wrap(texts.get(field.name, ""), 100)]
        value = str(data_dir) if field.name == "data_dir" else field.default
        lines += [f"{'' if field.name == 'data_dir' else '# '}{field.name} = {_toml(value)}", ""]
    return "\n".join([*lines, *_EXAMPLE_METER])


_EXAMPLE_METER: Final = (
    "# Meters that are made sure of at every start. llm_total_tokens and its like are there without being named.",
    "# [[meters]]",
    '# slug = "gpu_seconds"',
    '# eventType = "job.finished"',
    '# aggregation = "SUM"',
    '# valueProperty = "$.gpu.seconds"',
    '# groupBy = { region = "$.region" }',
    "",
)


def _setting_texts() -> dict[str, str]:
    """Return what the docstring of `Settings` says of each; nothing where docstrings are stripped."""
    attributes = inspect.cleandoc(Settings.__doc__ or "").partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    for line in textwrap.dedent(attributes).splitlines():
        name, is_new, text = line.partition(": ")
        if is_new and name.isidentifier():
            found[name] = text
        elif found:
            found[next(reversed(found))] += f" {line.strip()}"
    return found


def _toml(value: object) -> str:
    return msgspec.json.encode(value).decode()
