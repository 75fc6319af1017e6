import itertools
from collections.abc import Callable, Iterator

import pytest
from running_server import RunningServer

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Give one real server to the tests of a file; each test uses event types and meters of its own."""
    with RunningServer(tmp_path_factory.mktemp("server") / "data") as running:
        yield running
        assert running.process.poll() is None, f"the server has ended: {running.log()}"


@pytest.fixture
def name() -> Callable[[], str]:
    """Give names that no other test of this process has, fit for slugs and event types."""
    return lambda: f"t{next(_numbers)}"
