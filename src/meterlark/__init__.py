"""Meterlark: the meter for products built on LLM APIs.

```python
from meterlark import Meter

meter = Meter("http://127.0.0.1:8888")
client = meter.wrap(OpenAI())
```

The names of the SDK are loaded when they are first used, so that the server's parts do not load them and nothing happens at import.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meterlark.sdk import Meter, Stats, UsageRow

__all__ = ["Meter", "Stats", "UsageRow"]


def __getattr__(name: str) -> object:
    """Load a name of the SDK."""
    if name in __all__:
        value: object = getattr(import_module("meterlark.sdk"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'meterlark' has no attribute {name!r}")
