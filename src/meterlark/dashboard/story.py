"""One event's whole story: what was sent, what each meter read from it or why not, what came again, and that it was voided."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from meterlark.dashboard.event_rows import story_link
from meterlark.dashboard.page import Page, Visit, see_other
from meterlark.dashboard.people import person_of
from meterlark.dashboard.stamp import take_stamp
from meterlark.metering.window import load_zone
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.model.void import EventName
from meterlark.server.reply import Reply
from meterlark.server.voids import REASON_LENGTH_MAX
from meterlark.service.explain import problems_of
from meterlark.service.principal import Scope

Name = Annotated[str, Meta(min_length=1, max_length=ATTRIBUTE_LENGTH_MAX)]


class StoryQuery(msgspec.Struct, frozen=True):
    """Which event.

    Attributes:
        source: Of the event.
        id: Of the event.
        zone: Of the times shown.
    """

    source: Name
    id: Name
    zone: str | None = None


class VoidForm(msgspec.Struct, frozen=True):
    """Which event counts no more, and why."""

    source: Name
    id: Name
    reason: Annotated[str, Meta(min_length=1, max_length=REASON_LENGTH_MAX)]


async def show(visit: Visit) -> Reply:
    """Show the story."""
    call = visit.call
    query: StoryQuery = call.query
    stamp = await take_stamp(call)
    story = await call.services.explain.story(source=query.source, event_id=query.id, by=call.principal)
    correction = story.voiding.void.correction if story.voiding else None
    return visit.page(
        "story.html",
        stamp=stamp,
        zone=load_zone(query.zone or visit.frame.zone_name),
        story=story,
        event=story.event,
        person=person_of(call, story.event.subject),
        problems=problems_of(story.event, story.readings),
        cost=story.cost,
        text=pretty(story.record.text),
        conflicts=[(conflict, pretty(conflict.text)) for conflict in story.repeats.conflicts],
        corrected_by=None if correction is None else (correction, story_link(correction.source, correction.id)),
        corrects=None if story.corrects is None else (story.corrects, story_link(story.corrects.source, story.corrects.id)),
    )


async def void(visit: Visit) -> Reply:
    """Take an event out of every count."""
    form: VoidForm = visit.call.body
    name = EventName(form.source, form.id)
    await visit.call.services.voids.void(name, reason=form.reason, within=visit.call.principal, by=visit.call.actor)
    return see_other(story_link(form.source, form.id))


def pretty(text: bytes) -> str:
    """Return JSON text with one member a line; every digit and every escape stays as it was sent."""
    return msgspec.json.format(text, indent=2).decode()


PAGES: Final = (
    Page(path="/events/story", handler=show, query=StoryQuery),
    Page(method="POST", path="/events/void", scope=Scope.ADMIN, handler=void, form=VoidForm),
)
