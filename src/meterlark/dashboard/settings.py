"""Keys, portal tokens, and how the server is: what an administrator needs."""

import asyncio
from datetime import timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.dashboard.page import Page, Visit, see_other
from meterlark.dashboard.stamp import take_stamp
from meterlark.server.reply import Reply
from meterlark.service.keys import GRACE_SECONDS_MAX, RATE_MAX, KeyRights
from meterlark.service.principal import Scope

TOKENS_SHOWN: Final = 50
AUDIT_SHOWN: Final = 20
DAYS_MAX: Final = 3_650
HOUR_SECONDS: Final = 3_600

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """A key to make.

    Attributes:
        name: For people.
        scope: What it may do.
        subjects: The only subjects, one a line; empty for all.
        rate: Requests each second; empty for no limit.
        days: How long it lives; empty for ever.
    """

    name: str
    scope: list[Literal["ingest", "read", "admin"]] = []
    subjects: str = ""
    rate: Annotated[int, Meta(ge=1, le=RATE_MAX)] | None = None
    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)] | None = None


class RotateForm(msgspec.Struct, frozen=True):
    """A key to replace.

    Attributes:
        id: Of the key.
        hours: How long the old one goes on.
    """

    id: Id
    hours: Annotated[int, Meta(ge=0, le=GRACE_SECONDS_MAX // HOUR_SECONDS)] = 0


class IdForm(msgspec.Struct, frozen=True):
    """A key or token to end."""

    id: Id


async def show(visit: Visit) -> Reply:
    """Show the settings; to whoever may not change them, only how the server is."""
    call = visit.call
    services = call.services
    now = services.now()
    is_admin = visit.frame.may_change
    return visit.page(
        "settings.html",
        stamp=await take_stamp(call),
        lag=services.projector.lag,
        zone=visit.zone,
        checks=await asyncio.to_thread(services.health.checks),
        counts=None if visit.frame.is_bound else await asyncio.to_thread(services.ledger.counts),
        keys=await services.keys.keys() if is_admin else [],
        tokens=[token for token in await services.portal.tokens(limit=TOKENS_SHOWN) if token.expires_at > now] if is_admin else [],
        audit=await services.audit.entries(before=None, limit=AUDIT_SHOWN) if is_admin else [],
        own=call.principal.name,
    )


async def create_key(visit: Visit) -> Reply:
    """Make a key and show its text once."""
    form: KeyForm = visit.call.body
    services = visit.call.services
    was_open = visit.frame.is_open
    subjects = tuple(line.strip() for line in form.subjects.splitlines() if line.strip())
    rights = KeyRights(
        name=form.name,
        scopes=tuple(Scope(scope) for scope in dict.fromkeys(form.scope)),
        subjects=subjects or None,
        requests_per_second=form.rate,
        expires_at=None if form.days is None else services.now() + timedelta(days=form.days),
    )
    made = await services.keys.create(rights, within=visit.call.principal, by=visit.call.actor)
    return visit.page("key_made.html", made=made, ends_open=was_open and not services.keys.is_open)


async def rotate_key(visit: Visit) -> Reply:
    """Replace a key and show the new one's text once."""
    form: RotateForm = visit.call.body
    made = await visit.call.services.keys.rotate(form.id, grace_seconds=form.hours * HOUR_SECONDS, by=visit.call.actor)
    return visit.page("key_made.html", made=made, ends_open=False)


async def revoke_key(visit: Visit) -> Reply:
    """End a key now."""
    form: IdForm = visit.call.body
    await visit.call.services.keys.revoke(form.id, by=visit.call.actor)
    return see_other("/settings")


async def invalidate_token(visit: Visit) -> Reply:
    """Take back a portal token."""
    form: IdForm = visit.call.body
    await visit.call.services.portal.invalidate(token_id=form.id, subject=None, by=visit.call.actor)
    return see_other("/settings")


async def back(_visit: Visit) -> Reply:
    """Lead from an address that only takes forms to the page that has them."""
    return see_other("/settings")


PAGES: Final = (
    Page(path="/settings", handler=show),
    Page(method="POST", path="/settings/keys", scope=Scope.ADMIN, handler=create_key, form=KeyForm),
    Page(path="/settings/keys", handler=back),
    Page(method="POST", path="/settings/keys/rotate", scope=Scope.ADMIN, handler=rotate_key, form=RotateForm),
    Page(path="/settings/keys/rotate", handler=back),
    Page(method="POST", path="/settings/keys/revoke", scope=Scope.ADMIN, handler=revoke_key, form=IdForm),
    Page(method="POST", path="/settings/portal/invalidate", scope=Scope.ADMIN, handler=invalidate_token, form=IdForm),
)
