"""The ledger: every accepted event once, in order, for ever. It answers "did we count this?".

`contract.py` states what holds after a crash and a retry; `sqlite.py` keeps it on disk, `memory.py` for tests; `lock.py` keeps a second
process out of the data directory. How much was used is the warehouse's question, not asked here.
"""
