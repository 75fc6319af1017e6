"""`/api/v3/openmeter/customers`: list, create, read, change and delete customers; by id only, and always with a key."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from meterlark.model.errors import ConflictError, InvalidInputError, NotFoundError
from meterlark.server.operation import Answer, Call, Content, Operation
from meterlark.server.paging import cut, in_order
from meterlark.server.problem import CREATED, NO_CONTENT, OK
from meterlark.server.reply import JSON_TYPE, Reply, json_bytes
from meterlark.server.v3 import PREFIX, Labels, NumberedPage, PageMeta, PageNumbers, read_page
from meterlark.service.customer import Address, Customer, define_customer
from meterlark.service.customers import CustomerEntry
from meterlark.service.principal import Scope

CUSTOMERS_PATH: Final = f"{PREFIX}/customers"
CUSTOMER_PATH: Final = f"{CUSTOMERS_PATH}/{{customerId}}"
CUSTOMER_PARAMETER: Final = {"customerId": "The customer's id."}

_SORT_KEYS: Final[dict[str, Any]] = {
    "id": lambda entry: entry.id,
    "name": lambda entry: (entry.customer.name, entry.id),
    "created_at": lambda entry: (entry.created_at, entry.id),
}


class ListCustomersV3Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which customers to list."""

    page: NumberedPage = {}
    sort: Annotated[str, Meta(description="id, name or created_at, with ` desc` for the other way round.")] = "name"


class BillingAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where bills go.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        postal_code: As the country writes it.
        state: State or province.
        city: City.
        line1: First line.
        line2: Second line.
        phone_number: As people write it.
    """

    country: str | None = None
    postal_code: str | None = None
    state: str | None = None
    city: str | None = None
    line1: str | None = None
    line2: str | None = None
    phone_number: str | None = None


class SubjectKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose events count for a customer.

    Attributes:
        subject_keys: Subjects, besides the customer's key.
    """

    subject_keys: list[str]


class CustomerV3Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may change of a customer; what is missing is cleared.

    Attributes:
        name: For people.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        labels: Your own labels.
    """

    name: str
    usage_attribution: SubjectKeys | None = None
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: BillingAddress | None = None
    labels: Labels | None = None


class NewCustomerV3(CustomerV3Change, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The definition of a customer.

    Attributes:
        key: Your own id of it; events with it as subject count for the customer.
    """

    key: str


class CustomerV3Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A customer as stored.

    Attributes:
        id: ULID.
        key: The owner's own id of it; missing where v1 made it without.
        name: For people.
        usage_attribution: Further subjects.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code.
        billing_address: Where bills go.
        labels: The owner's labels.
        created_at: When it was created.
        updated_at: When it was changed last.
    """

    id: str
    key: str | None = None
    name: str
    usage_attribution: SubjectKeys
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: BillingAddress | None = None
    labels: Labels = {}
    created_at: datetime
    updated_at: datetime


class CustomersV3Page(msgspec.Struct, frozen=True):
    """One page of customers.

    Attributes:
        data: The customers.
        meta: About the page.
    """

    data: list[CustomerV3Answer]
    meta: PageMeta


def _to_api(entry: CustomerEntry) -> CustomerV3Answer:
    customer = entry.customer
    address = customer.billing_address
    return CustomerV3Answer(
        id=entry.id,
        key=customer.key,
        name=customer.name,
        usage_attribution=SubjectKeys(list(customer.subject_keys)),
        description=customer.description,
        primary_email=customer.primary_email,
        currency=customer.currency,
        billing_address=None if address is None else BillingAddress(**msgspec.structs.asdict(address)),
        labels=customer.metadata,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
    )


def _from_api(body: CustomerV3Change, key: str | None) -> Customer:
    address = body.billing_address
    return define_customer(
        name=body.name,
        key=key,
        subject_keys=None if body.usage_attribution is None else body.usage_attribution.subject_keys,
        description=body.description,
        primary_email=body.primary_email,
        currency=body.currency,
        billing_address=None if address is None else Address(**msgspec.structs.asdict(address)),
        metadata=body.labels,
    )


async def _customer_of_id(call: Call) -> CustomerEntry:
    customer_id = call.path["customerId"]
    entry = await call.services.customers.get(customer_id, by=call.principal)
    if entry.id != customer_id:
        raise NotFoundError(f"customer not found: {customer_id[:80]}; it is found by its id")
    return entry


async def list_customers(call: Call) -> Reply:
    """Answer `GET /api/v3/openmeter/customers`."""
    query: ListCustomersV3Query = call.query
    name, _, direction = query.sort.partition(" ")
    if name not in _SORT_KEYS or direction not in {"", "asc", "desc"}:
        raise InvalidInputError(f"sort is {query.sort[:80]!r}; allowed are {', '.join(_SORT_KEYS)}, with ' desc'", field="sort")
    number, size = read_page(query.page)
    entries = in_order(await call.services.customers.entries(by=call.principal), _SORT_KEYS[name], direction.upper())
    data = [_to_api(entry) for entry in cut(entries, page=number, page_size=size)]
    meta = PageMeta(PageNumbers(number=number, size=size, total=len(entries)))
    return Reply(OK, json_bytes(CustomersV3Page(data, meta)), JSON_TYPE)


async def create_customer(call: Call) -> Reply:
    """Answer `POST /api/v3/openmeter/customers`."""
    body: NewCustomerV3 = call.body
    entry = await call.services.customers.create(_from_api(body, body.key), by=call.actor)
    return Reply(CREATED, json_bytes(_to_api(entry)), JSON_TYPE)


async def get_customer(call: Call) -> Reply:
    """Answer `GET /api/v3/openmeter/customers/{customerId}`."""
    return Reply(OK, json_bytes(_to_api(await _customer_of_id(call))), JSON_TYPE)


async def update_customer(call: Call) -> Reply:
    """Answer `PUT /api/v3/openmeter/customers/{customerId}`; the key stays."""
    old = await _customer_of_id(call)
    customer = _from_api(call.body, old.customer.key)
    entry = await call.services.customers.update(old.id, customer, within=call.principal, by=call.actor)
    return Reply(OK, json_bytes(_to_api(entry)), JSON_TYPE)


async def delete_customer(call: Call) -> Reply:
    """Answer `DELETE /api/v3/openmeter/customers/{customerId}`."""
    await call.services.customers.delete((await _customer_of_id(call)).id, within=call.principal, by=call.actor)
    return Reply(NO_CONTENT)


_ONE: Final = (Content(JSON_TYPE, CustomerV3Answer),)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path=CUSTOMERS_PATH,
        name="listCustomersV3",
        summary="List the customers, by pages.",
        tag="v3 customers",
        scope=Scope.READ,
        handler=list_customers,
        query=ListCustomersV3Query,
        answers=(Answer(OK, "The page.", (Content(JSON_TYPE, CustomersV3Page),)),),
    ),
    Operation(
        method="POST",
        path=CUSTOMERS_PATH,
        name="createCustomerV3",
        summary="Create a customer; events of its subjects that are already stored are its own.",
        tag="v3 customers",
        scope=Scope.ADMIN,
        handler=create_customer,
        body=(Content(JSON_TYPE, NewCustomerV3, {"key": "umbrella", "name": "Umbrella Corp."}),),
        answers=(Answer(CREATED, "The customer.", _ONE),),
        problems=(InvalidInputError, ConflictError),
    ),
    Operation(
        method="GET",
        path=CUSTOMER_PATH,
        name="getCustomerV3",
        summary="Read one customer.",
        tag="v3 customers",
        scope=Scope.READ,
        handler=get_customer,
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(OK, "The customer.", _ONE),),
        problems=(InvalidInputError, NotFoundError),
    ),
    Operation(
        method="PUT",
        path=CUSTOMER_PATH,
        name="updateCustomerV3",
        summary="Replace a customer's definition, all but its key.",
        tag="v3 customers",
        scope=Scope.ADMIN,
        handler=update_customer,
        body=(Content(JSON_TYPE, CustomerV3Change, {"name": "Acme Inc."}),),
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(OK, "The customer.", _ONE),),
        problems=(InvalidInputError, NotFoundError, ConflictError),
    ),
    Operation(
        method="DELETE",
        path=CUSTOMER_PATH,
        name="deleteCustomerV3",
        summary="Delete a customer; its events stay.",
        tag="v3 customers",
        scope=Scope.ADMIN,
        handler=delete_customer,
        path_parameters=CUSTOMER_PARAMETER,
        answers=(Answer(NO_CONTENT, "It is deleted."),),
        problems=(InvalidInputError, NotFoundError),
    ),
)
