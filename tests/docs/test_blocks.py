"""Every code block of the documentation is true: shell and Python run against a real server, and print what the page says."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from blocks import CHECKED, PAGES, REPOSITORY, RUN, Block, blocks
from running_server import RunningServer, clean_environment

from meterlark.testing.provider import Provider, Usage

ADDRESS = "http://127.0.0.1:8888"
"""The address that the pages name; the server of the test stands for it."""

SECONDS_MAX = 60
ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
EXECUTED = [page for page in PAGES if any(block.language in RUN and block.word != "not run" for block in blocks(page))]


def name(page: Path) -> str:
    """Return a page's path within the repository."""
    return str(page.relative_to(REPOSITORY))


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """Give an LLM provider on this machine, so that examples cost nothing."""
    with Provider(answer="Hello there.", usage=Usage(prompt=11, completion=3)) as running:
        yield running


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_is_executed_checked_or_says_why_not(page: Path) -> None:
    """A reason is a sentence, not a word."""
    for block in blocks(page):
        if block.word == "not run":
            assert len(block.detail.split()) >= 3, f"{block.place} is not run, for no reason"
        elif block.word == "file":
            assert block.detail, block.place
        else:
            assert block.language in (*RUN, *CHECKED) or block.word.startswith("prints"), f"{block.place} is neither run nor says why not"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_of_data_is_well_formed(page: Path) -> None:
    """JSON, JSON lines and TOML can be read."""
    for block in blocks(page):
        if block.language == "json":
            assert json.loads(block.text) is not None, block.place
        elif block.language == "jsonl":
            assert all(json.loads(line) for line in block.text.splitlines()), block.place
        elif block.language == "toml":
            assert tomllib.loads(block.text), block.place


@pytest.mark.parametrize("page", EXECUTED, ids=name)
def test_the_blocks_of_a_page_run_and_print_what_it_says(page: Path, provider: Provider, tmp_path: Path) -> None:
    """One after the other, in one folder, against a server that is new."""
    with RunningServer(tmp_path / "server") as server:
        folder = tmp_path / "work"
        folder.mkdir()
        environment = clean_environment() | {
            "HOME": str(folder),
            "METERLARK_URL": server.url,
            "OPENAI_API_KEY": "test",
            "OPENAI_BASE_URL": provider.base_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        printed = ""
        for block in blocks(page):
            if block.word == "file":
                (folder / block.detail).write_text(block.text, encoding="utf-8")
            elif block.word.startswith("prints"):
                assert shape(block.text, block.word) == shape(printed, block.word), f"{block.place} is not what is printed:\n{printed}"
            elif block.language in RUN and block.word != "not run":
                printed = run(block, server.url, folder, environment).replace(server.url, ADDRESS)


def run(block: Block, url: str, folder: Path, environment: dict[str, str]) -> str:
    """Run a block and return what it printed."""
    text = block.text.replace(ADDRESS, url)
    command = [sys.executable, "-c", text] if block.language == "python" else ["bash", "-euo", "pipefail", "-c", text]
    # A session of its own, so that what a block leaves running ends with it.
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as ran:
        try:
            printed, complaint = ran.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{block.place} runs for more than {SECONDS_MAX} s; if it is a server, say so above it") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(ran.pid, signal.SIGKILL)
    assert ran.returncode == 0, f"{block.place} ended with exit code {ran.returncode}:\n{printed}{complaint}"
    return printed


def shape(text: str, word: str) -> list[str]:
    """Return the words of a text, any ULID as ID; without its digits where other ones may be printed."""
    text = ULID.sub("ID", text)
    return re.sub(r"\d+(?:[,.]\d+)*", "0", text).split() if word == "prints like" else text.split()
