"""Meter the clients that a program makes from now on, without touching the places where it makes them.

The constructors of the SDKs' clients are extended: what they have made sends through metered twins. An SDK that is not imported yet is
waited for, so that the line may stand first in a program and imports nothing. Taking it back restores the constructors; clients made in
between stay metered.
"""

import functools
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from meterlark.sdk.wrap import is_metered

PACKAGES: Final = ("openai", "anthropic", "google.genai")

_CLIENT_BASES: Final = frozenset({"SyncAPIClient", "AsyncAPIClient"})
"""What every client of OpenAI's and Anthropic's SDKs is derived from, those of clouds too."""


class Instrumentation:
    """The extended constructors of one meter.

    Args:
        meter_client: Meters a client that has been made.
        count_failure: Takes an error of ours that the caller must not see.
    """

    def __init__(self, meter_client: Callable[[Any], None], count_failure: Callable[[Exception], None]) -> None:
        self._meter_client = meter_client
        self._count_failure = count_failure
        self._extended: list[tuple[Any, Any, Any]] = []
        self._is_active = True
        self._finder = _Finder(self._loaded)
        sys.meta_path.insert(0, self._finder)
        for name in PACKAGES:
            if (module := sys.modules.get(name)) is not None:
                self._loaded(module)

    def take_back(self) -> None:
        """Restore the constructors."""
        self._is_active = False
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        for kind, ours, original in self._extended:
            # Somebody may have extended ours in turn; it does nothing more then.
            if kind.__dict__.get("__init__") is ours:
                kind.__init__ = original
        self._extended.clear()

    def _loaded(self, module: ModuleType) -> None:
        """Extend the constructors of a package; never raises."""
        try:
            # `isinstance` would wake the proxies that OpenAI's package has for its module-level client.
            kinds = {value for value in vars(module).values() if issubclass(type(value), type)}
            for kind in kinds:
                if _is_client(kind, module.__name__):
                    self._extend(kind)
        except Exception as error:  # noqa: BLE001 - an import of the user's must not fail for us; it is counted and logged
            self._count_failure(error)

    def _extend(self, kind: Any) -> None:
        original = kind.__dict__.get("__init__")
        if original is None:
            # Its base class has one.
            return

        @functools.wraps(original)
        def extended(client: Any, *arguments: Any, **options: Any) -> None:
            original(client, *arguments, **options)
            if self._is_active:
                self._made(client)

        kind.__init__ = extended
        self._extended.append((kind, extended, original))

    def _made(self, client: Any) -> None:
        """Meter a client, unless it is metered already: by a derived class, or on the user's own terms; never raises."""
        try:
            if not is_metered(client):
                self._meter_client(client)
        except Exception as error:  # noqa: BLE001 - the user has a working client; a defect of ours is counted and logged
            self._count_failure(error)


def _is_client(kind: type, package: str) -> bool:
    if package == "google.genai":
        return kind.__name__ == "Client"
    return any(base.__name__ in _CLIENT_BASES for base in kind.__mro__)


class _Finder(MetaPathFinder):
    """Finds the packages as the others do, and is told when one is loaded."""

    def __init__(self, loaded: Callable[[ModuleType], None]) -> None:
        self._told = loaded

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find a package of ours; None for every other module."""
        if fullname not in PACKAGES:
            return None
        found = (finder.find_spec(fullname, path, target) for finder in list(sys.meta_path) if finder is not self)
        spec = next((one for one in found if one is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _TellingLoader(spec.loader, self._told)
        return spec


class _TellingLoader(Loader):
    """Loads a module as its own loader does, and steps aside then."""

    def __init__(self, loader: Loader, told: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._told = told

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        spec = module.__spec__
        assert spec is not None, "a module that is loaded has a spec"
        spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._told(module)
