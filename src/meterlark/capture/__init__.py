"""From one LLM exchange to one event: pure, sans-IO; bytes and objects go in, a CloudEvent comes out.

`reader` is the door: it is fed one exchange and says at its end what it used. Inside, an exchange passes the files in this order: `route`
(the URL says what was asked for, and `origin` where) -> `frames` and `sse` (bytes to messages) -> `dialect/` (what the messages say, one
file for each API) -> `usage` (the provider's numbers in one algebra) -> `counting` (the verdict, and our own numbers where there are none)
-> `event` (the CloudEvent). `exchange` does all of it for a recorded exchange, `session` for the many answers of a WebSocket, `batch` for
the lines of a batch's output.
"""
