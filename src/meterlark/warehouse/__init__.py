"""Columns made for questions: what the ledger holds, in a form that answers "how much" quickly.

Nothing here is the truth. Every table can be thrown away and filled again from the ledger, and answers the same.
"""
