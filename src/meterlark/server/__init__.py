"""The HTTP API: routes by noun, bounded bodies, problem+json errors, the OpenAPI document.

A request passes the files in this order: `protocol` (bounds on headers) -> `asgi` (finds the operation, sends the reply) -> `body`
(bounded, decompressed) -> `parameters` (query string to a struct) -> one of `ingest`, `events`, `meters`, `query`, `health` -> `problem`
when something is wrong. What an operation takes and gives is declared once in `operation`'s terms; `openapi` prints the same declarations.
`run` starts it.
"""
