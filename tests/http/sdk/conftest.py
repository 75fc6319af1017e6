from collections.abc import Iterator

import pytest
from recording_ingest import RecordingIngest

from meterlark import Meter


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
