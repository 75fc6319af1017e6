"""Meterlark: the meter for products built on LLM APIs.

```python
from meterlark import Meter

meter = Meter("http://127.0.0.1:8888")
client = meter.wrap(OpenAI())
```

`Client` and `AsyncClient` are every operation of the server's API. The names are loaded when they are first used, so that the server's
parts do not load them and nothing happens at import.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meterlark.client import AsyncClient, Client, CloudEvent, UsageResult
    from meterlark.sdk import Meter, Stats, UsageRow

__all__ = ["AsyncClient", "Client", "CloudEvent", "Meter", "Stats", "UsageResult", "UsageRow"]

_SDK = ("Meter", "Stats", "UsageRow")


def __getattr__(name: str) -> object:
    """Load a name of the SDK or the client."""
    if name in __all__:
        value: object = getattr(import_module("meterlark.sdk" if name in _SDK else "meterlark.client"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'meterlark' has no attribute {name!r}")
