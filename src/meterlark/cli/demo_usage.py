"""Example usage for the demo: thirty days of LLM exchanges of forty invented customers, the same ones at every run of a day."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

CUSTOMERS: Final = 40
DAYS: Final = 30
EVENTS_PER_DAY: Final = 200
MODELS: Final = ("gpt-4o-mini-2024-07-18", "gpt-4o-2024-08-06", "gpt-4.1-2025-04-14", "gpt-5-mini-2025-08-07")
FIRST_WORDS: Final = ("Amber", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor")
SECOND_WORDS: Final = ("Analytics", "Books", "Care", "Devices", "Energy")
SOURCES: Final = ("reported", "reported", "reported", "injected", "injected", "counted", "partial")


def example_events() -> Iterator[tuple[str, bytes]]:
    """Yield named event texts, oldest day first."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    chance = random.Random(today.toordinal())  # noqa: S311 - invented usage, not a secret
    for day in range(DAYS):
        midnight = today - timedelta(days=DAYS - day)
        for number in range(EVENTS_PER_DAY):
            event = _event(chance, midnight, number)
            yield event["id"], msgspec.json.encode(event)  # type: ignore[misc]  # the id is a string


def example_customers() -> Iterator[dict[str, object]]:
    """Yield the customers whose usage it is; the last one is left out, so that usage of nobody can be seen, too."""
    for number in range(1, CUSTOMERS):
        name = f"{FIRST_WORDS[number % len(FIRST_WORDS)]} {SECOND_WORDS[number // len(FIRST_WORDS) % len(SECOND_WORDS)]}"
        yield {"name": name, "key": f"customer-{number:02d}", "currency": "USD"}


def _event(chance: random.Random, midnight: datetime, number: int) -> dict[str, object]:
    customer = min(int(chance.paretovariate(1.0)), CUSTOMERS)
    model = chance.choice(MODELS)
    prompt, completion = chance.randrange(20, 4_000), chance.randrange(5, 900)
    return {
        "specversion": "1.0",
        "id": f"chatcmpl-demo-{midnight:%Y%m%d}-{number}",
        "source": "openai:https://api.openai.com/v1",
        "type": "llm.usage",
        "subject": f"customer-{customer:02d}",
        "time": (midnight + timedelta(seconds=chance.randrange(86_400))).isoformat().replace("+00:00", "Z"),
        "data": {
            "provider": "openai",
            "operation": "chat",
            "model": model,
            "prompt_tokens": prompt,
            "input_tokens": prompt,
            "completion_tokens": completion,
            "output_tokens": completion,
            "total_tokens": prompt + completion,
            "usage_source": chance.choice(SOURCES),
        },
    }
