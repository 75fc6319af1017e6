from pathlib import Path
from typing import Any

import pytest
from metered_program import run, stored

from meterlark import Client
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

TOLD: tuple[Any, ...] = ("reported", 1000, 100, 600, 50)
COUNTED: tuple[Any, ...] = (
    "counted",
    7 + count_text("When do larks sing?", Encoding.O200K),
    count_text("Larks sing at dawn.", Encoding.O200K),
    None,
    None,
)
"""3 tokens to start the answer, 3 for the message, 1 for its role, and the texts."""


def test_langchain(integrations_python: Path, server: str, client: Client) -> None:
    """Whatever way a model is called; a metered client of its own tells more than the handler is told."""
    sent = run(integrations_python, "langchain_handler.py", server)

    found = stored(client, "lc-")
    exact = ("lc-blocking", "lc-stream", "lc-responses", "lc-block", "lc-async", "lc-async-stream")
    assert {name: found[name] for name in exact} == dict.fromkeys(exact, TOLD)
    assert found["lc-client"] == ("injected", *TOLD[1:])
    assert found["lc-unasked"] == COUNTED
    assert found["lc-left"][:2] == ("partial", COUNTED[1])
    assert 0 < found["lc-left"][2] < COUNTED[2]
    assert sent == len(found) == 9


def test_llama_index(integrations_python: Path, server: str, client: Client) -> None:
    """Whatever way a model is called."""
    sent = run(integrations_python, "llama_index_handler.py", server)

    found = stored(client, "li-")
    exact = ("li-blocking", "li-complete", "li-stream", "li-async", "li-async-stream")
    assert {name: found[name] for name in exact} == dict.fromkeys(exact, TOLD)
    assert found["li-unasked"] == COUNTED
    assert found["li-left"][:2] == ("partial", COUNTED[1])
    assert 0 < found["li-left"][2] < COUNTED[2]
    assert found["li-client"] == ("injected", *TOLD[1:])
    assert sent == len(found) == 8


def test_openai_agents(integrations_python: Path, server: str, client: Client) -> None:
    """Both kinds of models; spans that sum up others are not counted again."""
    sent = run(integrations_python, "openai_agents_processor.py", server)

    found = stored(client, "agents-")
    exact = ("agents-chat", "agents-chat-stream", "agents-responses", "agents-responses-stream", "agents-block")
    assert {name: found[name] for name in exact} == dict.fromkeys(exact, TOLD)
    assert found["agents-unasked"][0] == "counted"
    assert found["agents-client"] == ("injected", *TOLD[1:])
    assert sent == len(found) == 7


def test_litellm(integrations_python: Path, server: str, client: Client) -> None:
    """A number that LiteLLM made up is not taken for the provider's, nor is its price."""
    sent = run(integrations_python, "litellm_logger.py", server) + run(integrations_python, "litellm_logger.py", server, "client")

    found = stored(client, "ll-")
    exact = ("ll-blocking", "ll-stream", "ll-metadata", "ll-async", "ll-async-stream", "ll-block")
    assert {name: found[name] for name in exact} == dict.fromkeys(exact, TOLD)
    assert found["ll-unasked"] == COUNTED
    assert found["ll-client"] == ("injected", *TOLD[1:])
    assert sent == len(found) == 8
    assert all("provider_cost" not in one.event["data"] for one in client.list_events(subject="ll-blocking"))
