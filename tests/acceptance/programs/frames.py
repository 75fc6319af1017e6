"""Read an answer of our client with pandas and polars: `frames.py URL METER`; prints their types and sums as JSON."""

import json
import sys

import polars as pl

from meterlark import Client

usage = Client(sys.argv[1]).query_meter(sys.argv[2], window_size="DAY", group_by=["model"])
panda, polar = usage.to_pandas(), usage.to_polars()
print(
    json.dumps(
        {
            "columns": [list(panda.columns), polar.columns],
            "sums": [str(panda["value"].sum()), str(polar["value"].sum())],
            "types": [str(panda["window_start"].dtype.tz), str(polar.schema["value"] == pl.Decimal(38, 2))],
        }
    )
)
