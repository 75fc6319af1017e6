"""`meterlark customers`: list, show, create and update customers."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.model.errors import InvalidInputError

CUSTOMERS_PATH: Final = "/api/v1/customers"
PAGE_SIZE: Final = 1_000
"""Customers of one request: the most that the server gives."""

SubjectOption = Annotated[tuple[str, ...], Parameter(name="--subject", help="Events of this subject are the customer's; may be repeated.")]
LabelOption = Annotated[tuple[str, ...], Parameter(name="--label", help="A label of your own: plan=pro; may be repeated.")]


class Attribution(msgspec.Struct, frozen=True, rename="camel"):
    """Whose events are a customer's, besides those of its key."""

    subject_keys: list[str] = []


class CustomerRow(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A customer as the server answers it; other members pass by."""

    id: str
    name: str
    key: str | None = None
    usage_attribution: Attribution = Attribution()
    currency: str | None = None

    @property
    def subjects(self) -> list[str]:
        """The subjects whose events are its own."""
        return [*([self.key] if self.key else []), *self.usage_attribution.subject_keys]


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    items: list[msgspec.Raw]
    total_count: int


def all_customers(client: Client, parameters: dict[str, str | None] | None = None) -> Iterator[msgspec.Raw]:
    """Yield every customer as the server's JSON, by name; a page is asked for when it is needed."""
    page, seen, total = 1, 0, 1
    while seen < total:
        found = client.fetch(CUSTOMERS_PATH, _Page, {**(parameters or {}), "page": str(page), "pageSize": str(PAGE_SIZE)})
        yield from found.items
        page, seen, total = page + 1, seen + len(found.items), found.total_count
        if not found.items:
            return


def list_all(
    *,
    name: Annotated[str | None, Parameter(help="Part of the name, in any case.")] = None,
    subject: Annotated[str | None, Parameter(help="Part of a subject, in any case.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """List the customers and the subjects whose events are theirs."""
    with Client(url) as client:
        found = list(all_customers(client, {"name": name, "subject": subject}))
    if json_output:
        print_json(found)
        return
    rows = [msgspec.json.decode(one, type=CustomerRow) for one in found]
    if not rows:
        say("no customers; make one: meterlark customers create acme --name 'Acme Inc.'")
        return
    print_table(["id", "key", "name", "subjects", "currency"], [_cells(row) for row in rows])


def show(customer: Annotated[str, Parameter(help="Its id or key.")], /, *, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """Show one customer."""
    with Client(url) as client:
        _print(client.fetch(_path(customer), msgspec.Raw), json_output=json_output)


def create(
    key: Annotated[str, Parameter(help="Your own id of it; events with it as subject are the customer's.")],
    /,
    *,
    name: Annotated[str | None, Parameter(help="For people; the key by default.")] = None,
    subject: SubjectOption = (),
    currency: Annotated[str | None, Parameter(help="ISO 4217 code.")] = None,
    email: Annotated[str | None, Parameter(help="Where to write to.")] = None,
    label: LabelOption = (),
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Create a customer; events of its subjects that are already stored are its own at once."""
    body = {"name": name or key, "key": key, **_changes(None, subject, currency, email, label)}
    with Client(url) as client:
        _print(msgspec.Raw(client.call("POST", CUSTOMERS_PATH, body)), json_output=json_output)


def update(
    customer: Annotated[str, Parameter(help="Its id or key.")],
    /,
    *,
    name: Annotated[str | None, Parameter(help="For people.")] = None,
    subject: SubjectOption = (),
    currency: Annotated[str | None, Parameter(help="ISO 4217 code.")] = None,
    email: Annotated[str | None, Parameter(help="Where to write to.")] = None,
    label: LabelOption = (),
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Change what is given of a customer, and leave the rest; --subject and --label replace all of theirs."""
    changes = _changes(name, subject, currency, email, label)
    if not changes:
        raise InvalidInputError("nothing to change was given; see meterlark customers update --help")
    with Client(url) as client:
        stored = client.fetch(_path(customer), dict[str, Any])
        kept = {member: value for member, value in stored.items() if member not in {"id", "createdAt", "updatedAt", "deletedAt"}}
        answer = client.call("PUT", _path(customer), {**kept, **changes})
    _print(msgspec.Raw(answer), json_output=json_output)


def _changes(name: str | None, subject: tuple[str, ...], currency: str | None, email: str | None, label: tuple[str, ...]) -> dict[str, Any]:
    """Return the members of a customer that options give."""
    labels: dict[str, str] = {}
    for one in label:
        key, is_given, text = one.partition("=")
        if not is_given or not key:
            raise InvalidInputError(f"--label is {one!r}; it looks like plan=pro", field="--label")
        labels[key] = text
    given = {
        "name": name,
        "usageAttribution": {"subjectKeys": list(subject)} if subject else None,
        "currency": currency,
        "primaryEmail": email,
        "metadata": labels or None,
    }
    return {member: value for member, value in given.items() if value is not None}


def _path(customer: str) -> str:
    return f"{CUSTOMERS_PATH}/{quote(customer, safe='')}"


def _cells(row: CustomerRow) -> tuple[str, ...]:
    return (row.id, row.key or "", row.name, " ".join(row.usage_attribution.subject_keys), row.currency or "")


def _print(answer: msgspec.Raw, *, json_output: bool) -> None:
    if json_output:
        print_json([answer])
        return
    members = msgspec.json.decode(answer, type=dict[str, Any])
    print_table(["what", "value"], [(name, value if isinstance(value, str) else _text(value)) for name, value in members.items()])
    sys.stdout.flush()


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
