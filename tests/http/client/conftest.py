from collections.abc import Iterator

import pytest
from server_process import server_process

from meterlark import Client


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real server, one for all tests of a worker: each uses its own names."""
    with server_process(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    """Give a client of it."""
    with Client(server) as running:
        yield running
