"""Play the rows through a wrapper, in a process of its own, and judge what came of it."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from player import ROW_HEADER
from rows import PIECES, ROWS, TOLD, WORD, Row
from verdicts import Recorded, Verdict, judge, judge_detail, leaks

from meterlark.testing.provider import Provider

HERE = Path(__file__).parent
ROW_SECONDS_MAX = 90.0
"""Longest wait for a row, the import of a wrapper included; one that takes longer is said to hang."""

LEAVE_SECONDS_MAX = 15.0
"""Longest wait for the provider to be done with its requests."""


@dataclass
class Played:
    """What one wrapper recorded and let through.

    Attributes:
        versions: Of its packages.
        recorded: By row.
        seen: By row, what the caller saw.
    """

    versions: dict[str, str] = field(default_factory=dict)
    recorded: dict[str, list[Recorded]] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)

    def verdict(self, row: Row, bare: "Played") -> Verdict | None:
        """Return what is said of a row, None if the wrapper does not know its SDK."""
        if row.key not in self.recorded:
            return None
        text, is_exact = judge(row, self.recorded[row.key])
        return Verdict(text, is_exact, leaks(bare.seen[row.key], self.seen[row.key]))

    def detail(self, row: Row, detail: str) -> Verdict | None:
        """Return what is said of one detail of a row."""
        return Verdict(*judge_detail(row.truth, self.recorded[row.key], detail)) if row.key in self.recorded else None


def play(name: str, *, python: str = sys.executable) -> Played:
    """Play all rows through an adapter.

    Args:
        name: The file in `adapters`.
        python: Interpreter of an environment that has the wrapper and Meterlark.

    Raises:
        RuntimeError: The process ended early; its complaints are in the message.
    """
    played = Played()
    with Provider(chunks=[WORD] * PIECES, usage=TOLD) as provider, tempfile.TemporaryDirectory() as home:
        for said in _lines([python, str(HERE / "player.py"), name, provider.root_url], home):
            if "versions" in said:
                played.versions = said["versions"]
            else:
                played.recorded[said["row"]] = said["recorded"]
                played.seen[said["row"]] = said["seen"]
        provider.wait_finished(len(provider.requests), timeout_seconds=LEAVE_SECONDS_MAX)
        held = {row.key for row in ROWS if "hold-after" in row.switches}
        for request in provider.requests:
            key = request.headers.get(ROW_HEADER, "").partition("/")[2]
            if key in held and key in played.seen and not request.client_left:
                played.seen[key]["is_left_open"] = True
    return played


def _lines(command: list[str], home: str) -> Iterator[dict[str, Any]]:
    """Yield what the player says, and wait for its end."""
    path = os.pathsep.join(map(str, (HERE, HERE.parent / "support", HERE.parents[1] / "src")))
    quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGFUSE_TRACING_ENVIRONMENT": "conformance", "DO_NOT_TRACK": "1"}
    environment = {**os.environ, **quiet, "HOME": home, "PYTHONPATH": path}
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield from _spoken(process)
            process.wait(ROW_SECONDS_MAX)
        finally:
            process.kill()
        complaints.seek(0)
        if process.returncode:
            raise RuntimeError(f"{command[2]} ended with {process.returncode}: {complaints.read()[-3000:]}")


def _spoken(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        give_up_at = time.monotonic() + ROW_SECONDS_MAX
        while True:
            if not selector.select(give_up_at - time.monotonic()):
                raise RuntimeError("a row took too long")
            line = process.stdout.readline()
            if not line:
                return
            if line.startswith("> "):
                give_up_at = time.monotonic() + ROW_SECONDS_MAX
                yield json.loads(line[2:])
