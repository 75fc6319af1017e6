from typing import Final

import pytest
from api import running_api
from world import MUTATING, audit_length, make_world

from meterlark.server.operation import Operation

ENTRIES: Final = {"rotateKey": 2, "setPriceOverrides": 2}
"""A rotation makes a key and ends another."""


@pytest.mark.parametrize("operation", MUTATING, ids=[operation.name for operation in MUTATING])
def test_a_change_writes_its_entries_and_no_more(operation: Operation) -> None:
    """One entry for each thing changed, under the request's id and the sender's name; the chain holds afterwards."""
    with running_api() as api:
        world = make_world(api)
        before = audit_length(world)

        answer = world.ask(operation)

        assert answer.status == operation.answers[0].status, answer
        after = audit_length(world)
        assert after - before == ENTRIES.get(operation.name, 1)
        for stored in api.get("/api/v1/audit", limit=after - before, bearer=world.bearers["admin"]):
            assert stored["entry"]["requestId"] == answer.headers["x-request-id"]
            assert stored["entry"]["actor"].startswith("key:")
        assert api.get("/api/v1/audit/verify", bearer=world.bearers["admin"]) == {"entries": after}
