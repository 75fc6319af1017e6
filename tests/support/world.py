"""A server in which every operation of the API has something to work on, and the request for each, made from its declaration.

Nearly everything in it belongs to the subject `canary-subject`; texts with `canary` in them must never reach who may not see that subject.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from api import Answered, Api, event

from meterlark.server.operation import Operation
from meterlark.server.operations import OPERATIONS
from meterlark.service.principal import Scope

CANARY = "canary"
SUBJECT = f"{CANARY}-subject"
METER = "openai_requests"


class World(NamedTuple):
    """A server and what is in it.

    Attributes:
        api: The server.
        parameters: A value for each path parameter of the API.
        bearers: A text for each kind of sender.
        ids: Of further things that a test puts in, by a name of its own.
    """

    api: Api
    parameters: dict[str, str]
    bearers: dict[str, str | None]
    ids: dict[str, str]

    def ask(self, operation: Operation, sender: str = "admin") -> Answered:
        """Send the request of an operation, with the body that its declaration gives as example."""
        if operation.name == "getProgress":
            # Progress is known to who asked; whoever may ask a question has asked one.
            self.ask(next(one for one in OPERATIONS if one.name == "queryMeter"), sender)
        queries: dict[str, dict[str, object]] = {
            "queryMeter": {"clientId": self.parameters["id"]},
            "explainEvent": {"id": "theirs", "source": "test"},
            "tailEvents": {"after": 0},
            "getPriceHistory": {"provider": "openai", "model": "gpt-4o"},
            "getCharges": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"},
        }
        return self.send(operation, sender, query=queries.get(operation.name, {}))

    def send(
        self,
        operation: Operation,
        sender: str,
        *,
        parameters: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: object = None,
        content_type: str = "",
    ) -> Answered:
        """Send a request of an operation; what is not given is that of the world, or the declared example."""
        path = operation.path
        for name, value in {**self.parameters, **(parameters or {})}.items():
            path = path.replace(f"{{{name}}}", value)
        if body is None and operation.body:
            body, content_type = operation.body[0].example, operation.body[0].media_type
        return self.api.ask(operation.method, path, body, query=query or {}, content_type=content_type, bearer=self.bearers[sender])


def make_world(api: Api, *, hours_later: int = 0) -> World:
    """Fill a new server; its clock stands some hours later afterwards: with two, the senders called expired are."""
    now = api.services.now()
    in_a_day = _text(now + dt.timedelta(hours=23))
    api.ingest(
        event("mine-1", "mine"),
        event("theirs", SUBJECT),
        event("sent-by-mistake", "mine", source="my-app"),
        event("counted-wrong", "mine", source="my-app"),
        event(
            "canary-1", SUBJECT, data={"model": f"{CANARY}-model", "total_tokens": 1, "prompt_tokens": 1, "completion_tokens": f"{CANARY}"}
        ),
    )
    price = {"rates": {"input_tokens": "1", "output_tokens": "1"}}
    models = {"openai": {"models": {"gpt-4o": {"prices": [price]}}}}
    assert api.ask("PUT", "/api/v1/prices/overrides", {"name": "own", "made_on": "2026-11-01", "providers": models}).status == 200
    customer = api.create(
        "/api/v1/customers", {"name": f"{CANARY}-name", "key": f"{CANARY}-key", "usageAttribution": {"subjectKeys": [SUBJECT]}}
    )
    [subject] = api.create("/api/v1/subjects", [{"key": SUBJECT, "displayName": f"{CANARY}-display"}])
    feature = api.create("/api/v1/features", {"key": "requests", "name": "Requests", "meterSlug": "llm_requests"})
    tokens_item = {"key": "tokens", "meter": "llm_total_tokens", "rate": {"type": "unit", "price": 1, "per": 1000}}
    card = {"currency": "USD", "since": "2026-01-01T00:00:00Z", "items": [tokens_item]}
    api.put("/api/v1/rate-card", {"key": "everybody", **card})
    spare = api.put("/api/v1/rate-card", {"key": "later", **card, "since": "2026-12-01T00:00:00Z"})
    api.put(f"/api/v1/customers/{customer['id']}/rate-card", {"key": f"{CANARY}_card", **card})
    first_day = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "acceptUncharged": True}
    closed = api.create("/api/v1/periods/close", {"customer": customer["id"], **first_day})
    tokens = {
        "portal": {"subject": "mine", "expiresAt": in_a_day},
        "portal invalidated": {"subject": "mine", "expiresAt": in_a_day},
        "portal expired": {"subject": "mine"},
        "portal of acme": {"subject": "acme", "expiresAt": in_a_day},  # what the example of `invalidatePortalTokens` takes away
    }
    bearers: dict[str, str | None] = {"none": None, "mistyped": "mlk_nonsense"}
    for name, body in tokens.items():
        made = api.create("/api/v1/portal/tokens", body)
        bearers[name] = made["token"]
        if name == "portal invalidated":
            api.ask("POST", "/api/v1/portal/tokens/invalidate", {"id": made["id"]})
    keys: dict[str, dict[str, object]] = {
        "ingest": {"scopes": ["ingest"]},
        "read": {"scopes": ["read"]},
        "bound read": {"scopes": ["read"], "subjects": ["mine"]},
        "expired": {"scopes": ["ingest", "read", "admin"], "expiresAt": _text(now + dt.timedelta(minutes=5))},
        "revoked": {"scopes": ["ingest", "read", "admin"]},
        "spare": {"scopes": ["read"]},
        "admin": {"scopes": ["admin"]},
    }
    ids: dict[str, str] = {}
    for name, rights in keys.items():
        made = api.create("/api/v1/keys", {"name": name, **rights}, bearer=bearers.get("expired"))
        bearers[name], ids[name] = made["key"], made["id"]
    assert api.ask("DELETE", f"/api/v1/keys/{ids['revoked']}", bearer=bearers["admin"]).status == 204
    meter = api.get(f"/api/v1/meters/{METER}", bearer=bearers["admin"])["id"]
    parameters = {
        "meterIdOrSlug": METER,
        "meterSlug": METER,
        "meterId": meter,
        "groupByKey": "model",
        "customerIdOrKey": customer["id"],
        "customerId": customer["id"],
        "subjectIdOrKey": subject["id"],
        "featureIdOrKey": feature["id"],
        "rateCardId": spare["id"],
        "periodId": closed["closed"][0]["id"],
        "keyId": ids["spare"],
        "id": "question",
    }
    later = now + dt.timedelta(hours=hours_later)
    api.services.keys._now = lambda: later
    api.services.portal._now = lambda: later
    return World(api, parameters, bearers, {})


def _text(at: dt.datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


MUTATING = [operation for operation in OPERATIONS if operation.scope is Scope.ADMIN and operation.method not in {"GET", "OPTIONS"}]
"""The operations that change something which people define."""


def audit_length(world: World) -> int:
    """Return how many entries the audit log has."""
    [*newest] = world.api.get("/api/v1/audit", limit=1, bearer=world.bearers["admin"])
    return newest[0]["number"] if newest else 0
