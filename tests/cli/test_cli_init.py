"""`meterlark init` and the settings file: everything that can be set is in it, and it can be read."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from run_cli import run_cli
from running_server import RunningServer, clean_environment

from meterlark.cli.settings_file import example_file, misspelt_variables
from meterlark.config import Settings, load_settings


def test_a_server_starts_with_what_was_written(tmp_path: Path) -> None:
    """The first of the three commands works as it is printed."""
    config, data = tmp_path / "my config.toml", tmp_path / "data"
    code, output, _ = run_cli("init", "--config", str(config), "--data-dir", str(data), "--json")

    command = shlex.split(json.loads(output)["next"][0])
    assert (code, command[:2]) == (0, ["meterlark", "serve"])
    with subprocess.Popen(
        [sys.executable, "-m", *command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environment()
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith(b"http://127.0.0.1:")
        server.terminate()


def test_the_folder_is_the_users_own(tmp_path: Path) -> None:
    """Others cannot look into it."""
    run_cli("init", "--config", str(tmp_path / "c.toml"), "--data-dir", str(tmp_path / "data"))

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Exit code 5."""
    config = tmp_path / "c.toml"
    config.write_text("# mine", encoding="utf-8")

    code, _, talk = run_cli("init", "--config", str(config), "--data-dir", str(tmp_path / "data"))

    assert (code, config.read_text(encoding="utf-8")) == (5, "# mine")
    assert str(config) in talk


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc").exists(), reason="needs a place where nothing can be made")
def test_a_place_that_cannot_be_written_is_named() -> None:
    """Exit code 1."""
    code, _, talk = run_cli("init", "--config", "/proc/c.toml", "--data-dir", "/proc/nowhere")

    assert code == 1
    assert "/proc/nowhere" in talk


def test_every_setting_is_in_the_file_with_its_default(tmp_path: Path) -> None:
    """With all of it switched on, it gives the defaults."""
    text = example_file(tmp_path)
    names = [field.name for field in msgspec.structs.fields(Settings) if field.name != "meters"]
    lines = [line.removeprefix("# ") for line in text.partition("# Meters that")[0].splitlines()]
    config = tmp_path / "all.toml"
    config.write_text("\n".join(line for line in lines if line.split(" = ")[0] in names), encoding="utf-8")

    assert load_settings(config, environ={}) == msgspec.structs.replace(load_settings(environ={}), data_dir=tmp_path)
    assert sum(line.split(" = ")[0] in names for line in lines) == len(names)


def test_a_misspelt_variable_is_told_with_the_likely_one() -> None:
    """And one that is like none without."""
    environ = {"METERLARK_PROT": "1", "METERLARK_WEATHER": "x", "METERLARK_PORT": "1", "METERLARK_URL": "u", "OTHER": "y"}

    assert misspelt_variables(environ) == {"METERLARK_PROT": "METERLARK_PORT", "METERLARK_WEATHER": ""}


def test_a_server_warns_of_a_misspelt_variable(tmp_path: Path) -> None:
    """And starts, because another version may know it."""
    with RunningServer(tmp_path / "data", environ={"METERLARK_PROT": "1"}) as server:
        assert "METERLARK_PROT is no setting and is not read; did you mean METERLARK_PORT?" in server.log()
