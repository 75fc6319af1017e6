"""What must change so that a server has the meters of a file."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.cli.meter_plan import Action, Plan, plan_meters
from meterlark.metering.meter import Meter, define_meter

TOKENS = define_meter(slug="tokens", event_type="prompt", aggregation="SUM", value_property="$.tokens", group_by={"model": "$.model"})
COUNT = define_meter(slug="calls", event_type="prompt", aggregation="COUNT")


def actions(plan: Plan) -> list[tuple[str, str]]:
    """Return what is done with which meter."""
    return [(change.action, change.slug) for change in plan.changes]


def test_a_new_meter_is_created_with_all_that_is_set() -> None:
    """And nothing that is not."""
    [change] = plan_meters([TOKENS], [], prune=False).changes

    assert change.action is Action.CREATE
    assert change.definition == {
        "slug": "tokens",
        "name": "tokens",
        "eventType": "prompt",
        "aggregation": "SUM",
        "valueProperty": "$.tokens",
        "groupBy": {"model": "$.model"},
    }


def test_equal_meters_need_nothing() -> None:
    """A name that equals the slug is none, and an instant is equal in every zone."""
    since = dt.datetime(2026, 11, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    file = msgspec.structs.replace(TOKENS, event_from=since)
    server = msgspec.structs.replace(TOKENS, name="tokens", event_from=since.astimezone(dt.UTC))

    plan = plan_meters([file, COUNT], [COUNT, server], prune=True)

    assert (plan.changes, plan.refused, plan.equal, plan.extra) == ([], [], 2, [])


def test_a_change_sends_everything_that_may_change() -> None:
    """What it leaves out the server clears, so what stays is sent, too."""
    server = msgspec.structs.replace(TOKENS, description="old", metadata={"team": "a"})
    file = msgspec.structs.replace(TOKENS, description="new", metadata={"team": "a"})

    [change] = plan_meters([file], [server], prune=False).changes

    assert {name: (one.before, one.after) for name, one in change.fields.items()} == {"description": ("old", "new")}
    assert change.definition == {"name": "tokens", "description": "new", "metadata": {"team": "a"}, "groupBy": {"model": "$.model"}}


@pytest.mark.parametrize(
    "other",
    [{"event_type": "x"}, {"aggregation": "MAX"}, {"value_property": "$.n"}, {"event_from": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}],
)
def test_what_a_meter_measures_is_never_changed(other: dict[str, Any]) -> None:
    """It is refused, whatever else differs."""
    file = msgspec.structs.replace(TOKENS, description="new", **other)

    plan = plan_meters([file], [TOKENS], prune=False)

    assert plan.changes == []
    assert [(change.action, change.slug) for change in plan.refused] == [(Action.REFUSE, "tokens")]


def test_only_pruning_deletes_and_never_what_is_kept() -> None:
    """Without it, what is not in the file is named and stays."""
    kept = msgspec.structs.replace(COUNT, slug="preset")
    server = [TOKENS, COUNT, kept]

    assert plan_meters([TOKENS], server, prune=False).extra == ["calls", "preset"]
    pruned = plan_meters([TOKENS], server, prune=True, kept={"preset"})
    assert (actions(pruned), pruned.extra) == ([(Action.DELETE, "calls")], ["preset"])


meters = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.builds(
        lambda groups, description: msgspec.structs.replace(COUNT, group_by=groups, description=description),
        st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["$.x", "$.y"])),
        st.none() | st.sampled_from(["one", "two"]),
    ),
).map(lambda named: [msgspec.structs.replace(meter, slug=slug) for slug, meter in named.items()])


@given(wanted=meters, known=meters)
def test_after_the_changes_nothing_differs(wanted: list[Meter], known: list[Meter]) -> None:
    """Any two lists: played on the second, the changes make the first, and a second plan is empty."""
    plan = plan_meters(wanted, known, prune=True)
    server = {meter.slug: meter for meter in known}
    file = {meter.slug: meter for meter in wanted}
    for change in plan.changes:
        if change.action is Action.DELETE:
            del server[change.slug]
        else:
            assert (change.action is Action.CREATE) == (change.slug not in server)
            server[change.slug] = file[change.slug]

    again = plan_meters(wanted, list(server.values()), prune=True)

    assert server == file
    assert (again.changes, again.refused, again.equal) == ([], [], len(wanted))
