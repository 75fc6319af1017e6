"""The definition of a customer and the rules that make one valid. A customer pays; the subjects that count for it are its attribution.

Names and rules are those of the OpenMeter protocol.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.model.event import ATTRIBUTE_LENGTH_MAX
from meterlark.service.currency import require_currency

NAME_LENGTH_MAX: Final = 256
KEY_LENGTH_MAX: Final = 256
DESCRIPTION_LENGTH_MAX: Final = 1024
EMAIL_LENGTH_MAX: Final = 254
"""The longest address that mail can be sent to (RFC 5321 with erratum 1690)."""

SUBJECT_KEYS_MAX: Final = 1_000
"""Subjects of one customer; each is bound into the question for the customer's usage."""

METADATA_KEYS_MAX: Final = 100
METADATA_LENGTH_MAX: Final = 1024
ADDRESS_LENGTH_MAX: Final = 256

_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", forbid_unknown_fields=True):
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


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who pays. Build one with `define_customer`, which checks the rules.

    Attributes:
        name: For people.
        key: The owner's own id of it; events with it as subject count for the customer.
        subject_keys: Further subjects whose events count for the customer; sorted, each once.
        description: For people.
        primary_email: Where to write to.
        currency: ISO 4217 code of its bills.
        billing_address: Where bills go.
        metadata: The owner's labels.
    """

    name: str
    key: str | None = None
    subject_keys: tuple[str, ...] = ()
    description: str | None = None
    primary_email: str | None = None
    currency: str | None = None
    billing_address: Address | None = None
    metadata: dict[str, str] = {}

    @property
    def attribution(self) -> frozenset[str]:
        """The subjects that count for it, unless another customer's key claims one."""
        return frozenset(self.subject_keys) | (frozenset() if self.key is None else frozenset((self.key,)))


def define_customer(
    *,
    name: str,
    key: str | None = None,
    subject_keys: Sequence[str] | None = None,
    description: str | None = None,
    primary_email: str | None = None,
    currency: str | None = None,
    billing_address: Address | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Customer:
    """Return a valid customer.

    Raises:
        InvalidInputError: A rule is broken; `field` is the name on the wire.
    """
    check_text("name", name, NAME_LENGTH_MAX)
    check_text("key", key, KEY_LENGTH_MAX)
    check_text("description", description, DESCRIPTION_LENGTH_MAX, least=0)
    check_text("primaryEmail", primary_email, EMAIL_LENGTH_MAX)
    if primary_email is not None and "@" not in primary_email[1:-1]:
        raise InvalidInputError(f"primaryEmail is {primary_email!r}; an address has a name, @ and a host", field="primaryEmail")
    subjects = tuple(sorted(set(subject_keys or ())))
    if key is None and not subjects:
        raise InvalidInputError("a customer needs a key or usageAttribution.subjectKeys", field="key")
    if len(subjects) > SUBJECT_KEYS_MAX:
        raise InvalidInputError(
            f"usageAttribution.subjectKeys has {len(subjects)} entries; at most {SUBJECT_KEYS_MAX} are accepted",
            field="usageAttribution.subjectKeys",
        )
    for subject in subjects:
        check_text("usageAttribution.subjectKeys", subject, ATTRIBUTE_LENGTH_MAX)
    if currency is not None:
        require_currency(currency, field="currency")
    if billing_address is not None:
        _check_address(billing_address)
    check_metadata(metadata)
    return Customer(
        name=name,
        key=key,
        subject_keys=subjects,
        description=description,
        primary_email=primary_email,
        currency=currency,
        billing_address=billing_address,
        metadata=dict(metadata or {}),
    )


def check_text(field: str, text: str | None, most: int, *, least: int = 1) -> None:
    """Return when a text is missing or within its length.

    Raises:
        InvalidInputError: It is not.
    """
    if text is not None and not least <= len(text) <= most:
        raise InvalidInputError(f"{field} has {len(text)} characters; allowed are {least} to {most}", field=field)


def check_metadata(metadata: Mapping[str, str] | None) -> None:
    """Return when an owner's labels are within their bounds.

    Raises:
        InvalidInputError: Too many, or one is too long.
    """
    if metadata is None:
        return
    if len(metadata) > METADATA_KEYS_MAX:
        raise InvalidInputError(f"metadata has {len(metadata)} keys; at most {METADATA_KEYS_MAX} are accepted", field="metadata")
    for key, text in metadata.items():
        check_text("metadata", key, METADATA_LENGTH_MAX)
        check_text(f"metadata.{key[:80]}", text, METADATA_LENGTH_MAX, least=0)


def _check_address(address: Address) -> None:
    if address.country is not None and _COUNTRY.fullmatch(address.country) is None:
        raise InvalidInputError(
            f"billingAddress.country is {address.country[:80]!r}; allowed are two capital letters (ISO 3166-1)",
            field="billingAddress.country",
        )
    for name, text in msgspec.structs.asdict(address).items():
        check_text(f"billingAddress.{name}", text, ADDRESS_LENGTH_MAX, least=0)
