"""`/healthz/live`, `/healthz/ready` and `/metrics`: is the process alive, can it do its work, and how much has it done."""

import asyncio
from typing import Final

import msgspec

from meterlark.model.errors import UnavailableError
from meterlark.server.metrics import METRICS_TYPE, metrics_text
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.principal import Scope

ALARM: Final = "alarm: there is usage without a price; GET /api/v1/prices/unpriced lists the models"
"""Says no more: anybody may ask."""


class HealthAnswer(msgspec.Struct, frozen=True):
    """The result of every check.

    Attributes:
        status: `ok`.
        checks: What was looked at; `alarm: …` is no reason to send nothing here, but one to look.
    """

    status: str
    checks: dict[str, str]


async def live(_call: Call) -> Reply:
    """Answer `GET /healthz/live`: that it is answered says it all."""
    return Reply(OK, json_bytes(HealthAnswer("ok", {})), JSON_TYPE)


async def ready(call: Call) -> Reply:
    """Answer `GET /healthz/ready`.

    Raises:
        UnavailableError: Something keeps the server from its work; the message says what.
    """
    checks = await asyncio.to_thread(call.services.health.checks)
    unpriced = await call.services.unpriced.count()
    bad = [f"{check.name}: {check.detail}" for check in checks if not check.is_ok]
    if bad:
        raise UnavailableError("; ".join(bad), retry_after_seconds=5)
    said = {check.name: "ok" for check in checks} | {"prices": ALARM if unpriced is not None and unpriced.events else "ok"}
    return Reply(OK, json_bytes(HealthAnswer("ok", said)), JSON_TYPE)


async def metrics(call: Call) -> Reply:
    """Answer `GET /metrics`."""
    return Reply(OK, await asyncio.to_thread(metrics_text, call.services, await call.services.unpriced.count()), METRICS_TYPE)


_HEALTH: Final = (Content(JSON_TYPE, HealthAnswer),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/healthz/live",
        name="live",
        summary="Tell that the process is alive.",
        tag="operations",
        scope=None,
        handler=live,
        answers=(Answer(OK, "It is.", _HEALTH),),
    ),
    Operation(
        method="GET",
        path="/healthz/ready",
        name="ready",
        summary="Tell whether the server can take events and answer questions.",
        tag="operations",
        scope=None,
        handler=ready,
        answers=(Answer(OK, "It can.", _HEALTH),),
        problems=(UnavailableError,),
    ),
    Operation(
        method="GET",
        path="/metrics",
        name="metrics",
        summary="Operational metrics in the Prometheus text format; not for billing.",
        tag="operations",
        scope=Scope.READ,
        handler=metrics,
        answers=(Answer(OK, "The metrics.", (Content(METRICS_TYPE),)),),
    ),
)
