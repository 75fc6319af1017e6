"""`/api/v1/customers`: list, create, read, change and delete customers."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import PAGE_SIZE_DEFAULT, Order, Page, PageNumber, PageSize, cut, in_order
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.service.customer import Address, Customer, define_customer
from meterlark.service.customers import CustomerEntry
from meterlark.service.principal import Scope

CUSTOMER_PATH: Final = "/api/v1/customers/{customerIdOrKey}"
CUSTOMER_PARAMETER: Final = {"customerIdOrKey": "The customer's id or key."}

_ORDER_KEYS: Final[dict[str, Any]] = {
    "id": lambda entry: entry.id,
    "name": lambda entry: (entry.customer.name, entry.id),
    "createdAt": lambda entry: (entry.created_at, entry.id),
}


class ListCustomersQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which customers to list."""

    page: PageNumber = 1
    page_size: PageSize = PAGE_SIZE_DEFAULT
    order_by: Annotated[Literal["id", "name", "createdAt"], Meta(description="What to sort by.")] = "name"
    order: Order = "ASC"
    include_deleted: Annotated[bool, Meta(description="List deleted customers, too.")] = False
    key: Annotated[str, Meta(description="Part of the key, in any case.")] | None = None
    name: Annotated[str, Meta(description="Part of the name, in any case.")] | None = None
    primary_email: Annotated[str, Meta(description="Part of the address, in any case.")] | None = None
    subject: Annotated[str, Meta(description="Part of a subject key, in any case.")] | None = None
    expand: Annotated[list[Literal["subscriptions"]], Meta(max_length=10, description="Accepted; there are no subscriptions.")] = []


class GetCustomerQuery(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How to read a customer."""

    expand: Annotated[list[Literal["subscriptions"]], Meta(max_length=10, description="Accepted; there are no subscriptions.")] = []


class UsageAttribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Whose events count for a customer.

    Attributes:
        subject_keys: Subjects, besides the customer's key.
    """

    subject_keys: list[str]


class CustomerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """The definition of a customer; needs a key or subject keys.

    Attributes:
        name: For people.
        key: Your own id of it; events with it as subject count for the customer.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        metadata: Your own labels.
    """

    name: str
    key: str | None = None
    usage_attribution: UsageAttribution | None = None
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: Address | None = None
    metadata: dict[str, str] | None = None


class CustomerAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A customer as stored.

    Attributes:
        id: ULID.
        name: For people.
        key: The owner's own id of it.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        metadata: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
        deleted_at: When it was deleted.
    """

    id: str
    name: str
    key: str | None = None
    usage_attribution: UsageAttribution
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: Address | None = None
    metadata: dict[str, str] = {}
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class CustomerPage(Page, frozen=True, rename="camel", kw_only=True):
    """One page of customers.

    Attributes:
        items: The customers.
    """

    items: list[CustomerAnswer]


def to_api(entry: CustomerEntry) -> CustomerAnswer:
    """Return a customer in the form of the API."""
    customer = entry.customer
    return CustomerAnswer(
        id=entry.id,
        name=customer.name,
        key=customer.key,
        usage_attribution=UsageAttribution(subject_keys=list(customer.subject_keys)),
        description=customer.description,
        primary_email=customer.primary_email,
        currency=customer.currency,
        billing_address=customer.billing_address,
        metadata=customer.metadata,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        deleted_at=entry.deleted_at,
    )


def _from_api(body: CustomerBody) -> Customer:
    return define_customer(
        name=body.name,
        key=body.key,
        subject_keys=None if body.usage_attribution is None else body.usage_attribution.subject_keys,
        description=body.description,
        primary_email=body.primary_email,
        currency=body.currency,
        billing_address=body.billing_address,
        metadata=body.metadata,
    )


async def list_customers(call: Call) -> Reply:
    """Answer `GET /api/v1/customers`."""
    query: ListCustomersQuery = call.query
    found = [
        entry
        for entry in await call.services.customers.entries(by=call.principal, include_deleted=query.include_deleted)
        if _has(query.key, entry.customer.key)
        and _has(query.name, entry.customer.name)
        and _has(query.primary_email, entry.customer.primary_email)
        and _has(query.subject, *entry.customer.subject_keys)
    ]
    ordered = in_order(found, _ORDER_KEYS[query.order_by], query.order)
    page = CustomerPage(
        items=[to_api(entry) for entry in cut(ordered, page=query.page, page_size=query.page_size)],
        page=query.page,
        page_size=query.page_size,
        total_count=len(found),
    )
    return Reply(OK, json_bytes(page), JSON_TYPE)


def _has(part: str | None, *texts: str | None) -> bool:
    """Tell whether one of the texts has a part, in any case; without a part all do."""
    return part is None or any(text is not None and part.casefold() in text.casefold() for text in texts)


async def create_customer(call: Call) -> Reply:
    """Answer `POST /api/v1/customers`."""
    entry = await call.services.customers.create(_from_api(call.body), by=call.actor)
    return Reply(CREATED, json_bytes(to_api(entry)), JSON_TYPE)


async def get_customer(call: Call) -> Reply:
    """Answer `GET /api/v1/customers/{customerIdOrKey}`."""
    entry = await call.services.customers.get(call.path["customerIdOrKey"], by=call.principal)
    return Reply(OK, json_bytes(to_api(entry)), JSON_TYPE)


async def update_customer(call: Call) -> Reply:
    """Answer `PUT /api/v1/customers/{customerIdOrKey}`."""
    entry = await call.services.customers.update(call.path["customerIdOrKey"], _from_api(call.body), within=call.principal, by=call.actor)
    return Reply(OK, json_bytes(to_api(entry)), JSON_TYPE)


async def delete_customer(call: Call) -> Reply:
    """Answer `DELETE /api/v1/customers/{customerIdOrKey}`."""
    await call.services.customers.delete(call.path["customerIdOrKey"], within=call.principal, by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, CustomerAnswer),)
_EXAMPLE: Final = {"name": "Acme Inc.", "key": "acme", "usageAttribution": {"subjectKeys": ["acme-production"]}, "currency": "USD"}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/customers",
        name="listCustomers",
        summary="List the customers, by pages.",
        tag="customers",
        scope=Scope.READ,
        handler=list_customers,
        query=ListCustomersQuery,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, CustomerPage),)),),
    ),
    Operation(
        method="POST",
        path="/api/v1/customers",
        name="createCustomer",
        summary="Create a customer; events of its subjects that are already stored are its own.",
        tag="customers",
        scope=Scope.ADMIN,
        handler=create_customer,
        body=(Content(JSON_TYPE, CustomerBody, _EXAMPLE),),
        answers=(Answer(CREATED, "The customer.", _ONE),),
        problems=(InvalidInputError, ConflictError),
    ),
    Operation(
        method="GET",
        path=CUSTOMER_PATH,
        name="getCustomer",
        summary="Read one customer.",
        tag="customers",
        scope=Scope.READ,
        handler=get_customer,
        query=GetCustomerQuery,
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(OK, "The customer.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="PUT",
        path=CUSTOMER_PATH,
        name="updateCustomer",
        summary="Replace a customer's definition; what is missing is cleared.",
        tag="customers",
        scope=Scope.ADMIN,
        handler=update_customer,
        body=(Content(JSON_TYPE, CustomerBody, _EXAMPLE),),
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(OK, "The customer.", _ONE),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
    Operation(
        method="DELETE",
        path=CUSTOMER_PATH,
        name="deleteCustomer",
        summary="Delete a customer; its events stay.",
        tag="customers",
        scope=Scope.ADMIN,
        handler=delete_customer,
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is deleted."),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
