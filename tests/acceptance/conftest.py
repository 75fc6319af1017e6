"""Programs of others against the real server, each in an environment of its own that is made when first needed and kept."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from server_process import printing_process, server_process

from meterlark import Client

ROOT = Path(__file__).parents[2]
INSTALL_SECONDS_MAX = 500
"""About a minute on two busy cores."""


@pytest.fixture(scope="session")
def third_party_python() -> Path:
    """Give an interpreter with the clients of `requirements/clients.txt`; the server's own environment has none of them."""
    return _python_with("clients")


@pytest.fixture(scope="session")
def integrations_python() -> Path:
    """Give an interpreter with the frameworks of `requirements/integrations.txt`."""
    return _python_with("integrations")


@pytest.fixture(scope="session", params=[1, 2])
def openai_python(request: pytest.FixtureRequest) -> tuple[int, Path]:
    """Give a former major version of the OpenAI SDK, and an interpreter that has the last of it."""
    major: int = request.param
    return major, _python_with(f"openai{major}")


@pytest.fixture(scope="session")
def typescript() -> Path:
    """Give the folder of the TypeScript client with its packages and everything compiled; a type error fails."""
    if shutil.which("npm") is None:
        pytest.skip("no npm on this machine")
    folder = ROOT / "clients/typescript"
    with _missing(folder / "node_modules", folder / "package-lock.json") as is_missing:
        if is_missing:
            _run(["npm", "ci", "--silent"], folder)
        _run(["npm", "run", "--silent", "build"], folder)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real server, one for all tests of a worker: each uses its own names."""
    with server_process(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """Give the base URL of a provider on loopback."""
    with printing_process([sys.executable, "-m", "meterlark.testing.provider", "--port", "0"]) as address:
        yield address


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    """Give our own client of it, to look at what arrived."""
    with Client(server) as running:
        yield running


def _python_with(name: str) -> Path:
    folder = ROOT / f".venv-{name}"
    requirements = ROOT / f"requirements/{name}.txt"
    with _missing(folder, requirements) as is_missing:
        if is_missing:
            _run([sys.executable, "-m", "venv", "--clear", str(folder)])
            pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            _run([*pip, "--require-hashes", "--requirement", str(requirements)])
    return folder / "bin/python"


@contextmanager
def _missing(folder: Path, locked: Path) -> Iterator[bool]:
    """Tell whether what is locked has to be installed, while other workers wait; on success it is remembered."""
    stamp = folder / "meterlark-lock"
    wanted = sha256(locked.read_bytes()).hexdigest()
    with locked.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted
        stamp.write_text(wanted, encoding="utf-8")


def _run(command: list[str], folder: Path = ROOT) -> None:
    ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
