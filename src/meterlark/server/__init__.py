"""The HTTP API: routes by noun, bounded bodies, problem+json errors, the OpenAPI document.

A request passes the files in this order: `protocol` (bounds on headers) -> `asgi` (finds the operation, sends the reply) -> `body`
(bounded, decompressed) -> `parameters` (query string to a struct) -> the file of its noun (`ingest`, `events`, `meters`, `query`,
`customers`, `prices`, `charges`, `keys`, `portal`, ...; `v3*` and `events_v2` are the protocol's other versions) -> `problem` when
something is wrong; `auth` says who sends. What an operation takes and gives is declared once in `operation`'s terms and collected in
`operations`; `openapi` prints the same declarations. `site` serves pages; `run` starts all of it.
"""
