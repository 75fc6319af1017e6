"""Sends requests to the server: connections kept between calls, retries with growing waits; blocking, safe to use from any thread."""

import http.client
import os
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from meterlark.client.request import Request
from meterlark.model.errors import InvalidInputError, UnavailableError
from meterlark.sdk.api import AnswerTooLargeError, Api, Reply
from meterlark.sdk.usage import check_reply

RETRIES_MAX: Final = 3
WAIT_SECONDS_FIRST: Final = 0.25
WAIT_SECONDS_MAX: Final = 8.0
"""With three retries the longest wait is 1 s; the bound is for callers who ask for many."""

RETRY_AFTER_SECONDS_MAX: Final = 30
"""A server that asks for more patience than this gets no retry: the caller is told instead."""

IDLE_CONNECTIONS_MAX: Final = 8
"""Kept between calls; more calls at once open more, which are closed after their answer."""


class Transport:
    """Connections to one server.

    Args:
        url: The server's address.
        key: API key or portal token, sent as a bearer token.
        timeout_seconds: Of connecting and of each read.
        retries_max: How often a request is sent again.
        sleep: Waits; for tests.
        jitter: A number from 0 to 1, so that many clients do not return at the same moment; for tests.

    Raises:
        InvalidInputError: An argument is out of range.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None,
        timeout_seconds: float,
        retries_max: int,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if retries_max < 0:
            raise InvalidInputError(f"retries_max is {retries_max}; it is 0 or more", field="retries_max")
        self._url = url
        self._key = key
        self._timeout_seconds = timeout_seconds
        self._retries_max = retries_max
        self._sleep = sleep
        self._jitter = jitter
        self._idle: deque[Api] = deque([self._connection()])
        self._pid = os.getpid()

    def send(self, request: Request) -> Reply:
        """Return the successful answer; blocks.

        A repeatable request is sent again when the server cannot be reached, or answers that it cannot serve now.

        Raises:
            UnavailableError: The server cannot be reached or cannot answer now.
            MeterlarkError: As `check_reply`.
        """
        retries_left = self._retries_max if request.is_repeatable else 0
        wait_seconds = WAIT_SECONDS_FIRST
        while True:
            try:
                return self._send_once(request)
            except UnavailableError as error:
                asked = error.retry_after_seconds
                if retries_left == 0 or asked > RETRY_AFTER_SECONDS_MAX:
                    raise
            self._sleep(max(asked, wait_seconds * (0.5 + self._jitter() / 2)))
            wait_seconds = min(wait_seconds * 2, WAIT_SECONDS_MAX)
            retries_left -= 1

    def close(self) -> None:
        """Close the connections that no call uses; another call opens a new one."""
        while self._idle:
            self._idle.pop().close()

    def _send_once(self, request: Request) -> Reply:
        self._forget_after_fork()
        api = self._take()
        if not request.is_repeatable:
            api.close()  # a kept connection may turn out dead with the request half sent, and then nobody knows whether it was done
        try:
            reply = api.request(request.method, request.path, request.body, content_type=request.content_type, headers=request.headers)
        except AnswerTooLargeError as error:
            raise InvalidInputError(str(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise UnavailableError(f"the Meterlark server at {self._url} does not answer: {error!r}", retry_after_seconds=0) from error
        finally:
            self._give_back(api)
        check_reply(reply)
        return reply

    def _take(self) -> Api:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connection()

    def _give_back(self, api: Api) -> None:
        if len(self._idle) < IDLE_CONNECTIONS_MAX:
            self._idle.append(api)
        else:
            api.close()

    def _connection(self) -> Api:
        return Api(self._url, key=self._key, timeout_seconds=self._timeout_seconds)

    def _forget_after_fork(self) -> None:
        if self._pid != os.getpid():
            idle, self._idle, self._pid = self._idle, deque(), os.getpid()
            for api in idle:
                api.forget()
