"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/meterlark"
PURE = ("model", "metering", "tokens", "capture", "pricing", "quota")

NAMED_PATH = re.compile(r"(?<![\w./-])(?:tests|docs|bench)/[\w./*<>-]*\w")
TEST_FILE = re.compile(r"(?<![\w/])test_\w+\.py\b")

PATHS_OF_OTHERS = {
    "docs/format.md": "of openai/harmony",
    "bench/results": "written by a bench, and ignored",
    "bench/results/<name>.json": "the same",
}

FLOATS = {
    "capture/answer.py": "when an answer was made, in seconds, for rules that changed on a day",
    "tokens/jsontext.py": "the number is written as JSON again, as the program that sent it had it; only its text is counted",
}
"""Where a pure folder makes a float, and why no quantity or amount passes through it."""

ENVIRONMENT = {
    "config.py": "reads the settings",
    "cli/demo.py": "hands the environment on to the program that it starts",
}
"""Where the environment is touched."""


def texts() -> Iterator[tuple[Path, str]]:
    """Find the files that people read: code, scripts and documents, but for this one."""
    folders = [file for folder in ("src", "tests", "docs", "bench", "examples", "script") for file in (ROOT / folder).rglob("*")]
    for file in [*folders, *ROOT.glob("*.md"), ROOT / "pyproject.toml"]:
        is_text = file.suffix in {".py", ".md", ".txt", ".toml"} or file.parent == ROOT / "script"
        if file.is_file() and is_text and file != Path(__file__):
            yield file, file.read_text(encoding="utf-8")


def code(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Find every node of every module in some folders of the package; without folders, in all of it."""
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if not folders or name.split("/")[0] in folders:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                yield name, node


def is_there(path: str) -> bool:
    """Tell whether a path, or one that it is a pattern of, is in the repository."""
    return any(ROOT.glob(re.sub("<[^>]*>", "*", path)))


def test_every_path_that_is_named_exists() -> None:
    """In code, documents and docstrings; a path with stars is one of some file."""
    named = {(path, file.relative_to(ROOT).as_posix()) for file, text in texts() for path in NAMED_PATH.findall(text)}

    assert len(named) > 100
    assert sorted((path, file) for path, file in named if path not in PATHS_OF_OTHERS and not is_there(path)) == []


def test_every_test_file_that_is_named_exists() -> None:
    """Also where its folder is not said."""
    there = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    named = {(name, file.relative_to(ROOT).as_posix()) for file, text in texts() for name in TEST_FILE.findall(text)}

    assert sorted((name, file) for name, file in named if name not in there) == []


def test_pure_folders_make_floats_only_where_it_is_said_why() -> None:
    """Quantities and amounts are integers or decimals (docs/decisions/0004-numbers.md)."""
    found = {
        file for file, node in code(*PURE) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    }
    assert found == FLOATS.keys()


def test_the_environment_is_read_in_one_place() -> None:
    """By the settings; a second reader would be a setting that nobody finds."""
    names = {"environ", "environb", "getenv", "getenvb"}
    found = {
        file
        for file, node in code()
        if (isinstance(node, ast.Attribute) and node.attr in names and isinstance(node.value, ast.Name) and node.value.id == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and any(alias.name in names for alias in node.names))
    }
    assert found == ENVIRONMENT.keys()
