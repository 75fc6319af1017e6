"""`meterlark keys`: make, list, rotate and revoke API keys."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.config import load_settings
from meterlark.service.keys import KeyRights
from meterlark.service.principal import Scope


class _Key(msgspec.Struct, rename="camel"):
    id: str
    start: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None = None
    subjects: list[str] | None = None
    sources: list[str] | None = None
    requests_per_second: int | None = None
    key: str | None = None


def create(
    *,
    name: Annotated[str, Parameter(help="What the key is for, for people.")],
    scope: Annotated[tuple[Literal["ingest", "read", "admin"], ...], Parameter(help="What it may do; may be repeated.")],
    subject: Annotated[tuple[str, ...], Parameter(help="The only subject it may write or see; may be repeated.")] = (),
    source: Annotated[tuple[str, ...], Parameter(help="The only source it may write; may be repeated.")] = (),
    requests_per_second: Annotated[int | None, Parameter(help="Limit.")] = None,
    expires_at: Annotated[str | None, Parameter(help="From when on it is refused (RFC 3339).")] = None,
    data_dir: Annotated[Path | None, Parameter(help="Work on this folder, without a server; for the first key.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Make a key; standard output has its text, which nobody can show again."""
    if data_dir is not None:
        from meterlark.app import create_key_offline  # noqa: PLC0415 - loads the whole server, which no other command here needs

        rights = KeyRights(name=name, scopes=tuple(Scope(one) for one in scope), subjects=subject or None, sources=source or None)
        made = asyncio.run(create_key_offline(load_settings(overrides={"data_dir": data_dir}), rights))
        _show(_Key(made.key.id, made.key.start, name, list(scope), "", key=made.text), json_output=json_output)
        return
    body: dict[str, Any] = {
        "name": name,
        "scopes": scope,
        "subjects": subject or None,
        "sources": source or None,
        "requestsPerSecond": requests_per_second,
        "expiresAt": expires_at,
    }
    with Client(url) as client:
        _show(msgspec.json.decode(client.call("POST", "/api/v1/keys", body), type=_Key), json_output=json_output)


def list_all(*, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """List the keys, without their texts."""
    with Client(url) as client:
        keys = msgspec.json.decode(client.call("GET", "/api/v1/keys"), type=list[_Key])
    if json_output:
        print_json(keys)
    else:
        rows = [(key.id, key.start, key.name, " ".join(key.scopes), key.created_at, key.expires_at or "never") for key in keys]
        print_table(["id", "starts with", "name", "scopes", "made", "expires"], rows)


def rotate(
    key_id: str,
    /,
    *,
    grace_seconds: Annotated[int, Parameter(help="How long the old key goes on.")] = 0,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Make a key with the rights of another, which ends now or after the grace."""
    with Client(url) as client:
        made = client.call("POST", f"/api/v1/keys/{key_id}/rotate", {"graceSeconds": grace_seconds})
    _show(msgspec.json.decode(made, type=_Key), json_output=json_output)


def revoke(key_id: str, /, *, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """End a key now."""
    with Client(url) as client:
        client.call("DELETE", f"/api/v1/keys/{key_id}")
    if json_output:
        print_json([{"id": key_id, "revoked": True}])
    else:
        say(f"{key_id} is ended")


def _show(key: _Key, *, json_output: bool) -> None:
    if json_output:
        print_json([key])
        return
    say(f"Key {key.id} ({key.name}: {' '.join(key.scopes)}). Its text is shown once:")
    sys.stdout.write(f"{key.key}\n")
