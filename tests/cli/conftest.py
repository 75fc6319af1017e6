from collections.abc import Iterator

import pytest
from running_server import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Give one real server to the tests of a file."""
    with RunningServer(tmp_path_factory.mktemp("server") / "data") as running:
        yield running
