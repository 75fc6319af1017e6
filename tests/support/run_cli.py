"""The `meterlark` command as a process."""

import subprocess
import sys
from collections.abc import Mapping

from running_server import clean_environment

SECONDS_MAX = 90


def run_cli(*arguments: str, url: str | None = None, stdin: bytes = b"", environ: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command against a server and return exit code, standard output and standard error."""
    environment = clean_environment() | ({} if url is None else {"METERLARK_URL": url}) | dict(environ or {})
    ran = subprocess.run(
        [sys.executable, "-m", "meterlark", *arguments], input=stdin, capture_output=True, env=environment, timeout=SECONDS_MAX, check=False
    )
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()
