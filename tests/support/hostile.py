"""Fifty texts that have broken pages before, and a server that holds them in every field that people or programs fill."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from running_server import BATCH_TYPE, Address

HOSTILE: Final = (
    # Markup and script, in each place where a page may put a text.
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "'><svg/onload=alert(4)>",
    "<img src=http://192.0.2.1/x.png>",
    "<iframe src=javascript:alert(5)></iframe>",
    "<style>*{display:none}</style>",
    '<link rel="stylesheet" href="//192.0.2.1/x.css">',
    "<base href=//192.0.2.1/>",
    "<form action=//192.0.2.1><input name=key>",
    "<meta http-equiv=refresh content='0;url=//192.0.2.1'>",
    "<details open ontoggle=alert(6)>",
    "<a href=javascript:alert(7)>x</a>",
    "javascript:alert(8)",
    "data:text/html,<script>alert(9)</script>",
    '" autofocus onfocus=alert(10) x="',
    "' onmouseover='alert(11)",
    "`-alert(12)-`",
    "${alert(13)}",
    "</textarea></title></style><b>out</b>",
    "<!-- <!--[if IE]> ]]> -->",
    "<template><script>alert(14)</script></template>",
    "<math><mi xlink:href='javascript:alert(15)'>x",
    "&lt;script&gt;alert(16)&lt;/script&gt;",
    "&#x3C;b&#x3E; &amp;amp; &nbsp;",
    # Templates, queries, paths, formulas.
    "{{ 7 * 7 }}{% raw %}{{ config }}",
    "{{constructor.constructor('alert(17)')()}}",
    "#{7*7} <%= 7*7 %> ${{7*7}}",
    "'; DROP TABLE events; --",
    "%' OR '1'='1",
    "%s %d %n %(name)s {0} {name!r}",
    "../../../../etc/passwd",
    "..%2f..%2f?a=b&c=d#e;f",
    "a/b?c=d&e=f#g+h%20i%00j",
    '=HYPERLINK("http://192.0.2.1","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-1",
    # Names of things that programs keep in objects and maps.
    "__proto__",
    "constructor",
    "null",
    "undefined",
    "NaN",
    "-0",
    # Unicode: direction, width, joining, line ends of scripts, the largest, the longest.
    "\u202egnp.exe\u202c",
    "a\u200bb\u200dc\ufeffd",
    "line\u2028end\u2029of script",
    "Z\u0351\u0343\u0342\u0337a\u034f\u0321l\u0322g\u0321o\u0488\u0489",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f4 \U0010ffff",
    "שלום مرحبا 你好",
    "W" * 250,
)
assert len(set(HOSTILE)) == 50

HOSTILE_METER: Final = "hostile_tokens"
HOSTILE_SUBJECT: Final = "of every text"
"""A subject with one event for each text."""

HOSTILE_TYPE: Final = "llm.usage"


def fill_with_hostile_texts(server: Address) -> None:
    """Put each text into every field of events, meters, customers, rate cards, subjects, features and keys that takes texts.

    Some events are in conflict, are not measured or are voided, too.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    server.create_meter(
        HOSTILE_METER,
        HOSTILE_TYPE,
        "SUM",
        valueProperty="$.total_tokens",
        groupBy={"model": "$.model", "provider": "$.provider", "operation": "$.operation"},
        name=HOSTILE[0],
        description=" ".join(HOSTILE)[:1000],
    )
    events = [_event(number, text, now - timedelta(hours=number)) for number, text in enumerate(HOSTILE)]
    again = [{**event, "id": f"{event['id']} again", "subject": HOSTILE_SUBJECT} for event in events]
    conflicts = [{**event, "data": {"model": event["id"]}} for event in events]
    unmeasured = [{**event, "id": f"{event['id']} without", "type": event["id"], "data": {"model": event["id"]}} for event in events]
    voided = [{**event, "id": f"{event['id']} voided"} for event in events]
    for batch in (events, again, conflicts, unmeasured, voided):
        answer = server.ingest(json.dumps(batch).encode(), BATCH_TYPE)
        assert answer.status == 204, answer
    _create(server, "/api/v1/subjects", [{"key": text, "displayName": text, "metadata": {text: text}} for text in HOSTILE])
    for number, text in enumerate(HOSTILE):
        server.create_meter(
            f"hostile_{number}", text, "SUM", valueProperty="$.total_tokens", groupBy={"model": "$.model"}, name=text, description=text
        )
        _create(server, "/api/v1/events/void", {"source": text, "id": f"{text} voided", "reason": text})
        customer = _create(server, "/api/v1/customers", _customer(text))
        _create(server, f"/api/v1/customers/{customer['id']}/rate-card", _rate_card(text), method="PUT")
        _create(server, "/api/v1/features", {"key": f"hostile_{number}", "name": text, "metadata": {text: text}})
        _create(server, "/api/v1/keys", {"name": text, "scopes": ["ingest"], "subjects": [text], "sources": [text]})


def _event(number: int, text: str, at: datetime) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": text,
        "source": text,
        "type": HOSTILE_TYPE,
        "subject": text,
        "time": at.isoformat(),
        "data": {
            "model": text,
            "provider": text,
            "operation": text,
            "usage_source": text,
            "total_tokens": 1_000 + number,
            "prompt_tokens": 600,
            "completion_tokens": 400 + number,
            text: text,
        },
    }


def _customer(text: str) -> dict[str, Any]:
    return {
        "name": text,
        "key": text,
        "description": text,
        "usageAttribution": {"subjectKeys": [f"of {text}"]},
        "billingAddress": dict.fromkeys(("city", "line1", "line2", "state", "postalCode", "phoneNumber"), text),
        "metadata": {text: text},
    }


def _rate_card(text: str) -> dict[str, Any]:
    rate = {"type": "unit", "price": 3, "per": 1_000_000}
    item = {"key": "tokens", "meter": HOSTILE_METER, "unit": text[:64], "filters": {"model": {"$in": [text]}}, "rate": rate}
    return {"key": "hostile", "currency": "USD", "items": [item]}


def _create(server: Address, path: str, value: object, *, method: str = "POST") -> Any:
    answer = server.send_json(method, path, value)
    assert answer.status in {200, 201}, (path, value, answer)
    return answer.json()
