"""What runs in the user's program: it meters LLM calls and never breaks, slows or changes them.

A call passes the files in this order: `wrap` (gives an SDK's client, Google's through `google`, another HTTP client) or the user's own
`http_client` -> `transport` (around each of its transports) -> `call` (what is asked for, of whom, for whom: `attribution`) -> `tee` (the
caller reads the stream, we watch) -> `observation` (what one exchange said; references only, in the caller's thread) -> `sender` (two
background threads: counting and encoding; sending) -> `outbox` (what waits, on disk in the `spool` of `spool_file`s) -> `delivery`
(retries) -> `api` (HTTP). `meter` puts them together and is what users import; `stats` counts what became of the events; `sigterm`
delivers before the signal ends the process; `usage` reads answers of queries.
"""

from meterlark.sdk.meter import Meter
from meterlark.sdk.stats import Stats
from meterlark.sdk.usage import UsageRow

__all__ = ["Meter", "Stats", "UsageRow"]
