"""From one LLM exchange to one event: pure, sans-IO; bytes and objects go in, a CloudEvent comes out.

A response passes the files in this order: `sse` (bytes of a stream to events) -> `openai` (what the response says, chunk by chunk)
-> `usage` (the provider's numbers in one algebra) or `counting` (our own where there are none) -> `event` (the CloudEvent), whose source is
named by `origin`. `exchange` does all of it for a recorded exchange.
"""
