"""`/api/v1/subjects`: what people wrote down about subjects."""

from datetime import datetime
from typing import Final

import msgspec

from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.principal import Scope
from meterlark.service.subjects import SubjectChange, SubjectEntry

SUBJECT_PATH: Final = "/api/v1/subjects/{subjectIdOrKey}"
SUBJECT_PARAMETER: Final = {"subjectIdOrKey": "The subject's id or key."}


class SubjectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What to write down; a field that is missing stays as it is, null clears it.

    Attributes:
        key: As in events.
        display_name: For people.
        metadata: Your own labels.
        stripe_customer_id: Its id at Stripe; begins with `cus_`.
        current_period_start: Start of its current period.
        current_period_end: End of its current period.
    """

    key: str
    display_name: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: dict[str, msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET
    stripe_customer_id: str | msgspec.UnsetType | None = msgspec.UNSET
    current_period_start: Time | msgspec.UnsetType | None = msgspec.UNSET
    current_period_end: Time | msgspec.UnsetType | None = msgspec.UNSET


class SubjectAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A subject as stored.

    Attributes:
        id: ULID.
        key: As in events.
        display_name: For people.
        metadata: The owner's labels.
        stripe_customer_id: Its id at Stripe.
        current_period_start: Start of its current period.
        current_period_end: End of its current period.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str
    display_name: str | None = None
    metadata: dict[str, msgspec.Raw] | None = None
    stripe_customer_id: str | None = None
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None
    created_at: datetime
    updated_at: datetime


def _to_api(entry: SubjectEntry) -> SubjectAnswer:
    subject = entry.subject
    return SubjectAnswer(
        id=entry.id,
        key=subject.key,
        display_name=subject.display_name,
        metadata=None if subject.metadata is None else msgspec.json.decode(subject.metadata, type=dict[str, msgspec.Raw]),
        stripe_customer_id=subject.stripe_customer_id,
        current_period_start=subject.current_period_start,
        current_period_end=subject.current_period_end,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
    )


def _from_api(body: SubjectBody, position: int) -> SubjectChange:
    metadata = body.metadata
    return SubjectChange(
        key=body.key,
        display_name=body.display_name,
        metadata=msgspec.Raw(json_bytes(metadata)) if isinstance(metadata, dict) else metadata,
        stripe_customer_id=body.stripe_customer_id,
        current_period_start=_time(body.current_period_start, f"[{position}].currentPeriodStart"),
        current_period_end=_time(body.current_period_end, f"[{position}].currentPeriodEnd"),
    )


def _time(text: str | msgspec.UnsetType | None, field: str) -> datetime | msgspec.UnsetType | None:
    return read_time(text, field=field) if isinstance(text, str) else text


async def list_subjects(call: Call) -> Reply:
    """Answer `GET /api/v1/subjects`."""
    return Reply(OK, json_bytes([_to_api(entry) for entry in await call.services.subjects.entries(by=call.principal)]), JSON_TYPE)


async def upsert_subjects(call: Call) -> Reply:
    """Answer `POST /api/v1/subjects`."""
    bodies: list[SubjectBody] = call.body
    changes = [_from_api(body, position) for position, body in enumerate(bodies)]
    entries = await call.services.subjects.upsert(changes, by=call.actor)
    return Reply(OK, json_bytes([_to_api(entry) for entry in entries]), JSON_TYPE)


async def get_subject(call: Call) -> Reply:
    """Answer `GET /api/v1/subjects/{subjectIdOrKey}`."""
    entry = await call.services.subjects.get(call.path["subjectIdOrKey"], by=call.principal)
    return Reply(OK, json_bytes(_to_api(entry)), JSON_TYPE)


async def delete_subject(call: Call) -> Reply:
    """Answer `DELETE /api/v1/subjects/{subjectIdOrKey}`."""
    await call.services.subjects.delete(call.path["subjectIdOrKey"], within=call.principal, by=call.actor)
    return Reply(NO_CONTENT)


_MANY: Final = (Content(JSON_TYPE, list[SubjectAnswer]),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/subjects",
        name="listSubjects",
        summary="List the subjects that something was written down about.",
        tag="subjects",
        scope=Scope.READ,
        handler=list_subjects,
        answers=(Answer(OK, "The subjects, by key.", _MANY),),
    ),
    Operation(
        method="POST",
        path="/api/v1/subjects",
        name="upsertSubject",
        summary="Write something down about subjects; fields that are missing stay as they are.",
        tag="subjects",
        scope=Scope.ADMIN,
        handler=upsert_subjects,
        body=(Content(JSON_TYPE, list[SubjectBody], [{"key": "acme", "displayName": "Acme Inc."}]),),
        answers=(Answer(OK, "The subjects as they are now.", _MANY),),
    ),
    Operation(
        method="GET",
        path=SUBJECT_PATH,
        name="getSubject",
        summary="Read one subject.",
        tag="subjects",
        scope=Scope.READ,
        handler=get_subject,
        path_parameters=SUBJECT_PARAMETER,
        answers=(Answer(OK, "The subject.", (Content(JSON_TYPE, SubjectAnswer),)),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="DELETE",
        path=SUBJECT_PATH,
        name="deleteSubject",
        summary="Forget what was written down about a subject; its events stay.",
        tag="subjects",
        scope=Scope.ADMIN,
        handler=delete_subject,
        path_parameters=SUBJECT_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is forgotten."),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
