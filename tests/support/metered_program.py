"""Run a program of `tests/acceptance/programs` in another environment, with our sources, and see what it left on the server."""

import os
import subprocess
from pathlib import Path
from typing import Any

from meterlark import Client

TESTS = Path(__file__).parents[1]
PROGRAMS = TESTS / "acceptance/programs"
SOURCE = TESTS.parent / "src"
PROGRAM_SECONDS_MAX = 120
NUMBERS = ("usage_source", "input_tokens", "output_tokens", "cache_read_input_tokens", "reasoning_output_tokens")


def run(python: Path, program: str, server: str, *arguments: str) -> int:
    """Run a program with the interpreter of its environment; return how many events it has sent."""
    command = [str(python), "-W", "ignore", str(PROGRAMS / program), server, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return int(ran.stdout.splitlines()[-1])


def stored(client: Client, prefix: str) -> dict[str, tuple[Any, ...]]:
    """Return, by customer, where the numbers of its only event come from, and the numbers."""
    found: dict[str, tuple[Any, ...]] = {}
    for one in client.list_events(limit=100):
        subject, data = one.event["subject"], one.event["data"]
        if subject.startswith(prefix):
            assert subject not in found, f"{subject} has two events"
            found[subject] = tuple(data.get(name) for name in NUMBERS)
    return found
