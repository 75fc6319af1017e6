"""The guide to billing is true: its files are written, its commands run, and they answer what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from running_server import RunningServer, clean_environment

GUIDE: Final = Path(__file__).parents[2] / "docs/guides/billing.md"
SECONDS_MAX: Final = 100
BETWEEN: Final = "== the next block =="

_BLOCK: Final = re.compile(r"(?:`(?P<file>[a-z]+\.jsonl?)`:\n\n)?```(?P<kind>[a-z]+)\n(?P<text>.*?)```", re.DOTALL)
_ULID: Final = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")


def blocks() -> list[tuple[str | None, str, str]]:
    """Return the guide's blocks: the file that each is to be saved as, its kind and its text."""
    return [(match["file"], match["kind"], match["text"]) for match in _BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]


def lines(text: str) -> list[str]:
    """Return lines without blanks at their ends; ids are different each time."""
    return [_ULID.sub("ID", line).rstrip() for line in text.strip("\n").splitlines()]


def test_the_guide_answers_what_it_says(tmp_path: Path) -> None:
    """Each block of output is that of the commands above it."""
    found = blocks()
    for file, kind, text in found:
        if kind == "json":
            assert file is not None, f"the guide does not say how to save {text[:60]!r}"
            (tmp_path / file).write_text(text, encoding="utf-8")
    script = f"\necho '{BETWEEN}'\n".join(text for _, kind, text in found if kind == "sh")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    with RunningServer(tmp_path / "data") as server:
        environment = clean_environment() | {"METERLARK_URL": server.url, "PATH": path}
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, timeout=SECONDS_MAX, check=False
        )

    assert ran.returncode == 0, ran.stderr.decode()
    outputs = iter(ran.stdout.decode().split(f"{BETWEEN}\n"))
    answered = ""
    for _, kind, text in found:
        if kind == "sh":
            answered = next(outputs)
        elif kind == "text":
            assert lines(answered) == lines(text)
