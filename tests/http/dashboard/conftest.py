from collections.abc import Iterator

import pytest
from api import Api, running_api
from visitor import Visitor


@pytest.fixture
def api() -> Iterator[Api]:
    """Give a new server in memory, open until there is an admin key."""
    with running_api() as api:
        yield api


@pytest.fixture
def visitor(api: Api) -> Visitor:
    """Give a visitor without cookies."""
    return Visitor(api)
