"""What a user's own tests need to run without the real world: a loopback LLM provider, and a stand-in for Stripe.

Import from `meterlark.testing.provider` or `.stripe`; they need the base install only.
A request passes the files in this order:
`transport` (sockets, HTTP/1.1) -> `provider` (which answer) -> `switches` (which fault) -> `turn` (what is said and counted)
-> `dialects` (which wire format) -> `chat`, `responses`, `azure`, `messages` or `gemini`; or `replay` (a recorded exchange)
-> `reply` (what goes back), noted in `received`.
"""
