"""The journal of prices: which version of the price book holds for which event. The cost of an event follows from it and nothing else.

A version is in force for the events that the ledger takes while it is the newest one: it begins behind a sequence number. A repricing
makes another version hold for chosen events that were there before; of two that choose the same event the later one holds. Entries are
only ever added, so a warehouse that is filled anew from the same ledger and journal gives the same costs.
"""

from bisect import bisect_left
from datetime import datetime
from enum import StrEnum

import msgspec

from meterlark.pricing.usage import Consumption


class Origin(StrEnum):
    """Whose a price document is; the weakest first."""

    BUNDLED = "bundled"
    FILE = "file"
    API = "api"


class DocumentName(msgspec.Struct, frozen=True):
    """A price document that a version is made of.

    Attributes:
        digest: SHA-256 of its content, in hexadecimal.
        origin: Whose it is.
        name: Its own name.
        made_on: ISO day on which its prices were collected.
    """

    digest: str
    origin: Origin
    name: str
    made_on: str


class PriceVersion(msgspec.Struct, frozen=True):
    """One version of the price book.

    Attributes:
        number: From 1, without gaps.
        after: It holds for events with a greater sequence than this, up to where the next version begins.
        digest: Of the whole book.
        documents: What it is made of, the weakest first.
        made_at: When it came into force, aware UTC.
    """

    number: int
    after: int
    digest: str
    documents: tuple[DocumentName, ...]
    made_at: datetime


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are priced anew; None and empty mean no condition.

    Attributes:
        start: First event time, inclusive.
        end: First event time that is not chosen.
        subjects: Of these subjects.
        providers: Of these providers, as the events name them, in lower case.
        models: Of these models, as the providers returned them, in lower case.
    """

    start: datetime | None = None
    end: datetime | None = None
    subjects: frozenset[str] | None = None
    providers: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()

    def has(self, subject: str, used: Consumption) -> bool:
        """Tell whether an event is chosen."""
        return (
            (self.start is None or used.at >= self.start)
            and (self.end is None or used.at < self.end)
            and (self.subjects is None or subject in self.subjects)
            and (not self.providers or used.provider.lower() in self.providers)
            and (not self.models or used.model.lower() in self.models)
        )


class Repricing(msgspec.Struct, frozen=True):
    """That another version holds for chosen events.

    Attributes:
        number: From 1, without gaps.
        version: The number of the version that holds for them.
        upto: Only events with at most this sequence.
        choice: Which of them.
        made_at: When it was applied, aware UTC.
    """

    number: int
    version: int
    upto: int
    choice: Choice
    made_at: datetime


class Journal:
    """All versions and repricings of one moment; never changed, only replaced.

    Args:
        versions: By number; the first one holds from the start of the ledger.
        repricings: By number.
    """

    def __init__(self, versions: tuple[PriceVersion, ...], repricings: tuple[Repricing, ...] = ()) -> None:
        assert versions, "without a version no event would have a price"
        assert [version.number for version in versions] == list(range(1, len(versions) + 1)), "a version is missing"
        assert [one.number for one in repricings] == list(range(1, len(repricings) + 1)), "a repricing is missing"
        assert versions[0].after == 0, "events before the first version would have no price"
        self.versions = versions
        self.repricings = repricings
        self._afters = [version.after for version in versions]
        assert self._afters == sorted(self._afters), "a version began before the one that it follows"
        self._latest_first = repricings[::-1]

    @property
    def newest(self) -> PriceVersion:
        """The version that holds for the events to come."""
        return self.versions[-1]

    @property
    def revision(self) -> int:
        """How often costs that were there before have changed."""
        return len(self.repricings)

    def version_of(self, sequence: int, subject: str, used: Consumption) -> int:
        """Return the number of the version that holds for an event."""
        for one in self._latest_first:
            if sequence <= one.upto and one.choice.has(subject, used):
                return one.version
        return bisect_left(self._afters, sequence)

    def with_version(self, version: PriceVersion) -> "Journal":
        """Return the journal with one more version."""
        return Journal((*self.versions, version), self.repricings)

    def with_repricing(self, repricing: Repricing) -> "Journal":
        """Return the journal with one more repricing."""
        return Journal(self.versions, (*self.repricings, repricing))
