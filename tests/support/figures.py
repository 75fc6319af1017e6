"""A server with usage whose figures are known, and the addresses of every page about it."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from api import Api

MODELS = ("gpt-4o", "gpt-4o-mini", "o3")
SUBJECTS = ("acme", "globex", "initech", "of <b>markup</b>")


def usage_event(number: int, now: dt.datetime) -> dict[str, Any]:
    """Return one event of captured usage; the later the number, the longer ago."""
    tokens = 100 + number
    return {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": "openai:https://api.openai.com/v1",
        "type": "llm.usage",
        "subject": SUBJECTS[number % len(SUBJECTS)],
        "time": (now - dt.timedelta(hours=3 * number)).isoformat().replace("+00:00", "Z"),
        "data": {
            "provider": "openai",
            "operation": "chat",
            "usage_source": "reported",
            "model": MODELS[number % len(MODELS)],
            "prompt_tokens": tokens - 10,
            "completion_tokens": 10,
            "total_tokens": tokens,
        },
    }


def fill(api: Api, *, bearer: str | None = None) -> dict[str, str]:
    """Send 200 calls over 25 days, one that no meter reads, one conflict, and name a customer; return the addresses of pages about them."""
    now = api.services.now()
    events = [usage_event(number, now) for number in range(200)]
    odd = {**events[0], "id": "odd", "type": "job.finished", "data": {"gpu": {"seconds": 2.5}, "region": "eu"}}
    api.ingest(*events, odd, bearer=bearer)
    api.ingest({**events[5], "subject": "initech"}, bearer=bearer)
    customer = api.create(
        "/api/v1/customers", {"name": "Acme & Sons", "key": "acme-key", "usageAttribution": {"subjectKeys": ["acme"]}}, bearer=bearer
    )
    story = urlencode({"source": events[0]["source"], "id": "call-0"})
    return {
        "overview": "/overview",
        "overview by customer": "/overview?split=customer&period=90d",
        "overview by kind": "/overview?split=kind&period=24h&zone=Asia%2FKolkata",
        "explore": "/explore",
        "explore groups": "/explore?meter=llm_total_tokens&group=subject&group=model&compare=yes&window=MONTH",
        "explore filters": "/explore?meter=llm_requests&where%5Bmodel%5D=o3&subject=acme&subject=globex",
        "customers": "/customers",
        "customer": f"/customers/{customer['id']}",
        "subject": "/subject?key=globex",
        "empty subject": "/subject?key=nobody",
        "events": "/events",
        "events searched": "/events?subject=acme&from=2020-01-01&to=2099-01-01&type=llm.usage&id=call",
        "conflicts": "/events/conflicts",
        "unmeasured": "/events/unmeasured",
        "story": f"/events/story?{story}",
        "meters": "/meters",
        "new meter": f"/meters/new?{story}",
        "settings": "/settings",
        "prices": "/prices?q=openai&page=2",
    }
