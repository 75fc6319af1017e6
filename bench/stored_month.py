"""A data directory that holds the generated month, made through the use cases of a server and kept for as many runs as wanted."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from generated import Expected, generate

from meterlark.app import open_services
from meterlark.config import load_settings
from meterlark.model.event import DEFAULT_NAMESPACE, decode_event

BATCH: Final = 5_000
WAIT_SECONDS_MAX: Final = 600
"""For the warehouse after the last event; it is never far behind, because ingest waits for it."""

NOTE: Final = "stored-month.json"


def stored_month(folder: Path, count: int, *, tell: Callable[[str], None]) -> int:
    """Return the tokens of the first `count` events of the month, which are in the data directory then.

    Args:
        folder: Used as it is when it holds them already.
        count: How many events.
        tell: Called with a line for people now and then.
    """
    note = folder / NOTE
    if note.exists():
        kept: dict[str, int] = json.loads(note.read_text(encoding="utf-8"))
        if kept["events"] == count:
            return kept["tokens"]
        raise ValueError(f"{folder} holds {kept['events']} events, not {count}; choose another folder")
    tokens = asyncio.run(_fill(folder, count, tell))
    note.write_text(json.dumps({"events": count, "tokens": tokens}), encoding="utf-8")
    return tokens


async def _fill(folder: Path, count: int, tell: Callable[[str], None]) -> int:
    expected = Expected()
    settings = load_settings(environ={}, overrides={"data_dir": folder, "synchronous": "OFF"})
    began = time.perf_counter()
    async with open_services(settings) as services:
        done = 0
        for chunk in generate(count, expected):
            for first in range(0, len(chunk), BATCH):
                now = datetime.now(UTC)
                events = [decode_event(one.text, namespace=DEFAULT_NAMESPACE, received_at=now) for one in chunk[first : first + BATCH]]
                await services.ingest.accept(events, received_at=now)
            done += len(chunk)
            tell(f"{done:,} of {count:,} events stored in {time.perf_counter() - began:.0f} s")
        assert await asyncio.to_thread(services.projector.wait_for_lag, 0, timeout_seconds=WAIT_SECONDS_MAX)
    return int(expected.total)
