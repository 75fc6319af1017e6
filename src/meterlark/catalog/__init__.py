"""The catalog: what people define, such as meters; small, changed rarely, always durable.

`contract.py` states the promises; `sqlite.py` keeps it in the ledger's file, `memory.py` for tests. Rules about what a valid meter is do
not live here: a definition is opaque bytes with a key.
"""
