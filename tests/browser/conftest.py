"""A browser for each file of tests, and servers that all of them read: one with data, an empty one, one full of hostile texts.

Tests must not change what these servers hold; who does starts a server of its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from browsing import Photograph, Start, Visit, photographer, running_browser, why_no_browser
from hostile import fill_with_hostile_texts
from playwright.sync_api import Browser
from running_server import RunningServer
from usage_data import fill_with_demo_usage


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run a browser; not for longer than a file of tests, because others need a thread without a running event loop."""
    reason = why_no_browser()
    if reason is not None:
        pytest.skip(reason)
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Start]:
    """Begin watched visits; each must end without a complaint."""
    with ExitStack() as stack:

        def start(**arguments: Any) -> Visit:
            begun = Visit(chromium, **arguments)
            stack.callback(begun.close)
            return begun

        yield start


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Photograph:
    """Take pictures; with --write-images they go into docs/images."""
    return photographer(writes=request.config.getoption("--write-images"))


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server with thirty days of usage of forty customers."""
    with RunningServer(tmp_path_factory.mktemp("demo")) as server:
        fill_with_demo_usage(server)
        yield server


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server that has never seen an event."""
    with RunningServer(tmp_path_factory.mktemp("empty")) as server:
        yield server


@pytest.fixture(scope="session")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server that holds fifty hostile texts in every field that people or programs fill."""
    with RunningServer(tmp_path_factory.mktemp("hostile")) as server:
        fill_with_hostile_texts(server)
        yield server
