"""The catalog: what people define (meters, customers, keys, ...), and the audit log of every change; small, changed rarely, always durable.

`contract.py` states the promises; `audit.py` chains the log; `sqlite.py` keeps it all in the ledger's file, `memory.py` for tests. Rules
about what a valid meter or customer is do not live here: a definition is opaque bytes with an id and claims.
"""
