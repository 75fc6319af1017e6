"""CloudEvents in binary mode: the attributes are headers named `ce-…`, the body is the data.

Rules of the HTTP protocol binding of CloudEvents 1.0.2, section 3.1. The event is written as one in structured mode, so that everything
behind the door knows one form only.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import unquote

import msgspec

from meterlark.model.errors import InvalidInputError, UnsupportedMediaTypeError
from meterlark.model.event import Event, decode_event, read_json
from meterlark.server.reply import JSON_TYPE

MARK: Final = b"ce-specversion"
"""The header that tells binary mode; every event in it has one."""

_PREFIX: Final = b"ce-"
_ATTRIBUTE: Final = re.compile(r"[a-z0-9]+")
_ESCAPED: Final = re.compile(r"\\(.)")


def is_binary_mode(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a request is one event in binary mode."""
    return MARK in headers and not headers.get(b"content-type", b"").lower().startswith(b"application/cloudevents")


def decode_binary_event(headers: Mapping[bytes, bytes], body: bytes, *, namespace: str, received_at: datetime) -> Event:
    """Read the event of a request in binary mode.

    Args:
        headers: By lower-case name.
        body: The data: a JSON object, or nothing.
        namespace: Where the event belongs.
        received_at: Aware UTC.

    Raises:
        InvalidInputError: It is not one valid event.
        UnsupportedMediaTypeError: The data is something else than JSON.
    """
    members: dict[str, str | msgspec.Raw] = {}
    for name, value in headers.items():
        if name.startswith(_PREFIX):
            attribute = name[len(_PREFIX) :].decode("latin-1")
            if _ATTRIBUTE.fullmatch(attribute) is None or attribute == "data":
                raise InvalidInputError(
                    f"ce-{attribute[:80]} is no attribute; its name has lower-case letters and digits", field=attribute[:80]
                )
            members[attribute] = _text(value, attribute)
    if body:
        content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        # CloudEvents' own SDK sends none when the event has no datacontenttype, which stands for JSON (CloudEvents 1.0.2, 3.1.1).
        if content_type and content_type != JSON_TYPE.encode():
            given = content_type[:80].decode("latin-1")
            raise UnsupportedMediaTypeError(f"invalid content type: {given}; an event's data is {JSON_TYPE}", field="content-type")
        read_json(body)
        members["datacontenttype"] = JSON_TYPE
        members["data"] = msgspec.Raw(body)
    return decode_event(msgspec.json.encode(members), namespace=namespace, received_at=received_at)


def _text(value: bytes, attribute: str) -> str:
    try:
        text = value.decode("ascii")
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = _ESCAPED.sub(r"\1", text[1:-1])
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"ce-{attribute[:80]} has other characters than ASCII; they are percent-encoded as UTF-8 in a header", field=attribute[:80]
        ) from error
