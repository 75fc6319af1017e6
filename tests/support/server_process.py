"""The real server as its own process on a free port, with an empty data folder."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS_MAX = 30
"""A stopping server finishes what is under way within 25 s."""


@contextmanager
def server_process(folder: Path) -> Iterator[str]:
    """Yield the server's address; its data is in the folder."""
    command = [sys.executable, "-m", "meterlark", "serve", "--data-dir", str(folder / "data"), "--port", "0"]
    with printing_process(command) as address:
        yield address


@contextmanager
def printing_process(command: list[str], *, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a program that prints its address when it is ready; yield the address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            address = process.stdout.readline().strip()
            assert address, f"{command} did not start: {process.stderr.read()}"
            yield address
        finally:
            process.terminate()
            try:
                process.communicate(timeout=STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
