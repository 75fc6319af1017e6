"""The warehouse in plain Python: the oracle of the contract suite, and the store of a server without a data directory.

It answers by the reference evaluation over what was appended; nothing is prepared in advance.
"""

import datetime as dt
from collections.abc import Sequence
from threading import Lock

from meterlark.metering.filter import matches
from meterlark.metering.measurement import Column, Kind, value_column
from meterlark.metering.query import Query, Row
from meterlark.metering.reference import Observation, evaluate
from meterlark.metering.time_filter import holds
from meterlark.model.errors import CorruptDataError, UnavailableError
from meterlark.model.time import from_microseconds, to_microseconds
from meterlark.warehouse.contract import Batch, ListingFilter, ListingRow, MeteredRow, Table, TableSpec


class MemoryWarehouse:
    """Implements `warehouse.contract.Warehouse` over lists."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next_key = 1
        self._tables: dict[int, Table] = {}
        self._rows: dict[int, list[MeteredRow | ListingRow]] = {}
        self._voided: dict[int, dict[int, int]] = {}

    def tables(self) -> list[Table]:
        """Return every table, by key."""
        with self._lock:
            return list(self._tables.values())

    def create_table(self, spec: TableSpec) -> Table:
        """Create an empty table at position 0."""
        with self._lock:
            table = Table(self._next_key, spec, 0)
            self._next_key += 1
            self._tables[table.key] = table
            self._rows[table.key] = []
            self._voided[table.key] = {}
            return table

    def drop_table(self, key: int) -> None:
        """Remove a table."""
        with self._lock:
            del self._tables[key]
            del self._rows[key]
            del self._voided[key]

    def append(self, batches: Sequence[Batch], *, after: int, upto: int) -> None:
        """Add one stretch of the ledger to several tables and move their positions together."""
        with self._lock:
            for batch in batches:
                if self._tables[batch.table].position != after:
                    raise CorruptDataError(f"table {batch.table} stands at {self._tables[batch.table].position}, not at {after}")
            for batch in batches:
                table = self._tables[batch.table]
                assert all(after < row.sequence <= upto for row in batch.rows)
                self._rows[batch.table].extend(batch.rows)
                self._voided[batch.table].update(batch.voided)
                self._tables[batch.table] = Table(table.key, table.spec, upto)

    def recover(self) -> None:
        """Do nothing: memory does not fail."""

    def query(self, query: Query, *, table: int) -> list[Row]:
        """Answer by the reference evaluation."""
        spec = self._spec(table)
        value = value_column(query.meter)
        index = None if value is None else spec.columns.index(value)
        groups = {key: spec.columns.index(Column(Kind.GROUP, path)) for key, path in query.meter.group_by.items()}
        return evaluate(
            query,
            (
                Observation(
                    row.sequence,
                    from_microseconds(row.time_us),
                    row.subject,
                    {key: str(row.cells[at]) for key, at in groups.items()},
                    None if index is None else row.cells[index],
                )
                for row in self._metered(table)
                if index is None or row.cells[index] is not None
            ),
        )

    def subjects(self, *, table: int, start: dt.datetime | None, end: dt.datetime | None) -> list[str]:
        """Return the distinct subjects of `[start, end)`."""
        return sorted({row.subject for row in self._metered(table) if _within(row.time_us, start, end)})

    def values(
        self, column: Column, *, table: int, start: dt.datetime | None, end: dt.datetime | None, subjects: Sequence[str] | None = None
    ) -> list[str]:
        """Return the distinct texts of a group column in `[start, end)`."""
        index = self._spec(table).columns.index(column)
        rows = (row for row in self._metered(table) if _within(row.time_us, start, end) and (subjects is None or row.subject in subjects))
        return sorted({str(row.cells[index]) for row in rows} - {""})

    def listing(self, condition: ListingFilter, *, table: int) -> list[int]:
        """Return sequence numbers, newest event time first."""
        with self._lock:
            if table not in self._rows:
                raise _gone(table)
            rows = [row for row in self._rows[table] if isinstance(row, ListingRow)]
        found = [
            row
            for row in rows
            if (condition.id_part is None or condition.id_part in row.id)
            and (condition.subjects is None or row.subject in condition.subjects)
            and _within(row.time_us, condition.start, condition.end)
            and _within(row.received_us, condition.received_from, condition.received_to)
            and (condition.behind is None or row.sequence > condition.behind)
            and (condition.after is None or (row.time_us, row.sequence) < condition.after)
            and all(matches(one, getattr(row, name)) for name, one in condition.texts.items())
            and all(holds(one, getattr(row, name)) for name, one in condition.times.items())
        ]
        found.sort(key=lambda row: (row.time_us, row.sequence), reverse=True)
        return [row.sequence for row in found[: condition.limit]]

    def voided(self, sequences: Sequence[int], *, table: int) -> dict[int, int]:
        """Return which of some events are voided."""
        with self._lock:
            if table not in self._voided:
                raise _gone(table)
            voided = self._voided[table]
            return {sequence: voided[sequence] for sequence in sequences if sequence in voided}

    def close(self) -> None:
        """Do nothing."""

    def _metered(self, table: int) -> list[MeteredRow]:
        with self._lock:
            if table not in self._rows:
                raise _gone(table)
            voided = self._voided[table]
            return [row for row in self._rows[table] if isinstance(row, MeteredRow) and row.sequence not in voided]

    def _spec(self, table: int) -> TableSpec:
        with self._lock:
            if table not in self._tables:
                raise _gone(table)
            return self._tables[table].spec


def _gone(table: int) -> UnavailableError:
    return UnavailableError(f"table {table} of the warehouse is gone; ask again")


def _within(time_us: int, start: dt.datetime | None, end: dt.datetime | None) -> bool:
    return (start is None or time_us >= to_microseconds(start)) and (end is None or time_us < to_microseconds(end))
