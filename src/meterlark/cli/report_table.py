"""A period report: what each customer used, as rows that add up to the totals. No I/O here."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from meterlark.cli.customers import CustomerRow
from meterlark.sdk.usage import UsageRow

NOBODY = "(no customer)"
"""The customer of subjects that belong to none; their rows keep their subjects, so that they can be put right."""


class ReportRow(msgspec.Struct, frozen=True):
    """The usage of one customer, or of one subject that is nobody's.

    Attributes:
        customer: Its key, else its id; `NOBODY` for a subject without a customer.
        name: For people.
        subject: Set where the row is of a subject without a customer.
        groups: Text of each dimension asked for; empty where events have none.
        values: One for each column; None where there is no usage.
    """

    customer: str
    name: str
    subject: str
    groups: tuple[str, ...]
    values: tuple[Decimal | None, ...]


class Report(msgspec.Struct, frozen=True):
    """A period report.

    Attributes:
        period: What it is of, for people.
        groups: Names of the dimensions.
        columns: What was measured, in order.
        rows: Most of the first column first.
        totals: The sum of each column; None where nothing was measured.
        made_at: When the server was asked, RFC 3339.
        server: Its address.
        notes: What the figures leave out.
    """

    period: str
    groups: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[ReportRow, ...]
    totals: tuple[Decimal | None, ...]
    made_at: str
    server: str
    notes: tuple[str, ...] = ()


_Key = tuple[str, str, str, tuple[str, ...]]


def owners(customers: Iterable[CustomerRow]) -> dict[str, CustomerRow]:
    """Return whose usage each subject's is, as the server decides it: a customer's key comes before another one's subject keys."""
    found = list(customers)
    by_subject = {subject: one for one in found for subject in one.usage_attribution.subject_keys}
    return by_subject | {one.key: one for one in found if one.key}


def add_up(
    usage: Mapping[str, Sequence[UsageRow]], groups: tuple[str, ...], whose: Mapping[str, CustomerRow]
) -> tuple[tuple[ReportRow, ...], tuple[Decimal | None, ...]]:
    """Return rows and totals of usage by subject.

    Args:
        usage: Rows by column, each split by subject and by the dimensions.
        groups: Names of the dimensions.
        whose: The customer of each subject.
    """
    columns = tuple(usage)
    found: dict[_Key, list[Decimal | None]] = {}
    totals: list[Decimal | None] = [None] * len(columns)
    for index, column in enumerate(columns):
        for row in usage[column]:
            values = found.setdefault(_key(row, groups, whose), [None] * len(columns))
            values[index] = (values[index] or Decimal(0)) + row.value
            totals[index] = (totals[index] or Decimal(0)) + row.value
    rows = [ReportRow(*key, tuple(values)) for key, values in found.items()]
    rows.sort(key=lambda row: (row.customer == NOBODY, *(-(value or 0) for value in row.values), row.customer, row.subject, row.groups))
    return tuple(rows), tuple(totals)


def _key(row: UsageRow, groups: tuple[str, ...], whose: Mapping[str, CustomerRow]) -> _Key:
    subject = row.subject or ""
    texts = tuple(row.group_by.get(group) or "" for group in groups)
    owner = whose.get(subject)
    return (NOBODY, "", subject, texts) if owner is None else (owner.key or owner.id, owner.name, "", texts)
