"""`meterlark customers`: list, show, create and change."""

import json
from typing import Any

from run_cli import run_cli
from running_server import RunningServer


def shown(server: RunningServer, key: str) -> Any:
    """Return a customer as the command shows it."""
    code, output, _ = run_cli("customers", "show", key, "--json", url=server.url)
    assert code == 0
    return json.loads(output)


def test_a_customer_is_created_with_its_subjects(server: RunningServer) -> None:
    """Its name is the key when none is given."""
    code, output, _ = run_cli("customers", "create", "c1", "--subject", "c1-a", "--subject", "c1-b", "--json", url=server.url)

    made = json.loads(output)
    assert (code, made["name"], made["key"]) == (0, "c1", "c1")
    assert made["usageAttribution"] == {"subjectKeys": ["c1-a", "c1-b"]}


def test_a_change_leaves_the_rest(server: RunningServer) -> None:
    """The server replaces a customer; the command does not."""
    run_cli(
        "customers",
        "create",
        "c2",
        "--name",
        "Two",
        "--subject",
        "c2-a",
        "--email",
        "two@example.com",
        "--label",
        "plan=pro",
        url=server.url,
    )
    before = shown(server, "c2")

    code, _, _ = run_cli("customers", "update", "c2", "--currency", "EUR", url=server.url)

    after = shown(server, "c2")
    assert code == 0
    assert after.pop("currency") == "EUR"
    assert {**after, "updatedAt": ""} == {**before, "updatedAt": ""}


def test_customers_are_listed_by_name(server: RunningServer) -> None:
    """And found by a part of it."""
    for key in ("list-b", "list-a"):
        run_cli("customers", "create", key, url=server.url)

    _, output, _ = run_cli("customers", "list", "--name", "list-", "--json", url=server.url)

    assert [json.loads(line)["key"] for line in output.splitlines()] == ["list-a", "list-b"]


def test_a_table_shows_the_subjects(server: RunningServer) -> None:
    """Beside the key."""
    run_cli("customers", "create", "tabled", "--subject", "tabled-prod", url=server.url)

    _, output, _ = run_cli("customers", "list", "--subject", "tabled", url=server.url)

    assert output.splitlines()[-1].split()[1:] == ["tabled", "tabled", "tabled-prod"]


def test_no_customers_are_a_hint(server: RunningServer) -> None:
    """Not an empty table."""
    code, output, talk = run_cli("customers", "list", "--name", "nobody", url=server.url)

    assert (code, output) == (0, "")
    assert "customers create" in talk


def test_a_key_that_is_taken_is_a_conflict(server: RunningServer) -> None:
    """Exit code 5."""
    run_cli("customers", "create", "taken", url=server.url)

    assert run_cli("customers", "create", "taken", url=server.url)[0] == 5


def test_a_customer_that_is_not_there_is_not_found(server: RunningServer) -> None:
    """Exit code 3."""
    assert run_cli("customers", "show", "nobody", url=server.url)[0] == 3


def test_a_change_of_nothing_is_refused(server: RunningServer) -> None:
    """Before the server is asked."""
    code, _, talk = run_cli("customers", "update", "c2", url=server.url)

    assert code == 2
    assert "--help" in talk


def test_a_label_without_a_value_is_refused(server: RunningServer) -> None:
    """With what one looks like."""
    code, _, talk = run_cli("customers", "create", "labelled", "--label", "pro", url=server.url)

    assert code == 2
    assert "plan=pro" in talk
