"""`meterlark export stripe`: send a closed period to Stripe as invoice items."""

import http.client
from typing import Annotated, Final
from urllib.parse import quote, urlencode

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.customers import CUSTOMERS_PATH
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.stripe_items import LINE_KEY, PERIOD_KEY, InvoiceItem, invoice_items
from meterlark.client.types import ChargeAnswer, CustomerAnswer
from meterlark.config import stripe_address, stripe_key
from meterlark.model.errors import ConflictError, ForbiddenError, InvalidInputError, UnavailableError
from meterlark.model.time import SECOND_US, to_microseconds
from meterlark.sdk.api import Api, Reply

CUSTOMER_LABEL: Final = "stripe_customer"
"""Label of a customer that holds Stripe's id of it."""

ITEMS_PATH: Final = "/v1/invoiceitems"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
TIMEOUT_SECONDS: Final = 80.0
"""As long as Stripe's own clients wait."""

PAGE_ITEMS: Final = 100
PAGES_MAX: Final = 1_000
"""Pages of items that are looked through for those that were sent before; 100,000 items since the period was closed."""

CLOCK_SECONDS: Final = 86_400
"""How far Stripe's clock may be from that of the server, generously."""


class _Sent(msgspec.Struct, frozen=True):
    """An invoice item as Stripe lists it."""

    id: str
    amount: int
    metadata: dict[str, str] = {}


class _Listed(msgspec.Struct, frozen=True):
    data: list[_Sent]
    has_more: bool


class _Error(msgspec.Struct, frozen=True):
    message: str = ""


class _Problem(msgspec.Struct, frozen=True):
    error: _Error = _Error()


class Outcome(msgspec.Struct, frozen=True):
    """What became of one item.

    Attributes:
        line: Number of the line in the period.
        amount: Minor units.
        state: `sent`, or `there` when it was sent before; `planned` in a dry run.
        id: Stripe's; None in a dry run.
    """

    line: int
    amount: int
    state: str
    id: str | None = None


def stripe(
    period: Annotated[str, Parameter(help="Its id; meterlark periods list has them.")],
    /,
    *,
    customer: Annotated[str | None, Parameter(help="Stripe's id (cus_...); the customer's label stripe_customer by default.")] = None,
    dry_run: Annotated[bool, Parameter(negative="", help="Show what would be sent, and send nothing.")] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Send a closed period to Stripe as invoice items of the customer's next invoice; what is there already is not sent again.

    The key comes from METERLARK_STRIPE_API_KEY.
    """
    with Client(url) as client:
        charge = client.fetch(f"/api/v1/periods/{quote(period, safe='')}", ChargeAnswer)
        payer = customer or _label(client.fetch(f"{CUSTOMERS_PATH}/{charge.customer_id}", CustomerAnswer))
    items = invoice_items(charge, customer=payer)
    outcomes = [Outcome(item.line, item.amount, "planned") for item in items] if dry_run else send(items, charge, customer=payer)
    if json_output:
        print_json(outcomes)
    elif outcomes:
        columns = ["line", f"amount (minor units of {charge.currency})", "state", "id"]
        print_table(columns, [(f"{one.line}", one.amount, one.state, one.id or "") for one in outcomes])
    else:
        say("there is nothing to pay in this period")


def send(items: list[InvoiceItem], charge: ChargeAnswer, *, customer: str) -> list[Outcome]:
    """Send what Stripe does not have yet; after a failure the same call goes on where it stopped.

    Raises:
        ForbiddenError: There is no key, or Stripe refuses it.
        InvalidInputError: Stripe refuses an item.
        ConflictError: Stripe has another amount for a line.
        UnavailableError: Stripe does not answer now.
    """
    key = stripe_key()
    if key is None:
        raise ForbiddenError("Stripe's key is missing; put it into the environment: METERLARK_STRIPE_API_KEY")
    api = Api(stripe_address(), key=key, timeout_seconds=TIMEOUT_SECONDS)
    try:
        there = _sent_before(api, charge, customer)
        outcomes: list[Outcome] = []
        for item in items:
            known = there.get(str(item.line))
            if known is None:
                reply = _ask(api, "POST", ITEMS_PATH, item)
                outcomes.append(Outcome(item.line, item.amount, "sent", msgspec.json.decode(reply.body, type=_Sent).id))
            elif known.amount != item.amount:
                raise ConflictError(f"Stripe has {known.amount} for line {item.line} ({known.id}), and the period says {item.amount}")
            else:
                outcomes.append(Outcome(item.line, item.amount, "there", known.id))
        return outcomes
    finally:
        api.close()


def _sent_before(api: Api, charge: ChargeAnswer, customer: str) -> dict[str, _Sent]:
    """Return the items of the period that Stripe has, by line; keys that make a repetition harmless live a day there, this for ever."""
    assert charge.closed_at is not None
    since = to_microseconds(charge.closed_at) // SECOND_US - CLOCK_SECONDS
    asked = {"customer": customer, "limit": str(PAGE_ITEMS), "created[gte]": str(since)}
    found: dict[str, _Sent] = {}
    for _ in range(PAGES_MAX):
        page = msgspec.json.decode(_ask(api, "GET", f"{ITEMS_PATH}?{urlencode(asked)}").body, type=_Listed)
        found.update({one.metadata.get(LINE_KEY, ""): one for one in page.data if one.metadata.get(PERIOD_KEY) == charge.closed})
        if not page.has_more:
            return found
        asked["starting_after"] = page.data[-1].id
    raise UnavailableError(f"the customer has more than {PAGES_MAX * PAGE_ITEMS} invoice items at Stripe since the period was closed")


def _ask(api: Api, method: str, path: str, item: InvoiceItem | None = None) -> Reply:
    body = None if item is None else urlencode(item.form).encode()
    headers = None if item is None else {"idempotency-key": item.idempotency_key}
    try:
        reply = api.request(method, path, body, content_type="" if item is None else FORM_TYPE, headers=headers)
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(f"Stripe does not answer ({error}); send the period again: what arrived is not sent twice") from error
    if reply.status == 200:
        return reply
    message = _message(reply)
    if reply.status == 401:
        raise ForbiddenError(f"Stripe refuses the key of METERLARK_STRIPE_API_KEY: {message}")
    if reply.status in {409, 429} or reply.status >= 500:
        raise UnavailableError(f"Stripe answers {reply.status} now: {message}; send the period again: what arrived is not sent twice")
    where = "" if item is None else f" line {item.line}"
    raise InvalidInputError(f"Stripe refuses{where}: {message}", field="period")


def _message(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=_Problem).error.message
    except msgspec.DecodeError:
        return reply.detail


def _label(customer: CustomerAnswer) -> str:
    found = (customer.metadata or {}).get(CUSTOMER_LABEL)
    if not found:
        text = f"the customer {customer.key or customer.id} has no label {CUSTOMER_LABEL}; set it, or give --customer cus_..."
        raise InvalidInputError(text, field="--customer")
    return found
