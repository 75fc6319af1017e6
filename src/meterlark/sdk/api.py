"""HTTP to the Meterlark server, on the standard library alone; blocking, so never called in the thread of an LLM call."""

import http.client
import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from meterlark.model.errors import InvalidInputError

REPLY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of an answer that are read: a query of a million rows has about 200 MB and should be narrowed instead."""


class AnswerTooLargeError(http.client.HTTPException):
    """An answer is longer than `REPLY_BYTES_MAX`; asking again would only give it once more."""


class _FieldProblem(msgspec.Struct, frozen=True):
    field: str = ""


class _Extensions(msgspec.Struct, frozen=True, rename="camel"):
    validation_errors: list[_FieldProblem] = []


class _Problem(msgspec.Struct, frozen=True):
    """What is read of `application/problem+json`."""

    detail: str = ""
    title: str = ""
    extensions: _Extensions = _Extensions()


class Reply(msgspec.Struct, frozen=True):
    """What the server answered.

    Attributes:
        status: The HTTP status.
        body: The whole body.
        retry_after_seconds: The header `retry-after`, if it was given in seconds.
        date: The header `date`, empty if there is none.
    """

    status: int
    body: bytes
    retry_after_seconds: int | None
    date: str = ""

    @property
    def detail(self) -> str:
        """What is wrong, for a person: the problem's `detail`, else the start of the body."""
        problem = self._problem()
        return problem.detail or problem.title or self.body[:200].decode("utf-8", "replace") or f"HTTP status {self.status}"

    @property
    def field(self) -> str | None:
        """The field at fault, if the problem names one."""
        errors = self._problem().extensions.validation_errors
        return errors[0].field if errors else None

    def _problem(self) -> "_Problem":
        try:
            return msgspec.json.decode(self.body, type=_Problem)
        except (msgspec.DecodeError, RecursionError):
            return _Problem()  # not a problem document: a proxy's page, or no body


class Api:
    """One connection to the server, opened when needed and kept; use it from one thread at a time.

    Args:
        url: The server's address, `http://` or `https://`; a path is put before every request's.
        key: Sent as a bearer token.
        timeout_seconds: Of connecting and of each read.

    Raises:
        InvalidInputError: The URL is not one, or the key cannot be sent.
    """

    def __init__(self, url: str, *, key: str | None, timeout_seconds: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInputError(f"the server's address is {url!r}; it looks like http://127.0.0.1:8888", field="url")
        if key is not None and not (key and key.isascii() and key.isprintable()):
            raise InvalidInputError("the key is empty or has characters that no HTTP header can carry", field="key")
        self._is_https = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._prefix = parts.path.rstrip("/")
        self._headers = {"authorization": f"Bearer {key}"} if key is not None else {}
        self._timeout_seconds = timeout_seconds
        self._connection: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, body: bytes | None = None, *, content_type: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request and read the answer; blocks up to the timeout for each step.

        Args:
            method: HTTP method.
            path: Path and query; put behind the address's own path.
            body: Sent as it is; None for none.
            content_type: Of the body.
            headers: Further headers.

        Raises:
            OSError: The server cannot be reached or does not answer in time.
            http.client.HTTPException: It answered something that is not HTTP.
        """
        sent = {**self._headers, **({"content-type": content_type} if content_type else {}), **(headers or {})}
        is_reused = self._connection is not None
        try:
            return self._request_once(method, path, body, sent)
        except (ConnectionError, http.client.RemoteDisconnected):
            # A kept connection may have been closed by the server meanwhile. Events are safe to send twice: the identity is the same.
            if not is_reused:
                raise
        return self._request_once(method, path, body, sent)

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def forget(self) -> None:
        """Let go of the connection in a forked child, whose parent goes on using it.

        Not `close`: that waits for a lock of the reader, which a thread that the child does not have may have held at the fork.
        """
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is not None and (descriptor := connection.sock.detach()) >= 0:
            os.close(descriptor)

    def _request_once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        connection = self._connection
        if connection is None:
            kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
            connection = self._connection = kind(self._host, self._port, timeout=self._timeout_seconds)
        try:
            connection.request(method, self._prefix + path, body, dict(headers))
            response = connection.getresponse()
            content = response.read(REPLY_BYTES_MAX + 1)
        except BaseException:
            self.close()
            raise
        if len(content) > REPLY_BYTES_MAX:
            self.close()
            raise AnswerTooLargeError(f"the answer has more than {REPLY_BYTES_MAX} bytes; ask for fewer rows")
        retry_after = response.getheader("retry-after", "")
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
        return Reply(response.status, content, seconds, response.getheader("date", ""))
