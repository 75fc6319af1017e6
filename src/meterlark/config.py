"""Settings: read once, from the environment and one TOML file, all mistakes named at once; the only reader of the environment."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from meterlark.metering.meter import Meter, define_meter
from meterlark.model.errors import InvalidInputError

DEFAULT_PORT: Final = 8888
"""The port that the OpenMeter quickstart uses, so that its clients' defaults fit."""

MEBIBYTE: Final = 1024 * 1024
LLM_EVENT_TYPE: Final = "llm.usage"
OPENAI_EVENT_TYPE: Final = "openai"
LITELLM_EVENT_TYPE: Final = "litellm_tokens"
"""Of LiteLLM's `openmeter` callback, unless OPENMETER_EVENT_TYPE says otherwise."""

_LLM_GROUPS: Final = {
    "model": "$.model",
    "provider": "$.provider",
    "operation": "$.operation",
    "usage_source": "$.usage_source",
}
_OPENAI_GROUPS: Final = {"model": "$.model"}


def preset_meters() -> tuple[Meter, ...]:
    """Return the meters that a server has without any configuration: tokens and requests of LLM exchanges.

    `llm_*` measure the events of Meterlark's own capture (type `llm.usage`), `openai_*` those of the classic example (type `openai`),
    `litellm_*` those of LiteLLM's `openmeter` callback.
    """
    presets: list[Meter] = []
    for prefix, event_type, groups in (
        ("llm", LLM_EVENT_TYPE, _LLM_GROUPS),
        ("openai", OPENAI_EVENT_TYPE, _OPENAI_GROUPS),
        ("litellm", LITELLM_EVENT_TYPE, _OPENAI_GROUPS),
    ):
        for name, path in (("total", "$.total_tokens"), ("input", "$.prompt_tokens"), ("output", "$.completion_tokens")):
            presets.append(
                define_meter(
                    slug=f"{prefix}_{name}_tokens",
                    event_type=event_type,
                    aggregation="SUM",
                    value_property=path,
                    group_by=groups,
                    name=f"{name.capitalize()} tokens ({event_type})",
                )
            )
        presets.append(
            define_meter(
                slug=f"{prefix}_requests", event_type=event_type, aggregation="COUNT", group_by=groups, name=f"Requests ({event_type})"
            )
        )
    return tuple(presets)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set.

    Attributes:
        data_dir: Folder of the ledger and the warehouse; None keeps everything in memory and loses it at the end.
        host: Address to listen on; another one than loopback needs an admin key.
        port: TCP port; 0 takes a free one.
        body_bytes_max: Bytes of a request body after decompression.
        batch_events_max: Events of one request.
        meters: Meters made sure of at start: the presets and those of the file.
        synchronous: SQLite's `synchronous`; anything but FULL may lose acknowledged events at a power cut and is for benches only.
        warehouse_memory: Memory limit of DuckDB, as it reads it.
    """

    data_dir: Path | None
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    body_bytes_max: int = 4 * MEBIBYTE
    batch_events_max: int = 1_000
    meters: tuple[Meter, ...] = ()
    synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"
    warehouse_memory: str = "1GB"


LOOPBACK_HOSTS: Final = ("127.0.0.1", "::1", "localhost")

_ENVIRONMENT: Final = {
    "METERLARK_DATA_DIR": "data_dir",
    "METERLARK_HOST": "host",
    "METERLARK_PORT": "port",
    "METERLARK_BODY_BYTES_MAX": "body_bytes_max",
    "METERLARK_BATCH_EVENTS_MAX": "batch_events_max",
    "METERLARK_SYNCHRONOUS": "synchronous",
    "METERLARK_WAREHOUSE_MEMORY": "warehouse_memory",
}


def load_settings(
    path: Path | None = None, *, environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Return the settings: overrides before the environment before the file before the defaults.

    Args:
        path: A TOML file, or None; its `[[meters]]` are those of the OpenMeter configuration (slug, eventType, aggregation, ...).
        environ: Defaults to the process's environment.
        overrides: Values of command line flags; None values are ignored. `in_memory` stands for no data folder at all.

    Raises:
        InvalidInputError: Every mistake found, one a line.
    """
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    meters: list[Meter] = []
    if path is not None:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"the configuration {path} cannot be read: {error}", field="config") from error
        for index, definition in enumerate(content.pop("meters", [])):
            try:
                meters.append(_meter_from_file(definition))
            except InvalidInputError as error:
                mistakes.append(f"{path.name}: meters[{index}]: {error}")
        values.update(content)
    source = os.environ if environ is None else environ
    values.update({name: source[variable] for variable, name in _ENVIRONMENT.items() if source.get(variable)})
    values.update({name: value for name, value in (overrides or {}).items() if value is not None})
    unknown = sorted(set(values) - set(Settings.__struct_fields__) - {"in_memory"})
    mistakes += [f"{name} is not a setting; settings are {', '.join(sorted(_ENVIRONMENT.values()))} and [[meters]]" for name in unknown]
    values = {name: value for name, value in values.items() if name not in unknown}
    if values.pop("in_memory", False):
        values["data_dir"] = None
    values.setdefault("data_dir", "meterlark-data")
    presets = [meter for meter in preset_meters() if meter.slug not in {one.slug for one in meters}]
    settings: Settings | None = None
    try:
        settings = msgspec.convert(values | {"meters": ()}, Settings, strict=False)
        settings = msgspec.structs.replace(settings, meters=(*presets, *meters))
    except msgspec.ValidationError as error:
        mistakes.append(str(error))
    if mistakes or settings is None:
        raise InvalidInputError("\n".join(mistakes), field="config")
    return settings


_METER_KEYS: Final = {
    "slug": "slug",
    "eventType": "event_type",
    "aggregation": "aggregation",
    "valueProperty": "value_property",
    "groupBy": "group_by",
    "eventFrom": "event_from",
    "name": "name",
    "description": "description",
    "metadata": "metadata",
}


def _meter_from_file(definition: object) -> Meter:
    if not isinstance(definition, dict):
        raise InvalidInputError("a meter is a table with slug, eventType and aggregation")
    unknown = sorted(set(definition) - set(_METER_KEYS))
    if unknown:
        raise InvalidInputError(f"unknown keys {', '.join(unknown)}; allowed are {', '.join(_METER_KEYS)}")
    missing = [key for key in ("slug", "eventType", "aggregation") if key not in definition]
    if missing:
        raise InvalidInputError(f"{', '.join(missing)} missing")
    return define_meter(**{_METER_KEYS[key]: value for key, value in definition.items()})


def sdk_address(environ: Mapping[str, str] | None = None) -> str:
    """Return the server's address for programs that read it from the environment: METERLARK_URL, else the default port on loopback."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_URL") or f"http://127.0.0.1:{DEFAULT_PORT}"


def sdk_key(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the API key for programs that read it from the environment: METERLARK_API_KEY; a key never stands on a command line."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_API_KEY") or None
