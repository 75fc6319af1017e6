"""What the programs of the integrations share: a provider that tells exact numbers, and a meter of the server under test."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from meterlark import Meter
from meterlark.testing.provider import Provider, Usage

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
ANSWER = "Larks sing at dawn."
QUESTION = "When do larks sing?"


@contextmanager
def metered() -> Iterator[tuple[Meter, Provider]]:
    """Give both; at the end everything is delivered, and nothing of it was a defect."""
    usage = Usage(prompt=1000, completion=100, cached=600, reasoning=50)
    with Provider(ANSWER, usage=usage) as provider, Meter(sys.argv[1], spool_dir=None) as meter:
        yield meter, provider
        assert meter.flush(20)
        stats = meter.stats()
        assert (stats.dropped, stats.rejected, stats.failed) == (0, 0, 0), stats
    print(json.dumps(stats.sent))
