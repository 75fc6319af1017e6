"""The fixed input of the benches: events of LLM usage over one month, always the same for the same count, and what they add up to.

Ten thousand customers of very different size, six models, whole seconds (OpenMeter keeps no finer time) in rising order with some jitter.
The expected answers are added up in plain Python while the events are made, independently of every engine.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from meterlark.config import LLM_EVENT_TYPE
from meterlark.metering.window import DAY_US
from meterlark.model.time import SECOND_US, format_time, from_microseconds, to_microseconds

START: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
DAYS: Final = 30
CUSTOMERS: Final = 10_000
CHUNK: Final = 50_000
JITTER_SECONDS: Final = 300
HOUR_US: Final = 3_600 * SECOND_US
ONE_CUSTOMER: Final = "customer-100"
"""A middling one: about one event in a thousand."""

SOURCE: Final = "https://api.openai.com/v1"
MODELS: Final = ("gpt-5-mini", "gpt-5", "gpt-4o-mini", "gpt-4o", "o4-mini", "gpt-4.1-2025-04-14")
_MODEL_WEIGHTS: Final = (40, 25, 15, 10, 7, 3)
_DATA: Final = (
    '{"provider":"openai","operation":"chat","model":"%s","prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,"input_tokens":%d,'
    '"output_tokens":%d,"cache_read_input_tokens":0,"reasoning_output_tokens":64,"usage_source":"reported"}'
)
_EVENT: Final = (
    '{"specversion":"1.0","id":"%s","source":"https://api.openai.com/v1","type":"llm.usage","subject":"%s","time":"%s","data":%s}'
)
assert f'"type":"{LLM_EVENT_TYPE}"' in _EVENT
assert f'"source":"{SOURCE}"' in _EVENT


class GeneratedEvent(NamedTuple):
    """One event in the forms that the engines take.

    Attributes:
        id: Unique.
        subject: The customer's key.
        time_us: Event time, microseconds since 1970, whole seconds.
        data: JSON text of the payload.
        text: JSON text of the whole event.
    """

    id: str
    subject: str
    time_us: int
    data: str
    text: bytes


class Expected:
    """What the events made so far add up to, one mapping a question."""

    def __init__(self) -> None:
        self._hours: dict[tuple[int, str], int] = {}
        self._customers: dict[str, int] = {}
        self._days: dict[int, int] = {}
        self._models: dict[int, set[str]] = {}
        self._latest: dict[str, tuple[int, int]] = {}

    @property
    def total(self) -> Decimal:
        """All tokens."""
        return Decimal(sum(self._customers.values()))

    def add(self, subject: str, model: str, time_us: int, total: int) -> None:
        """Count one event; ties in time go to the later call."""
        hour = (time_us // HOUR_US, model)
        self._hours[hour] = self._hours.get(hour, 0) + total
        self._customers[subject] = self._customers.get(subject, 0) + total
        day = time_us // DAY_US
        self._models.setdefault(day, set()).add(model)
        if subject == ONE_CUSTOMER:
            self._days[day] = self._days.get(day, 0) + total
        if time_us >= self._latest.get(subject, (0, 0))[0]:
            self._latest[subject] = (time_us, total)

    def answers(self) -> dict[str, dict[object, object]]:
        """Return each question's cells: window start in seconds, model or subject as key; exact value."""
        return {
            "one customer by day": {day * 86_400: Decimal(total) for day, total in self._days.items()},
            "model by hour": {(hour * 3_600, model): Decimal(total) for (hour, model), total in self._hours.items()},
            "top 100 customers": top({subject: Decimal(total) for subject, total in self._customers.items()}),
            "unique models by day": {day * 86_400: Decimal(len(models)) for day, models in self._models.items()},
            "latest per customer": {subject: Decimal(total) for subject, (_, total) in self._latest.items()},
        }


def top(totals: Mapping[str, Decimal]) -> dict[object, object]:
    """Return the hundred largest totals; equal ones by name."""
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return dict(ranked[:100])


def generate(count: int, expected: Expected, *, customers: int = CUSTOMERS) -> Iterator[list[GeneratedEvent]]:
    """Yield the first `count` events of a month with so many customers in chunks, and add them to what is expected."""
    weights: list[float] = []
    for rank in range(customers):
        weights.append((weights[-1] if weights else 0) + 1 / (rank + 10))
    names = [f"customer-{rank}" for rank in range(customers)]
    start_us = to_microseconds(START)
    step = (DAYS * 86_400 - JITTER_SECONDS) / count
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        random = Random(first)
        subjects = random.choices(names, cum_weights=weights, k=size)
        models = random.choices(MODELS, weights=_MODEL_WEIGHTS, k=size)
        chunk: list[GeneratedEvent] = []
        for offset, (subject, model) in enumerate(zip(subjects, models, strict=True)):
            number = first + offset
            time_us = start_us + (int(number * step) + int(random.random() * JITTER_SECONDS)) * SECOND_US
            prompt, completion = int(random.random() * 3_000), 1 + int(random.random() * 900)
            expected.add(subject, model, time_us, prompt + completion)
            data = _DATA % (model, prompt, completion, prompt + completion, prompt, completion)
            event_id = f"chatcmpl-{number:024x}"
            text = _EVENT % (event_id, subject, format_time(from_microseconds(time_us)), data)
            chunk.append(GeneratedEvent(event_id, subject, time_us, data, text.encode()))
        yield chunk
