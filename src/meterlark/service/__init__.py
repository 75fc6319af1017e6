"""Use cases: what the server, the dashboard and the portal may ask for, free of HTTP and of any engine.

- The way of an event: `ingest`, `project`, then `query`, `events`, `tail`, `explain`, `unmeasured`, `voids`; `spans`, `scan`, `rows` help.
- What is measured: `meters`, `backtest`, `features`.
- Who: `customers`, `subjects`; `keys`, `portal`, `access` and `principal` say who may; `audit` keeps who did.
- Money: `prices`, `price_list`, `price_changes`, `reprice`, `cost`, `unpriced`; `rate_cards`, `charges`, `periods`, `closed_periods`.
- The server itself: `health`, `progress`; `services` holds all of them together.
"""
