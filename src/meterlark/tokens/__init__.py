"""Counting tokens offline: used only where the provider reports no usage, and always marked as counted.

`encoding` says which encoding a model has, `text` counts one text, `chat` puts texts together as OpenAI's request and answer formats do.
"""
