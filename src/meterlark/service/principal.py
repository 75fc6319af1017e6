"""Who asks, and what they may do."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from meterlark.model.errors import ForbiddenError
from meterlark.model.event import Event

KEY_NAME: Final = "key:"
"""What the name of a key's principal begins with; its id follows."""


class Scope(StrEnum):
    """What a key or token is for."""

    INGEST = "ingest"
    READ = "read"
    ADMIN = "admin"
    """Everything, the other two included."""
    PORTAL = "portal"
    """One subject's own usage, by a portal token."""


class Actor(msgspec.Struct, frozen=True):
    """Who makes a change, for the audit log.

    Attributes:
        name: `key:` and its id, `open`, `configuration`, `command line`.
        request_id: Of the request; empty for none.
    """

    name: str
    request_id: str = ""


class Principal(msgspec.Struct, frozen=True):
    """Who sent a request.

    Attributes:
        name: As in `Actor.name`.
        scopes: What it may do.
        subjects: The only subjects it may write or see; None for all.
        sources: The only sources it may write; None for all.
        meters: The only meters, by slug, that it may see; None for all.
    """

    name: str
    scopes: frozenset[Scope]
    subjects: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    meters: frozenset[str] | None = None

    def require(self, scope: Scope) -> None:
        """Return when the scope is allowed.

        Raises:
            ForbiddenError: It is not.
        """
        if scope in self.scopes or (Scope.ADMIN in self.scopes and scope is not Scope.PORTAL):
            return
        given = ", ".join(sorted(self.scopes)) or "nothing"
        raise ForbiddenError(f"this needs the scope {scope}; the key has {given}")

    def require_subjects(self, subjects: Iterable[str]) -> None:
        """Return when every subject may be seen.

        Raises:
            ForbiddenError: One may not; it is not named, because whether it exists is not theirs to know.
        """
        if self.subjects is not None and not self.subjects.issuperset(subjects):
            raise ForbiddenError("the key is bound to certain subjects, and others were asked for")

    def require_writable(self, event: Event, *, what: str) -> None:
        """Return when an event may be written.

        Raises:
            ForbiddenError: Its subject or source may not; `what` names the event.
        """
        for name, value, allowed in (("subject", event.subject, self.subjects), ("source", event.source, self.sources)):
            if allowed is not None and value not in allowed:
                raise ForbiddenError(f"{what}: the key may not write the {name} {value[:80]!r}")

    def visible_subjects(self, asked: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Return the subjects that an answer may be about; None for all.

        Raises:
            ForbiddenError: One was asked for that may not be seen.
        """
        if self.subjects is None:
            return asked
        if asked is None:
            return tuple(sorted(self.subjects))
        self.require_subjects(asked)
        return asked

    def require_meter(self, slug: str) -> None:
        """Return when a meter may be seen.

        Raises:
            ForbiddenError: It may not.
        """
        if self.meters is not None and slug not in self.meters:
            raise ForbiddenError("meter slug not allowed")


OPEN: Final = Principal("open", frozenset((Scope.INGEST, Scope.READ, Scope.ADMIN)))
"""Everybody, while there is no admin key and the server listens on loopback only."""
