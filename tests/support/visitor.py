"""A visitor of the dashboard without a browser: keeps cookies, fills forms, reads pages."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from api import Answered, Api

FORM = "application/x-www-form-urlencoded"
ORIGIN = "http://localhost"
ERROR_PAGE = "/overview/nothing"


class Visitor:
    """One visitor of one server."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}

    def get(self, path: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Answered:
        """Load a page."""
        answer = self._ask("GET", path, None, headers or {})
        assert answer.status == status, (answer.status, answer.headers, answer.body[:2000])
        return answer

    def post(
        self, path: str, form: dict[str, Any] | None = None, *, status: int = 303, csrf: str | None = None, origin: str | None = ORIGIN
    ) -> Answered:
        """Send a form, with the token of a page that was just loaded unless another is given."""
        token = self.token() if csrf is None else csrf
        headers = {} if origin is None else {"origin": origin}
        body = urlencode({**(form or {}), "csrf": token}, doseq=True).encode()
        answer = self._ask("POST", path, body, headers)
        assert answer.status == status, (answer.status, answer.headers, answer.body[:2000])
        return answer

    def token(self) -> str:
        """Return the token for forms, from a page that everybody may see."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self._ask("GET", ERROR_PAGE, None, {}).body.decode())
        assert found is not None
        return found[1]

    def log_in(self, key: str) -> None:
        """Log in by key."""
        self.post("/login", {"key": key})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answered:
        path, _, query = path.partition("?")
        sent = {**headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.api.ask(method, path, body, raw_query=query, headers=sent, content_type=FORM)
        if "set-cookie" in answer.headers:
            pair, *attributes = answer.headers["set-cookie"].split("; ")
            name, _, value = pair.partition("=")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Read:
    """What a page holds."""

    def __init__(self, answer: Answered) -> None:
        self.html = answer.body.decode()
        reader = _Reader()
        reader.feed(self.html)
        self.tags = reader.tags
        self.text = " ".join(" ".join(reader.texts).split())

    def values(self, tag: str, attribute: str) -> list[str]:
        """Return an attribute of every element of a kind that has it."""
        return [found for name, attributes in self.tags if name == tag and (found := attributes.get(attribute)) is not None]
