"""Metered clients of httpx and httpx2: of the class that the SDK wants, with our transport around each of its own.

A `twin` is a second client on the state of a first: connections, cookies, hooks and whether it is closed are one and the same, and only
the twin meters. A client of our own is made as its class makes it, and meters.
"""

import asyncio
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from meterlark.model.errors import InvalidInputError
from meterlark.sdk.call import Metering
from meterlark.sdk.transport import LIBRARIES, MeteredTransport, library_of

CLASSES_MAX: Final = 64
"""Classes of clients that are remembered; a program has a handful."""

_SDKS: Final = ("openai", "anthropic")
"""Packages that name the classes of HTTP client they want: `DefaultHttpxClient` and `DefaultAsyncHttpxClient`."""


class _Metered:
    """What a metered client adds to its class."""

    __slots__ = ()
    metering: Metering
    twin_of: Any

    def _transport_for_url(self, url: Any) -> Any:
        # The one place where a client of either library takes its transport from, proxies of the environment included.
        return MeteredTransport(super()._transport_for_url(url), self.metering)  # type: ignore[misc] # the other base class has it

    def _client_for_running_loop(self) -> Any:
        # Google's SDK sends through a client for each event loop.
        return twin(super()._client_for_running_loop(), self.metering)  # type: ignore[misc] # as above

    def __del__(self) -> None:
        """Close a client that is dropped open, as those of the SDKs do; a twin leaves that to the first."""
        if getattr(self, "twin_of", None) is None and not getattr(self, "is_closed", True):
            _close(self)


def twin(client: Any, metering: Metering) -> Any:
    """Return a metered client on the state of another; a twin of a twin is one of the first.

    Raises:
        InvalidInputError: It is no client of httpx or httpx2.
    """
    original = untwin(client)
    kind: Any = type(original)
    made = object.__new__(_metered_class(kind))
    made.__dict__ = original.__dict__
    made.twin_of, made.metering = original, metering
    return made


def untwin(client: Any) -> Any:
    """Return the client that a twin was made of; a client that is no twin, itself."""
    return getattr(client, "twin_of", None) or client


def new_client(metering: Metering, base: type[Any] | None, options: dict[str, Any], *, is_async: bool) -> Any:
    """Return a new metered client.

    Args:
        metering: How to meter.
        base: Its class; None for what the loaded SDK wants.
        options: Given to the class.
        is_async: Which of the SDK's two classes.

    Raises:
        InvalidInputError: The class is not one of httpx or httpx2, or neither is installed.
    """
    wanted: Any = base or _default_base(is_async=is_async)
    kind = _metered_class(wanted)
    made = object.__new__(kind)
    made.twin_of, made.metering = None, metering
    kind.__init__(made, **options)
    return made


@lru_cache(maxsize=CLASSES_MAX)
def _metered_class(kind: Any) -> Any:
    # A class of ours is only found again under the class it was made of, or metering would be done twice.
    kind = next(base for base in kind.__mro__ if not issubclass(base, _Metered))
    if library_of(kind) is None or not hasattr(kind, "_transport_for_url"):
        raise InvalidInputError(f"{kind.__module__}.{kind.__qualname__} is no client of httpx or httpx2", field="client")
    names = {"__slots__": ("metering", "twin_of"), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind)(kind.__name__, (_Metered, kind), names)


def _default_base(*, is_async: bool) -> Any:
    name = "DefaultAsyncHttpxClient" if is_async else "DefaultHttpxClient"
    loaded = (sys.modules.get(sdk) for sdk in _SDKS)
    wanted = next((found for module in loaded if (found := getattr(module, name, None)) is not None), None)
    if wanted is not None:
        return wanted
    installed = next((library for library in LIBRARIES if find_spec(library) is not None), None)
    if installed is None:
        raise InvalidInputError("neither httpx2 nor httpx is installed; an SDK that is metered brings one of them", field="base")
    library: Any = import_module(installed)
    return library.AsyncClient if is_async else library.Client


def _close(client: Any) -> None:
    # A destructor has nobody to tell, and the interpreter may be gone in part.
    with suppress(Exception):
        if hasattr(client, "aclose"):
            asyncio.get_running_loop().create_task(client.aclose())
        else:
            client.close()
