"""The price book: from the names a provider returned to the prices of that model and tier, and why there are none.

A name means a model only by a rule of a price document: its own name, a listed name, a listed beginning, a listed pattern, in this order,
the later document's rules first. A date at a name's end is never cut off to find a price: `gpt-4o-2024-05-13` costs twice `gpt-4o`.

Whose prices hold is said by the address in the event's source, where it has one: many servers speak OpenAI's format, and events of all of
them may name `openai`. An address that no document lists has no prices; a user's own document can give a gateway's address to a provider.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from meterlark.pricing.document import Document, Model, Provider, digest_document
from meterlark.pricing.plan import Reason, Unpriced
from meterlark.pricing.timeline import Entry, Timeline

ROUTES_MAX: Final = 10_000
"""Found routes that are kept. Names come from events, so their number has no other bound; a book prices about 3,000 tiers of models."""


class PriceBook:
    """Prices from several documents; where two price the same, the later document wins.

    Args:
        documents: Checked documents, the weakest first: the snapshot, our overrides, the user's own.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        self._providers = _provider_names(self._documents)
        self._routes: dict[tuple[str, str, str, str], Timeline | Unpriced] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        digests = "".join(digest_document(document) for document in self._documents)
        self.version: Final = sha256(digests.encode()).hexdigest()
        """Changes with every price, name and date in any document; kept with each cost."""

    def find(self, provider: str, model: str, tier: str, source: str = "") -> Timeline | Unpriced:
        """Return the prices of a tier of a model by the names that were returned, or why there are none."""
        key = (provider, model, tier, source)
        found = self._routes.get(key)
        if found is None:
            found = self._find(provider.lower(), model.lower(), tier, source)
            if len(self._routes) >= ROUTES_MAX:
                self._routes.clear()
            self._routes[key] = found
        return found

    def _find(self, provider: str, model: str, tier: str, source: str) -> Timeline | Unpriced:
        found = self.resolve(provider, model, source)
        return found if isinstance(found, Unpriced) else self.timeline(*found, tier)

    def resolve(self, provider: str, model: str, source: str = "") -> tuple[str, str] | Unpriced:
        """Return whose model a returned name means and how it is listed, or why none; names are in lower case."""
        address = _address_of(source)
        if address:
            seller = self._provider_at(address)
            if seller is None:
                fix = f"meterlark prices override --provider NAME --address {address}"
                text = f"no price document has a provider at {address!r}; say whose prices hold there: {fix}"
                return Unpriced(Reason.UNKNOWN_PROVIDER, text)
        else:
            seller = self._providers.get(provider)
            if seller is None:
                return Unpriced(Reason.UNKNOWN_PROVIDER, f"no price document has the provider {provider!r}")
        for owner in (seller, *self._sold_by(seller)):
            name = self._model_name(owner, model)
            if name is not None:
                return owner, name
        return Unpriced(Reason.UNKNOWN_MODEL, f"no price document has the model {model!r} of {seller}")

    def _provider_at(self, address: str) -> str | None:
        for document in reversed(self._documents):
            for name, listed in document.providers.items():
                if any(self._compiled(url).match(address) is not None for url in listed.urls):
                    return name
        return None

    def models(self) -> list[tuple[str, str]]:
        """Return each listed model with its provider, sorted."""
        return sorted({(name, model) for document in self._documents for name, one in document.providers.items() for model in one.models})

    def timeline(self, provider: str, model: str, tier: str) -> Timeline | Unpriced:
        """Return the prices of a tier of a listed model, or why there are none."""
        entries = self.entries(provider, model)
        of_tier = [entry for entry in entries if entry.price.tier == tier]
        if not of_tier:
            known = ", ".join(sorted({entry.price.tier for entry in entries})) or "none"
            return Unpriced(Reason.UNKNOWN_TIER, f"{provider}/{model} has no price for the tier {tier!r}; it has: {known}")
        return Timeline(of_tier)

    def entries(self, provider: str, model: str) -> list[Entry]:
        """Return every price of a listed model, in whatever document, the weakest first."""
        return [
            Entry(
                rank,
                price,
                provider,
                model,
                document.currency,
                document.name,
                price.source or " ".join(listed.sources),
                price.seen_on or document.made_on,
            )
            for rank, document in enumerate(self._documents)
            if (listed := document.providers.get(provider)) is not None and model in listed.models
            for price in listed.models[model].prices
        ]

    def _sold_by(self, seller: str) -> Iterable[str]:
        for document in reversed(self._documents):
            if (listed := document.providers.get(seller)) is not None and listed.sells_models_of:
                return listed.sells_models_of
        return ()

    def _model_name(self, provider: str, name: str) -> str | None:
        lists = [listed for document in reversed(self._documents) if (listed := document.providers.get(provider)) is not None]
        for listed in lists:
            if (found := self._match(listed, name)) is not None:
                return found
        return None

    def _match(self, listed: Provider, name: str) -> str | None:
        if name in listed.models:
            return name
        models = listed.models.items()
        return (
            next((key for key, model in models if name in model.names), None)
            or next((key for key, model in models if model.prefixes and name.startswith(model.prefixes)), None)
            or next((key for key, model in models if self._matches_pattern(model, name)), None)
        )

    def _matches_pattern(self, model: Model, name: str) -> bool:
        return any(self._compiled(pattern).fullmatch(name) is not None for pattern in model.patterns)

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        compiled = self._patterns.get(pattern)
        if compiled is None:
            compiled = self._patterns[pattern] = re.compile(pattern)
        return compiled


def _address_of(source: str) -> str:
    """Return the URL in a source, with or without a provider's name before it; empty when there is none."""
    if source.startswith(("https://", "http://")):
        return source
    rest = source.partition(":")[2]
    return rest if rest.startswith(("https://", "http://")) else ""


def _provider_names(documents: Iterable[Document]) -> dict[str, str]:
    names: dict[str, str] = {}
    for document in documents:
        for key, provider in document.providers.items():
            names |= dict.fromkeys(provider.names, key)
    # A provider's own name goes before another's alias.
    return names | {key: key for document in documents for key in document.providers}
