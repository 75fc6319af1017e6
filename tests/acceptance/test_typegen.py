import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]


def test_the_document_and_the_python_client_follow_the_declared_operations() -> None:
    """Writing them again would change nothing."""
    command = [sys.executable, str(ROOT / "script/typegen.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert checked.returncode == 0, checked.stderr


def test_the_typescript_types_follow_the_document(typescript: Path) -> None:
    """Writing them again would change nothing."""
    checked = subprocess.run(["node", "scripts/types.mjs", "--check"], cwd=typescript, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["client", "openmeter_sdk"])
def test_clients_in_node_work(typescript: Path, name: str) -> None:
    """Ours, with exact values, retries and both example programs, and the npm package `@openmeter/sdk`, against a real server."""
    command = ["node", "--test", f"dist/test/{name}.test.js"]
    environment = {**os.environ, "METERLARK_PYTHON": sys.executable}
    ran = subprocess.run(command, cwd=typescript, env=environment, capture_output=True, text=True, timeout=100, check=False)

    assert ran.returncode == 0, ran.stdout
