"""`/api/v1/info` and `/api/v1/debug`: currencies, the progress of questions, and metrics where clients of the protocol look for them."""

from typing import Final

from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.server.health import metrics
from meterlark.server.metrics import METRICS_TYPE
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.problem import OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.currency import Currency, currencies
from meterlark.service.principal import Scope
from meterlark.service.progress import Progress


async def list_currencies(_call: Call) -> Reply:
    """Answer `GET /api/v1/info/currencies`."""
    return Reply(OK, json_bytes(list(currencies().values())), JSON_TYPE)


async def get_progress(call: Call) -> Reply:
    """Answer `GET /api/v1/info/progress/{id}`."""
    return Reply(OK, json_bytes(call.services.progress.get(call.path["id"], by=call.principal)), JSON_TYPE)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/info/currencies",
        name="listCurrencies",
        summary="List the currencies of ISO 4217.",
        tag="info",
        scope=Scope.READ,
        handler=list_currencies,
        answers=(Answer(OK, "The currencies, by code.", (Content(JSON_TYPE, list[Currency]),)),),
    ),
    Operation(
        method="GET",
        path="/api/v1/info/progress/{id}",
        name="getProgress",
        summary="Tell how far a question is that was sent with a `clientId`.",
        tag="info",
        scope=Scope.READ,
        handler=get_progress,
        path_parameters={"id": "The question's clientId."},
        answers=(Answer(OK, "How far it is.", (Content(JSON_TYPE, Progress),)),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="GET",
        path="/api/v1/debug/metrics",
        name="getDebugMetrics",
        summary="The same as `/metrics`.",
        tag="operations",
        scope=Scope.READ,
        handler=metrics,
        answers=(Answer(OK, "The metrics.", (Content(METRICS_TYPE),)),),
    ),
)
