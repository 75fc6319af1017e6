from collections.abc import Iterator
from pathlib import Path

import pytest
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.testing.provider import Provider, Usage


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what waits on disk, by default in the user's home, inside the test; programs that a test starts inherit it."""
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def ingest() -> Iterator[RecordingIngest]:
    """Give a server that remembers the events it is sent."""
    with RecordingIngest() as running:
        yield running


@pytest.fixture
def meter(ingest: RecordingIngest) -> Iterator[Meter]:
    """Give a meter that delivers to it at once."""
    with Meter(ingest.url, batch_wait_seconds=0.01) as running:
        yield running


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Give a provider that reports exact usage: 21 and 9 tokens."""
    with Provider(chunks=("Larks", " sing", " at", " dawn."), usage=Usage(prompt=21, completion=9)) as running:
        yield running
