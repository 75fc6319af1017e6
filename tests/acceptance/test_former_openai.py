from pathlib import Path
from typing import Any

import pytest
from metered_program import run, stored

from meterlark import Client
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

TOLD: tuple[Any, ...] = (1000, 100, 600, 50)
LEFT: tuple[Any, ...] = (
    "partial",
    7 + count_text("When do larks sing?", Encoding.O200K),
    count_text("Larks sing", Encoding.O200K),
    None,
    None,
)
"""3 tokens to start the answer, 3 for the message, 1 for its role, and the texts: what had arrived is counted."""

SOURCES = {
    "blocking": "reported",
    "stream": "injected",
    "asked": "reported",
    "raw": "reported",
    "responses": "reported",
    "responses-stream": "reported",
    "azure": "reported",
    "azure-stream": "injected",
    "async": "reported",
    "async-stream": "injected",
}


def test_a_former_sdk_is_metered_and_its_caller_sees_nothing(openai_python: tuple[int, Path], server: str, client: Client) -> None:
    """Every way to call is one exact event; the program compares what it got with what the bare client gives."""
    major, python = openai_python
    sent = run(python, "former_openai.py", server, str(major))

    expected = {f"openai{major}-{name}": (source, *TOLD) for name, source in SOURCES.items()}
    expected |= {f"openai{major}-{name}": LEFT for name in ("left", "async-left")}
    assert stored(client, f"openai{major}-") == expected
    assert sent == len(expected)
