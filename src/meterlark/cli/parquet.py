"""Turn a CSV file of our own into Parquet, through DuckDB, in bounded memory."""

import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

import duckdb

LINE_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of one line of CSV; an event has at most 4 MiB by default, and quoting doubles at most."""


def parquet_from_csv(cells: Path, file: IO[bytes], *, times: tuple[str, ...]) -> None:
    """Write the rows of a CSV file, all quoted, as Parquet.

    Args:
        cells: CSV with a header.
        file: Where the Parquet goes.
        times: Columns that are RFC 3339 times; the others are texts.
    """
    with tempfile.TemporaryDirectory(prefix="meterlark-parquet-") as folder, duckdb.connect(":memory:") as connection:
        path = Path(folder) / "rows.parquet"
        columns = ", ".join(f"cast({name} as timestamptz) as {name}" for name in times)
        relation = (
            f"select * replace ({columns}) from read_csv('{cells}', header = true, all_varchar = true, quote = '\"', escape = '\"',"  # noqa: S608
            f" delim = ',', auto_detect = false, nullstr = '\\N', max_line_size = {LINE_BYTES_MAX}, columns = {_columns(cells)})"
        )
        connection.execute(f"copy ({relation}) to '{path}' (format parquet, compression zstd)")
        with path.open("rb") as written:
            shutil.copyfileobj(written, file)


def _columns(cells: Path) -> str:
    with cells.open(encoding="utf-8") as source:
        names = source.readline().strip().replace('"', "").split(",")
    return "{" + ", ".join(f"'{name}': 'varchar'" for name in names) + "}"
