"""Settings: read once, from the environment and one TOML file, all mistakes named at once; the only reader of the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.window import load_zone
from meterlark.model.errors import InvalidInputError

DEFAULT_PORT: Final = 8888
"""The port that the OpenMeter quickstart uses, so that its clients' defaults fit."""

MEBIBYTE: Final = 1024 * 1024
LLM_EVENT_TYPE: Final = "llm.usage"
OPENAI_EVENT_TYPE: Final = "openai"
LITELLM_EVENT_TYPE: Final = "litellm_tokens"
"""Of LiteLLM's `openmeter` callback, unless OPENMETER_EVENT_TYPE says otherwise."""

OPENAI_USAGE_TYPE: Final = "openai.organization.usage"
OPENAI_COST_TYPE: Final = "openai.organization.cost"
"""Of what `meterlark import openai` makes of an organisation's usage and costs."""

_LLM_GROUPS: Final = {
    "model": "$.model",
    "provider": "$.provider",
    "operation": "$.operation",
    "usage_source": "$.usage_source",
}
_OPENAI_GROUPS: Final = {"model": "$.model"}
RETURNED_MODEL: Final = "returned_model"
"""Dimension of meters of cost: the model as the events name it, which is `model` of the other meters; their `model` is the priced one."""

_COST_GROUPS: Final = {
    **{name: f"$.meterlark.{name}" for name in ("provider", "model", "tier")},
    RETURNED_MODEL: "$.model",
    "operation": "$.operation",
    "usage_source": "$.usage_source",
}
_USAGE_KEYS: Final = ("model", "kind", "project_id", "batch", "service_tier")
_COST_KEYS: Final = ("line_item", "project_id", "currency")

_ORIGIN: Final = r"https?://([a-z0-9.\-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?"
_ORIGINS: Final = rf"^(\*|{_ORIGIN}( {_ORIGIN})*)$"
"""As browsers send them: lower case, no path, no slash at the end."""


def preset_meters() -> tuple[Meter, ...]:
    """Return the meters that a server has without any configuration: tokens, requests and cost of LLM exchanges.

    `llm_*` measure the events of Meterlark's own capture (type `llm.usage`), `openai_*` those of the classic example (type `openai`),
    `litellm_*` those of LiteLLM's `openmeter` callback, `openai_org_*` OpenAI's totals for an organisation.
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
        if event_type != LITELLM_EVENT_TYPE:  # its events do not name the provider, so nothing of them has a price
            presets.append(
                define_meter(
                    slug=f"{prefix}_cost",
                    event_type=event_type,
                    aggregation="SUM",
                    value_property="$.meterlark.cost",
                    group_by=_COST_GROUPS,
                    name=f"Cost in US dollars ({event_type})",
                )
            )
        presets.append(
            define_meter(
                slug=f"{prefix}_requests", event_type=event_type, aggregation="COUNT", group_by=groups, name=f"Requests ({event_type})"
            )
        )
    return (*presets, *_organization_meters())


def _organization_meters() -> Iterator[Meter]:
    """Yield the meters of OpenAI's own totals, which `meterlark import openai` brings in; an event of theirs stands for many requests."""
    for name, path in (("total_tokens", "$.total_tokens"), ("input_tokens", "$.input_tokens"), ("output_tokens", "$.output_tokens")):
        yield _organization_meter(name, OPENAI_USAGE_TYPE, path, f"{name.partition('_')[0].capitalize()} tokens")
    yield _organization_meter("requests", OPENAI_USAGE_TYPE, "$.requests", "Requests")
    yield _organization_meter("cost", OPENAI_COST_TYPE, "$.amount", "Cost")


def _organization_meter(name: str, event_type: str, path: str, title: str) -> Meter:
    keys = _COST_KEYS if event_type == OPENAI_COST_TYPE else _USAGE_KEYS
    return define_meter(
        slug=f"openai_org_{name}",
        event_type=event_type,
        aggregation="SUM",
        value_property=path,
        group_by={key: f"$.{key}" for key in keys},
        name=f"{title} ({event_type})",
    )


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
        prices_file: A price document of your own, whose prices go before those that ship with Meterlark; read at start; empty for none.
        warehouse_memory: Memory limit of DuckDB, as it reads it.
        time_zone: IANA name of the reporting time zone, in which pages show times and cut days unless asked for another.
        portal_origins: Origins of the sites whose pages may show usage by portal tokens, separated by spaces; `*` stands for any.
    """

    data_dir: Path | None
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = DEFAULT_PORT
    body_bytes_max: Annotated[int, Meta(ge=1_024, le=1_024 * MEBIBYTE)] = 4 * MEBIBYTE
    batch_events_max: Annotated[int, Meta(ge=1, le=100_000)] = 1_000
    meters: tuple[Meter, ...] = ()
    synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"
    prices_file: Path | None = None
    warehouse_memory: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,6}(MB|GB|MiB|GiB)$")] = "1GB"
    time_zone: str = "UTC"
    portal_origins: Annotated[str, Meta(pattern=_ORIGINS)] = "*"


DEFAULT_DATA_DIR: Final = Path("meterlark-data")
LOOPBACK_HOSTS: Final = ("127.0.0.1", "::1", "localhost")

_PREFIX: Final = "METERLARK_"
_ENVIRONMENT: Final = {
    "METERLARK_DATA_DIR": "data_dir",
    "METERLARK_HOST": "host",
    "METERLARK_PORT": "port",
    "METERLARK_BODY_BYTES_MAX": "body_bytes_max",
    "METERLARK_BATCH_EVENTS_MAX": "batch_events_max",
    "METERLARK_SYNCHRONOUS": "synchronous",
    "METERLARK_PRICES_FILE": "prices_file",
    "METERLARK_WAREHOUSE_MEMORY": "warehouse_memory",
    "METERLARK_TIME_ZONE": "time_zone",
    "METERLARK_PORTAL_ORIGINS": "portal_origins",
}


_PROGRAM_VARIABLES: Final = ("METERLARK_URL", "METERLARK_API_KEY", "METERLARK_STRIPE_URL", "METERLARK_STRIPE_API_KEY")
"""Read by commands and by the SDK, not by a server."""


def known_variables() -> tuple[str, ...]:
    """Return the names of all variables that a server, a command or the SDK reads."""
    return (*_ENVIRONMENT, *_PROGRAM_VARIABLES)


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the variables of the environment that begin with METERLARK_ and are read by nobody."""
    source = os.environ if environ is None else environ
    return sorted(name for name in source if name.startswith(_PREFIX) and name not in known_variables())


_NO_INTEGER: Final = "Expected `int`, got `str`"
"""What msgspec says of a variable that should be a number."""

_KINDS: Final = {field.name: field.type for field in msgspec.structs.fields(Settings)}


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
    mistakes: list[str] = []
    values, meters = _read_file(path, mistakes) if path is not None else ({}, [])
    source = os.environ if environ is None else environ
    values.update({name: source[variable] for variable, name in _ENVIRONMENT.items() if source.get(variable)})
    values.update({name: value for name, value in (overrides or {}).items() if value is not None})
    if values.get("prices_file") == "":
        del values["prices_file"]  # TOML has no word for none
    if values.pop("in_memory", False):
        values["data_dir"] = None
    values = {"data_dir": DEFAULT_DATA_DIR, **values}
    unknown = sorted(set(values) - set(_ENVIRONMENT.values()))
    mistakes += [f"{name} is not a setting; settings are {', '.join(sorted(_ENVIRONMENT.values()))} and [[meters]]" for name in unknown]
    checked = {name: _check(name, value, mistakes) for name, value in values.items() if name not in unknown}
    if isinstance(zone := checked.get("time_zone"), str):
        _check_zone(zone, mistakes)
    if mistakes:
        raise InvalidInputError("\n".join(mistakes), field="config")
    presets = [meter for meter in preset_meters() if meter.slug not in {one.slug for one in meters}]
    return Settings(**checked, meters=(*presets, *meters))


class _MeterTable(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """One of the file's `[[meters]]`."""

    slug: str
    event_type: str
    aggregation: str
    value_property: str | None = None
    group_by: dict[str, str] = {}
    event_from: Annotated[datetime, Meta(tz=True)] | None = None
    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] = {}


def _read_file(path: Path, mistakes: list[str]) -> tuple[dict[str, Any], list[Meter]]:
    """Return the settings and the meters of a TOML file; adds what is wrong with the meters to the mistakes."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"the configuration {path} cannot be read: {error}", field="config") from error
    tables = content.pop("meters", [])
    if not isinstance(tables, list):
        mistakes.append(f"{path.name}: meters is {tables!r}; meters are written as [[meters]] tables")
        return content, []
    return content, read_meters(tables, path.name, mistakes)


def read_meters(tables: Sequence[object], file: str, mistakes: list[str]) -> list[Meter]:
    """Return the meters of a file; adds what is wrong with them to the mistakes.

    Args:
        tables: One for each meter, with the keys of the OpenMeter configuration.
        file: Its name, for the messages.
        mistakes: Where they are added.
    """
    meters: dict[str, Meter] = {}
    for index, table in enumerate(tables):
        try:
            meter = _meter_from_file(table)
        except InvalidInputError as error:
            mistakes.append(f"{file}: meters[{index}]: {error}")
            continue
        if meter.slug in meters:
            mistakes.append(f"{file}: meters[{index}]: the slug {meter.slug} is given twice")
        meters[meter.slug] = meter
    return list(meters.values())


def _meter_from_file(table: object) -> Meter:
    try:
        read = msgspec.convert(table, _MeterTable)
    except msgspec.ValidationError as error:
        keys = ", ".join(field.encode_name for field in msgspec.structs.fields(_MeterTable))
        raise InvalidInputError(f"{error}; keys are {keys}") from error
    given = msgspec.structs.asdict(read)
    if read.event_from is not None:
        given["event_from"] = read.event_from.astimezone(UTC)
    return define_meter(**given)


def _check(name: str, value: object, mistakes: list[str]) -> Any:  # noqa: ANN401 - of the setting's own type
    """Return the value of a setting in its type, or add what is wrong with it to the mistakes."""
    try:
        return msgspec.convert(value, _KINDS[name], strict=False, dec_hook=_read_path)
    except msgspec.ValidationError as error:
        mistakes.append(f"{name} is {value!r}; {_allowed(name, str(error))}")
        return None


def _allowed(name: str, found: str) -> str:
    """Return what a setting may be, where what msgspec found does not tell it: its other words name a bound or a form."""
    if get_origin(_KINDS[name]) is Literal:
        return f"allowed are {', '.join(get_args(_KINDS[name]))}"
    return "allowed are whole numbers" if found == _NO_INTEGER else found


def _check_zone(name: str, mistakes: list[str]) -> None:
    try:
        load_zone(name)
    except InvalidInputError as error:
        mistakes.append(f"time_zone is {name!r}; {str(error).partition('; ')[2]}")


def _read_path(kind: type, value: object) -> Path:
    assert kind is Path
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("expected the name of a folder")
    return Path(value)


def sdk_address(environ: Mapping[str, str] | None = None) -> str:
    """Return the server's address for programs that read it from the environment: METERLARK_URL, else the default port on loopback."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_URL") or f"http://127.0.0.1:{DEFAULT_PORT}"


STRIPE_ADDRESS: Final = "https://api.stripe.com"


def stripe_address(environ: Mapping[str, str] | None = None) -> str:
    """Return Stripe's address: METERLARK_STRIPE_URL, for a stand-in, else its own."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_STRIPE_URL") or STRIPE_ADDRESS


def stripe_key(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the key for Stripe's API: METERLARK_STRIPE_API_KEY; it never stands on a command line."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_STRIPE_API_KEY") or None


def sdk_key(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the API key for programs that read it from the environment: METERLARK_API_KEY; a key never stands on a command line."""
    source = os.environ if environ is None else environ
    return source.get("METERLARK_API_KEY") or None
