"""A tiny server of pages on loopback, for pages that are not ours: known to be bad, or of a product that embeds ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Pages:
    """The page that is served at every path.

    Attributes:
        url: Its address.
        body: HTML.
        policy: Content security policy; empty for none.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.body = ""
        self.policy = ""

    def put(self, body: str, policy: str = "") -> str:
        """Change what is served and return its address."""
        self.body, self.policy = body, policy
        return self.url


@contextmanager
def serving_pages(host: str = "127.0.0.1") -> Iterator[Pages]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.body.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            if pages.policy:
                self.send_header("content-security-policy", pages.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            """Say nothing."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        pages = Pages(f"http://{host}:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield pages
        finally:
            server.shutdown()
            thread.join()
