"""The client of a Meterlark server: every operation of its API as a typed method, blocking or asynchronous.

```python
from meterlark import Client

client = Client("http://127.0.0.1:8888")
client.ingest_events({"specversion": "1.0", "id": "1", "source": "app", "type": "openai", "subject": "acme", "data": {"total_tokens": 42}})
client.query_meter("openai_total_tokens", window_size="DAY", subject=["acme"]).to_records()
```

`types`, `sync` and `asynchronous` are written by `script/typegen` from the operations that the server declares; `transport` sends with
retries, `request` makes and reads what is sent, `usage` is the answer of a query. Needs only the base install.
"""

from meterlark.client.asynchronous import AsyncClient
from meterlark.client.sync import Client
from meterlark.client.types import CloudEvent
from meterlark.client.usage import UsageResult

__all__ = ["AsyncClient", "Client", "CloudEvent", "UsageResult"]
