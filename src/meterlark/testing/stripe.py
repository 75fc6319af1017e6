"""A loopback stand-in for Stripe's invoice items, which refuses what the documented request format does not allow.

    with Stripe() as stripe:
        ...  # METERLARK_STRIPE_URL=stripe.url METERLARK_STRIPE_API_KEY=sk_test_...
        assert [item.amount for item in stripe.items] == [247]

POST and GET /v1/invoiceitems. Checked are the bearer key, form encoding, known parameters, their types and lengths, metadata's limits, and
`Idempotency-Key`: the same key gives the same answer, with other parameters an error, until `forget_keys` lets a day pass.
Rules: docs.stripe.com/api/invoiceitems, /api/metadata, /api/idempotent_requests, /currencies, read 2026-11-25.
"""

import re
import threading
import time
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl

import msgspec

from meterlark.testing.received import ReceivedRequest, RequestLog
from meterlark.testing.reply import Reply
from meterlark.testing.transport import HOST, LoopbackServer

KEY_PREFIXES: Final = ("sk_test_", "rk_test_")
FORM_TYPE: Final = "application/x-www-form-urlencoded"
IDEMPOTENCY_KEY_MAX: Final = 255
DESCRIPTION_MAX: Final = 5_000
METADATA_KEYS_MAX, METADATA_KEY_MAX, METADATA_VALUE_MAX = 50, 40, 500
PAGE_MAX: Final = 100

_THREE_DECIMAL: Final = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
_METADATA: Final = re.compile(r"metadata\[(?P<key>[^\[\]]+)\]")
_NUMBERS: Final = {"period[start]", "period[end]"}
_TEXTS: Final = {"customer", "currency", "description"}


class InvoiceItem(msgspec.Struct, frozen=True):
    """One item that somebody will pay."""

    id: str
    customer: str
    amount: int
    currency: str
    description: str
    period: dict[str, int]
    metadata: dict[str, str]
    date: int
    object: str = "invoiceitem"


class RefusedError(Exception):
    """The request breaks a rule."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class Stripe:
    """The stand-in; a context manager."""

    def __init__(self) -> None:
        self.items: list[InvoiceItem] = []
        self.fails_after: int | None = None
        """Number of items from which on a creation is answered with an error, which is also what its key gives from then on."""
        self._answers: dict[str, tuple[dict[str, str], Reply]] = {}
        self._lock = threading.Lock()
        self._log = RequestLog()
        self._server: LoopbackServer | None = None

    @property
    def url(self) -> str:
        """Its address."""
        assert self._server is not None
        return f"http://{HOST}:{self._server.port}"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What was received, in order."""
        return self._log.snapshot()

    def forget_keys(self) -> None:
        """Let the day pass after which idempotency keys are forgotten."""
        with self._lock:
            self._answers.clear()

    def __enter__(self) -> Self:
        """Listen."""
        self._server = LoopbackServer(self._respond, self._log)
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        assert self._server is not None
        self._server.close()

    def _respond(self, request: ReceivedRequest) -> Reply:
        with self._lock:
            try:
                _check_request(request)
                return self._list(request) if request.method == "GET" else self._create(request)
            except RefusedError as error:
                return _reply({"error": {"type": error.kind, "message": str(error)}}, status=error.status)

    def _create(self, request: ReceivedRequest) -> Reply:
        if request.headers.get("content-type") != FORM_TYPE:
            raise RefusedError(f"content-type is {request.headers.get('content-type')!r}, not {FORM_TYPE}")
        pairs = parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        form = dict(pairs)
        if len(form) != len(pairs):
            raise RefusedError("a parameter is given twice")
        key = request.headers.get("idempotency-key", "")
        if not 1 <= len(key) <= IDEMPOTENCY_KEY_MAX:
            raise RefusedError(f"Idempotency-Key has {len(key)} characters; 1 to {IDEMPOTENCY_KEY_MAX} are expected here")
        if key in self._answers:
            known, answer = self._answers[key]
            if known != form:
                raise RefusedError("Keys for idempotent requests can only be used with the same parameters", kind="idempotency_error")
            return answer
        item = _item(form, number=len(self.items) + 1)
        self.items.append(item)
        answer = _reply(msgspec.to_builtins(item))
        if self.fails_after is not None and len(self.items) >= self.fails_after:
            answer = _reply({"error": {"type": "api_error", "message": "An unknown error occurred"}}, status=500)
        self._answers[key] = (form, answer)
        return answer

    def _list(self, request: ReceivedRequest) -> Reply:
        asked = dict(parse_qsl(request.query, strict_parsing=True))
        unknown = set(asked) - {"customer", "limit", "starting_after", "created[gte]"}
        if unknown:
            raise RefusedError(f"Received unknown parameter: {min(unknown)}")
        limit = _integer(asked.get("limit", "10"), "limit")
        if not 1 <= limit <= PAGE_MAX:
            raise RefusedError(f"limit is {limit}; allowed are 1 to {PAGE_MAX}")
        since = _integer(asked.get("created[gte]", "0"), "created[gte]")
        newest_first = [one for one in reversed(self.items) if one.customer == asked.get("customer", one.customer) and one.date >= since]
        after = asked.get("starting_after")
        start = 0 if after is None else next(n for n, one in enumerate(newest_first, start=1) if one.id == after)
        page = newest_first[start : start + limit]
        more = len(newest_first) > start + limit
        return _reply({"object": "list", "data": [msgspec.to_builtins(one) for one in page], "has_more": more, "url": request.path})


def _check_request(request: ReceivedRequest) -> None:
    if request.path != "/v1/invoiceitems" or request.method not in {"GET", "POST"}:
        raise RefusedError(f"Unrecognized request URL ({request.method}: {request.path})", status=404)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith(KEY_PREFIXES):
        raise RefusedError("Invalid API Key provided", status=401)


def _item(form: dict[str, str], *, number: int) -> InvoiceItem:
    metadata = {match["key"]: value for name, value in form.items() if (match := _METADATA.fullmatch(name)) is not None}
    unknown = {name for name in form if _METADATA.fullmatch(name) is None} - _NUMBERS - _TEXTS - {"amount"}
    if unknown:
        raise RefusedError(f"Received unknown parameter: {min(unknown)}")
    if not form.get("customer", "").startswith("cus_"):
        raise RefusedError(f"No such customer: {form.get('customer', '')!r}")
    currency = form.get("currency", "")
    if re.fullmatch(r"[a-z]{3}", currency) is None:
        raise RefusedError(f"Invalid currency: {currency!r}")
    amount = _integer(form.get("amount", ""), "amount")
    if currency in _THREE_DECIMAL and amount % 10:
        raise RefusedError(f"amount is {amount}; the last digit of three must be 0")
    if len(form.get("description", "")) > DESCRIPTION_MAX:
        raise RefusedError(f"description is longer than {DESCRIPTION_MAX} characters")
    period = {name: _integer(form.get(f"period[{name}]", ""), f"period[{name}]") for name in ("start", "end")}
    if period["end"] < period["start"]:
        raise RefusedError("period[end] is before period[start]")
    too_long = any(len(key) > METADATA_KEY_MAX or len(value) > METADATA_VALUE_MAX for key, value in metadata.items())
    if len(metadata) > METADATA_KEYS_MAX or too_long:
        raise RefusedError("metadata is over its limits")
    item_id = f"ii_{number:024}"
    return InvoiceItem(item_id, form["customer"], amount, currency, form.get("description", ""), period, metadata, int(time.time()))


def _integer(text: str, name: str) -> int:
    if re.fullmatch(r"-?[0-9]{1,15}", text) is None:
        raise RefusedError(f"Invalid integer: {name} is {text!r}")
    return int(text)


def _reply(body: dict[str, Any], *, status: int = 200) -> Reply:
    return Reply(status=status, headers=(("content-type", "application/json"),), payload=msgspec.json.encode(body))
