"""What runs in the user's program: it meters LLM calls and never breaks, slows or changes them.

A call passes the files in this order: `wrap` (hooks the client) -> `attribution` (who pays) -> `observation` (what one exchange said, in
the caller's thread: references only) -> `tap` (streams) -> `sender` (two background threads: counting and encoding; sending) -> `outbox`
(what waits, on disk in the `spool` of `spool_file`s) -> `delivery` (retries) -> `api` (HTTP). `meter` puts them together and is what users
import; `stats` counts what became of the events; `sigterm` delivers before the signal ends the process; `usage` reads answers of queries.
"""

from meterlark.sdk.meter import Meter
from meterlark.sdk.stats import Stats
from meterlark.sdk.usage import UsageRow

__all__ = ["Meter", "Stats", "UsageRow"]
