"""Models that were used and have no price: a cost that leaves them out must say so."""

from typing import Final

import msgspec

from meterlark.cli.client import Client
from meterlark.cli.period import Span
from meterlark.model.errors import NotFoundError

UNKNOWN_PROVIDER: Final = "unknown_provider"
"""The reason (`pricing.plan.Reason`) of events whose address no price document lists."""

UNPRICED_PATH: Final = "/api/v1/prices/unpriced"


class UnpricedModel(msgspec.Struct, frozen=True, rename="camel"):
    """A tier of a model of which some usage has no price, as the server answers it."""

    provider: str
    model: str
    tier: str
    reason: str
    events: int

    def told(self) -> str:
        """Return it in words."""
        events = "1 event" if self.events == 1 else f"{self.events:,} events"
        return f"{events} of {self.provider or '(no provider)'}/{self.model} ({self.tier}) without a price: {self.reason}"

    def fix(self) -> str:
        """Return what helps."""
        if self.reason == UNKNOWN_PROVIDER:
            name = self.provider or "openai"
            return (
                f"say whose prices hold at the address of these events: meterlark prices override --provider {name} --address https://..."
            )
        return f"meterlark prices override --provider {self.provider} --model {self.model} --rate input_tokens=... --rate output_tokens=..."


def unpriced_models(client: Client, span: Span) -> list[UnpricedModel]:
    """Return the models without a price, the most frequent in a stretch of time first; none on a server that knows no prices."""
    try:
        return client.fetch(UNPRICED_PATH, list[UnpricedModel], {"from": span.from_, "to": span.to})
    except NotFoundError:
        return []
