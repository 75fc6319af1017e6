"""OpenMeter's table and queries on the engine it was written for, in this process; statements in `openmeter.sql`."""

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from generated import DAYS, ONE_CUSTOMER, SOURCE, START, GeneratedEvent, top

from meterlark.model.statements import read_statements

SQL: Final = read_statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
_MINUTE_GROUPS: Final = ("top 100 customers", "latest per customer")


class OpenMeterTable:
    """The table in a folder of its own; `close` when done.

    Args:
        folder: Of the engine's files; created.
    """

    def __init__(self, folder: Path) -> None:
        from chdb import session  # noqa: PLC0415 - only the bench environment has it, and the other engines can be timed without

        folder.mkdir()
        self._folder = folder
        self._session = session.Session(str(folder / "engine"))
        self._session.query("SET session_timezone = 'UTC'")
        self._session.query(SQL["create"])
        bounds = {"start": int(START.timestamp()), "end": int((START + dt.timedelta(days=DAYS)).timestamp())}
        self._texts = {name: SQL[name].format(**bounds, customer=ONE_CUSTOMER) for name in SQL if name not in {"create", "load", "merge"}}

    def load(self, events: Sequence[GeneratedEvent]) -> None:
        """Insert a chunk through a file, the cheapest way."""
        path = self._folder / "chunk.tsv"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{event.id}\t{event.subject}\t{SOURCE}\t{event.time_us // 1_000_000}\t{event.data}\n" for event in events)
        self._session.query(SQL["load"].format(path=path))
        path.unlink()

    def settle(self) -> None:
        """Merge everything into one part, the best case for this engine, so that nothing runs in the background later."""
        self._session.query(SQL["merge"])

    def ask(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a question."""
        text = str(self._session.query(self._texts[name], "JSONEachRow"))
        return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in text.splitlines()]

    def cells(self, name: str) -> dict[object, object]:
        """Return the answer in the form of `generated.Expected`."""
        rows = self.ask(name)
        values = [Decimal(row["value"]) for row in rows]
        if name == "top 100 customers":
            return top({row["subject"]: value for row, value in zip(rows, values, strict=True)})
        if name == "latest per customer":
            return {row["subject"]: value for row, value in zip(rows, values, strict=True)}
        starts = [_seconds(row["windowstart"]) for row in rows]
        if name == "model by hour":
            return {(start, row["model"]): value for start, row, value in zip(starts, rows, values, strict=True)}
        return dict(zip(starts, values, strict=True))

    def close(self) -> None:
        """Stop the engine."""
        self._session.close()


def _seconds(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())
