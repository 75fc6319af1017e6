"""Models that were used and have no price: a cost that leaves them out must say so."""

from datetime import datetime
from typing import Final

import msgspec

from meterlark.cli.client import Client
from meterlark.cli.period import Span
from meterlark.model.errors import NotFoundError
from meterlark.model.time import parse_time

UNPRICED_PATH: Final = "/api/v1/prices/unpriced"


class UnpricedModel(msgspec.Struct, frozen=True, rename="camel"):
    """A tier of a model of which some usage has no price, as the server answers it."""

    provider: str
    model: str
    tier: str
    reason: str
    events: int
    first_at: datetime
    last_at: datetime

    def told(self) -> str:
        """Return it in words."""
        return f"{self.events} events of {self.provider}/{self.model} ({self.tier}) have no price: {self.reason}"

    def fix(self) -> str:
        """Return what helps."""
        return f"meterlark prices override --provider {self.provider} --model {self.model} --rate input_tokens=... --rate output_tokens=..."


def unpriced_models(client: Client) -> list[UnpricedModel]:
    """Return the models without a price, the most frequent first; none on a server that knows no prices."""
    try:
        return client.fetch(UNPRICED_PATH, list[UnpricedModel])
    except NotFoundError:
        return []


def within(models: list[UnpricedModel], span: Span) -> list[UnpricedModel]:
    """Return those of which some usage may be in a stretch of time."""
    start, end = (None if text is None else parse_time(text, field=name) for text, name in ((span.from_, "--from"), (span.to, "--to")))
    return [one for one in models if (start is None or one.last_at >= start) and (end is None or one.first_at < end)]
