"""The wheel that users install, built by the locked build backend without an isolated environment, so without network."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHEEL_BYTES_MAX = 3_000_000
"""What a program that is metered may be asked to download for it; it had 1,017,796 bytes in November 2026."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=False, capture_output=True, text=True, timeout=110
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    [built] = folder.iterdir()
    return built


def test_the_wheel_is_small(wheel: Path) -> None:
    """At most 3 MB."""
    assert wheel.stat().st_size <= WHEEL_BYTES_MAX


def test_the_wheel_has_all_of_the_package_and_nothing_else(wheel: Path) -> None:
    """Every module and every file that the package reads, none of the repository beside it."""
    package = {
        file.relative_to(ROOT / "src").as_posix()
        for file in (ROOT / "src/meterlark").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == package


def test_the_wheel_has_the_licence(wheel: Path) -> None:
    """The repository's own files, unchanged: LICENSE, and NOTICE if there is one."""
    with zipfile.ZipFile(wheel) as built:
        texts = {Path(name).name: built.read(name) for name in built.namelist() if ".dist-info/licenses/" in name}
    files = [file for file in (ROOT / "LICENSE", ROOT / "NOTICE") if file.exists()]
    assert ROOT / "LICENSE" in files
    assert texts == {file.name: file.read_bytes() for file in files}
