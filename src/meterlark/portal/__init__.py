"""The customer portal: a page and a custom element that show the holder of a portal token its own usage.

The server only hands out files; what they show, the browser asks of `/api/v1/portal/meters` with the token, as any other program would.
The token comes in the fragment of the address, which browsers keep to themselves, or in the body of a POST; so no log can hold it.
"""
