"""Counting tokens offline: used only where the provider reports no usage, and always marked as counted.

In the order of reading: `encoding` (which encoding a model has) and `text` (how many tokens a text has); `incremental` (the same while it
arrives); `family` (what differs between models) -> `messages`, `history`, `responses` (a conversation as the model reads it), `tools`,
`schema`, `request`, `offer` (functions and answer formats), `images` -> `prompt` and `completion`, whose two functions `chat` hands out.
"""
