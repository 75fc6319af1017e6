"""`/api/v1/prices/versions`: which prices hold for which events."""

from datetime import datetime
from typing import Final

import msgspec

from meterlark.pricing.journal import Origin, PriceVersion, Repricing
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.principal import Scope


class VersionDocument(msgspec.Struct, frozen=True, rename="camel"):
    """A price document that a version is made of.

    Attributes:
        origin: `bundled` with Meterlark, from the `file` of the settings, or set over the `api`.
        name: Its name.
        made_on: When its prices were collected.
        digest: SHA-256 of its content.
    """

    origin: Origin
    name: str
    made_on: str
    digest: str


class PriceBookVersion(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A version of the price book.

    Attributes:
        number: From 1.
        after_sequence: It holds for events with a greater sequence number, up to where the next version begins.
        made_at: When it came into force.
        digest: Of the whole book.
        documents: What it is made of, the weakest first.
    """

    number: int
    after_sequence: int
    made_at: datetime
    digest: str
    documents: list[VersionDocument]


class AppliedRepricing(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """That another version holds for chosen events.

    Attributes:
        number: From 1; of two that choose the same event the later one holds.
        version: The version that holds for them.
        upto: Only events with at most this sequence number.
        made_at: When it was applied.
        from_: First event time; null for all.
        to: End of the event times, exclusive; null for all.
        subjects: Their subjects; null for all.
        providers: Their providers; empty for all.
        models: Their models, as returned; empty for all.
    """

    number: int
    version: int
    upto: int
    made_at: datetime
    from_: datetime | None = msgspec.field(name="from")
    to: datetime | None
    subjects: list[str] | None
    providers: list[str]
    models: list[str]


class PriceJournal(msgspec.Struct, frozen=True):
    """Which prices hold for which events.

    Attributes:
        versions: The versions of the price book, by number.
        repricings: What was priced anew, in order.
    """

    versions: list[PriceBookVersion]
    repricings: list[AppliedRepricing]


def version_to_api(version: PriceVersion) -> PriceBookVersion:
    """Return a version in the form of the API."""
    documents = [VersionDocument(one.origin, one.name, one.made_on, one.digest) for one in version.documents]
    return PriceBookVersion(
        number=version.number,
        after_sequence=version.after,
        made_at=version.made_at,
        digest=version.digest,
        documents=documents,
    )


def repricing_to_api(one: Repricing) -> AppliedRepricing:
    """Return a repricing in the form of the API."""
    choice = one.choice
    return AppliedRepricing(
        number=one.number,
        version=one.version,
        upto=one.upto,
        made_at=one.made_at,
        from_=choice.start,
        to=choice.end,
        subjects=None if choice.subjects is None else sorted(choice.subjects),
        providers=sorted(choice.providers),
        models=sorted(choice.models),
    )


async def show_journal(call: Call) -> Reply:
    """Answer `GET /api/v1/prices/versions`."""
    journal = call.services.prices.journal
    answer = PriceJournal([version_to_api(one) for one in journal.versions], [repricing_to_api(one) for one in journal.repricings])
    return Reply(OK, json_bytes(answer), JSON_TYPE)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/prices/versions",
        name="listPriceVersions",
        summary="List the versions of the price book, and what was priced anew.",
        tag="prices",
        scope=Scope.READ,
        handler=show_journal,
        answers=(Answer(OK, "Both, in order.", (Content(JSON_TYPE, PriceJournal),)),),
    ),
)
