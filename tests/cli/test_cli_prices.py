"""`meterlark prices`: looked up, overridden, events priced anew."""

import json
from pathlib import Path
from typing import Any

import pytest
from run_cli import run_cli
from running_server import RunningServer

BATCH = "application/cloudevents-batch+json"
RATES = ("--rate", "input_tokens=1", "--rate", "output_tokens=2")


@pytest.fixture
def server(server: RunningServer) -> RunningServer:
    """The module's server, without overrides at first."""
    run_cli("prices", "override", "--delete", url=server.url)
    return server


def lines(*arguments: str, server: RunningServer) -> list[Any]:
    """Return the objects that a command prints."""
    code, output, talk = run_cli(*arguments, "--json", url=server.url)
    assert code == 0, talk
    return [json.loads(line) for line in output.splitlines()]


def use(server: RunningServer, event_id: str, model: str, subject: str) -> None:
    """Store the use of a million tokens."""
    data = {"provider": "openai", "response_model": model, "input_tokens": 1_000_000, "output_tokens": 0}
    sent = {"specversion": "1.0", "id": event_id, "source": "test", "type": "llm.usage", "subject": subject, "data": data}
    server.ingest([sent], BATCH)


def test_prices_are_listed(server: RunningServer) -> None:
    """As a table for people, as lines of JSON for programs."""
    listed = lines("prices", "list", "--provider", "openai", "--search", "gpt-4o-mini", "--tier", "standard", server=server)
    [row] = [one for one in listed if one["model"] == "gpt-4o-mini"]
    assert {rate["unit"]: rate["price"] for rate in row["rates"]}["input_tokens"] == 0.15
    code, output, _ = run_cli("prices", "list", "--provider", "openai", "--search", "gpt-4o-mini", url=server.url)
    assert (code, "gpt-4o-mini" in output, "0.15" in output) == (0, True, True)


def test_the_history_of_a_model_is_shown(server: RunningServer) -> None:
    """With dates and sources; the talk says which model the name means."""
    code, output, talk = run_cli("prices", "show", "openai", "gpt-4o-2024-08-06", url=server.url)
    assert (code, "priced as openai/gpt-4o" in talk, "https://" in output) == (0, True, True)


def test_a_model_without_any_price_is_not_found(server: RunningServer) -> None:
    """With the reason, exit code 3."""
    code, _, talk = run_cli("prices", "show", "openai", "gpt-of-tomorrow", url=server.url)
    assert (code, "no price document has the model" in talk) == (3, True)


def test_one_price_is_set_and_joins_the_others(server: RunningServer) -> None:
    """A second one of the same tier and day takes its place."""
    for model, price in (("a", "1"), ("b", "2"), ("a", "3")):
        code, _, talk = run_cli(
            "prices", "override", "--provider", "openai", "--model", model, "--rate", f"input_tokens={price}", url=server.url
        )
        assert code == 0, talk

    code, output, _ = run_cli("prices", "override", url=server.url)
    models = json.loads(output)["providers"]["openai"]["models"]
    assert {model: [price["rates"] for price in one["prices"]] for model, one in models.items()} == {
        "a": [{"input_tokens": "3"}],
        "b": [{"input_tokens": "2"}],
    }


def test_the_version_that_an_override_begins_is_told_to_programs(server: RunningServer) -> None:
    """With `--json`, and it is the newest of the list."""
    made = lines("prices", "override", "--provider", "openai", "--model", "a", *RATES, server=server)

    assert made == lines("prices", "versions", server=server)[-1:]


def test_a_document_is_set_from_a_file(server: RunningServer, tmp_path: Path) -> None:
    """It replaces what was set before."""
    path = tmp_path / "contract.json"
    models = {"m": {"prices": [{"rates": {"requests": "1"}}]}}
    document = {"name": "contract", "made_on": "2026-11-01", "providers": {"openai": {"models": models}}}
    path.write_text(json.dumps(document))

    assert run_cli("prices", "override", str(path), url=server.url)[0] == 0
    assert json.loads(run_cli("prices", "override", url=server.url)[1]) == document
    assert "contract (api)" in run_cli("prices", "versions", url=server.url)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--provider", "openai"],
        ["--provider", "openai", "--model", "m", "--rate", "1"],
        ["--provider", "openai", "--model", "m", "--rate", "input_tokens=much"],
        ["--provider", "openai", "--model", "m", "--rate", "wishes=1"],
        ["--delete", "--model", "m"],
        ["no-such-file.json"],
    ],
    ids=" ".join,
)
def test_an_override_that_cannot_be_is_refused(server: RunningServer, arguments: list[str]) -> None:
    """Exit code 2, and nothing is set."""
    code, _, talk = run_cli("prices", "override", *arguments, url=server.url)
    assert (code, talk.startswith("error: ")) == (2, True)
    assert run_cli("prices", "override", url=server.url)[0] == 3


def test_unpriced_models_get_a_price_and_their_events_are_priced_anew(server: RunningServer) -> None:
    """The difference is shown first; with --apply it is done, and a second time changes nothing."""
    use(server, "u1", "gpt-of-tomorrow", "eve")
    assert [one["model"] for one in lines("prices", "unpriced", server=server)] == ["gpt-of-tomorrow"]
    run_cli("prices", "override", "--provider", "openai", "--model", "gpt-of-tomorrow", *RATES, url=server.url)

    chosen = ("--subject", "eve")
    code, output, talk = run_cli("prices", "reprice", *chosen, url=server.url)
    assert (code, "openai/gpt-of-tomorrow" in output, "do it with --apply" in talk) == (0, True, True)
    [done] = lines("prices", "reprice", *chosen, "--apply", server=server)
    assert (done["total"]["newlyPriced"], done["total"]["costAfter"]) == (1, 1)
    assert "nothing changes" in run_cli("prices", "reprice", *chosen, "--apply", url=server.url)[2]
    assert "everything that was used has a price" in run_cli("prices", "unpriced", url=server.url)[2]


def test_the_prices_of_a_provider_hold_at_an_address_of_your_own(server: RunningServer) -> None:
    """Calls through a gateway have no price until somebody says whose prices hold there; doctor tells how."""
    data = {"provider": "openai", "response_model": "gpt-4o-mini", "input_tokens": 1_000_000, "output_tokens": 0}
    sent = {"specversion": "1.0", "id": "through", "source": "openai:http://127.0.0.1:4000/v1", "type": "llm.usage", "data": data}
    server.ingest([sent | {"subject": "behind"}], BATCH)
    assert "meterlark prices override --provider openai --address" in run_cli("doctor", url=server.url)[1]

    lines("prices", "override", "--provider", "openai", "--address", "http://127.0.0.1:4000/v1/", server=server)
    lines("prices", "reprice", "--subject", "behind", "--apply", server=server)

    [row] = lines("query", "llm_cost", "-s", "behind", server=server)
    assert row["value"] == 0.15
