"""Whose usage a line is: the customer that a subject counts for, or the bare subject."""

from typing import NamedTuple
from urllib.parse import urlencode

from meterlark.server.operation import Call


class Person(NamedTuple):
    """A customer, or a subject that is no customer's.

    Attributes:
        name: For people.
        subject: As in events.
        path: Of its page.
        parameters: That its page needs.
        is_customer: Whether it is a customer.
    """

    name: str
    subject: str
    path: str
    parameters: dict[str, str]
    is_customer: bool

    @property
    def link(self) -> str:
        """The address of its page."""
        return f"{self.path}?{urlencode(self.parameters)}" if self.parameters else self.path


def person_of(call: Call, subject: str) -> Person:
    """Return whose usage a subject's is, as far as the visitor may know."""
    entry = call.services.customers.visible_customer_of(subject, by=call.principal)
    if entry is None:
        return Person(subject, subject, "/subject", {"key": subject}, is_customer=False)
    return Person(entry.customer.name, subject, f"/customers/{entry.id}", {}, is_customer=True)
