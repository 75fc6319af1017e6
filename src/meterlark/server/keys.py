"""`/api/v1/keys`: make, list, rotate and revoke API keys."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.model.errors import ForbiddenError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.times import Time, read_time
from meterlark.service.keys import GRACE_SECONDS_MAX, ApiKey, KeyRights, NewKey
from meterlark.service.principal import Scope

KEY_PATH: Final = "/api/v1/keys/{keyId}"
KEY_PARAMETER: Final = {"keyId": "The key's id."}


class NewKeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What a key is for.

    Attributes:
        name: For people.
        scopes: `ingest` sends events, `read` asks, `admin` does everything.
        subjects: The only subjects it may write or see.
        sources: The only sources it may write.
        requests_per_second: Limit.
        expires_at: From when on it is refused.
    """

    name: str
    scopes: list[Literal["ingest", "read", "admin"]]
    subjects: list[str] | None = None
    sources: list[str] | None = None
    requests_per_second: int | None = None
    expires_at: Time | None = None


class RotateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """How a key is replaced.

    Attributes:
        grace_seconds: How long the old key goes on.
    """

    grace_seconds: Annotated[int, Meta(ge=0, le=GRACE_SECONDS_MAX)] = 0


class KeyAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A key.

    Attributes:
        id: ULID.
        start: The first characters of its text.
        name: For people.
        scopes: What it may do.
        subjects: The only subjects it may write or see.
        sources: The only sources it may write.
        requests_per_second: Limit.
        expires_at: From when on it is refused.
        created_at: When it was made.
        updated_at: When it was changed last.
        key: Its text; only in the answer that makes it.
    """

    id: str
    start: str
    name: str
    scopes: list[str]
    subjects: list[str] | None = None
    sources: list[str] | None = None
    requests_per_second: int | None = None
    expires_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    key: str | None = None


def to_api(key: ApiKey, text: str | None = None) -> KeyAnswer:
    """Return a key in the form of the API."""
    rights = key.rights
    return KeyAnswer(
        id=key.id,
        start=key.start,
        name=rights.name,
        scopes=[scope.value for scope in rights.scopes],
        subjects=None if rights.subjects is None else list(rights.subjects),
        sources=None if rights.sources is None else list(rights.sources),
        requests_per_second=rights.requests_per_second,
        expires_at=rights.expires_at,
        created_at=key.created_at,
        updated_at=key.updated_at,
        key=text,
    )


async def list_keys(call: Call) -> Reply:
    """Answer `GET /api/v1/keys`."""
    return Reply(OK, json_bytes([to_api(key) for key in await call.services.keys.keys()]), JSON_TYPE)


async def create_key(call: Call) -> Reply:
    """Answer `POST /api/v1/keys`."""
    body: NewKeyBody = call.body
    rights = KeyRights(
        name=body.name,
        scopes=tuple(Scope(scope) for scope in dict.fromkeys(body.scopes)),
        subjects=None if body.subjects is None else tuple(body.subjects),
        sources=None if body.sources is None else tuple(body.sources),
        requests_per_second=body.requests_per_second,
        expires_at=read_time(body.expires_at, field="expiresAt"),
    )
    return _made(await call.services.keys.create(rights, within=call.principal, by=call.actor))


async def get_key(call: Call) -> Reply:
    """Answer `GET /api/v1/keys/{keyId}`."""
    return Reply(OK, json_bytes(to_api(await call.services.keys.get(call.path["keyId"]))), JSON_TYPE)


async def rotate_key(call: Call) -> Reply:
    """Answer `POST /api/v1/keys/{keyId}/rotate`."""
    body: RotateBody = call.body
    return _made(await call.services.keys.rotate(call.path["keyId"], grace_seconds=body.grace_seconds, by=call.actor))


async def revoke_key(call: Call) -> Reply:
    """Answer `DELETE /api/v1/keys/{keyId}`."""
    await call.services.keys.revoke(call.path["keyId"], by=call.actor)
    return Reply(NO_CONTENT)


def _made(made: NewKey) -> Reply:
    return Reply(CREATED, json_bytes(to_api(made.key, made.text)), JSON_TYPE)


_ONE: Final = (Content(JSON_TYPE, KeyAnswer),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/keys",
        name="listKeys",
        summary="List the API keys, without their texts.",
        tag="keys",
        scope=Scope.ADMIN,
        handler=list_keys,
        answers=(Answer(OK, "The keys.", (Content(JSON_TYPE, list[KeyAnswer]),)),),
    ),
    Operation(
        method="POST",
        path="/api/v1/keys",
        name="createKey",
        summary="Make an API key; its text is shown once. The first admin key ends the open mode.",
        tag="keys",
        scope=Scope.ADMIN,
        handler=create_key,
        body=(Content(JSON_TYPE, NewKeyBody, {"name": "billing job", "scopes": ["read"]}),),
        answers=(Answer(CREATED, "The key, with its text.", _ONE),),
        problems=(InvalidInputError, ForbiddenError),
    ),
    Operation(
        method="GET",
        path=KEY_PATH,
        name="getKey",
        summary="Read one key, without its text.",
        tag="keys",
        scope=Scope.ADMIN,
        handler=get_key,
        path_parameters=KEY_PARAMETER,
        answers=(Answer(OK, "The key.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="POST",
        path=f"{KEY_PATH}/rotate",
        name="rotateKey",
        summary="Make a key with the same rights; the old one ends, now or after a grace.",
        tag="keys",
        scope=Scope.ADMIN,
        handler=rotate_key,
        body=(Content(JSON_TYPE, RotateBody, {"graceSeconds": 3600}),),
        path_parameters=KEY_PARAMETER,
        answers=(Answer(CREATED, "The new key, with its text.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="DELETE",
        path=KEY_PATH,
        name="revokeKey",
        summary="End a key now.",
        tag="keys",
        scope=Scope.ADMIN,
        handler=revoke_key,
        path_parameters=KEY_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is ended."),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
