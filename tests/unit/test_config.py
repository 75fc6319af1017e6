from datetime import UTC, datetime
from pathlib import Path

import pytest

from meterlark.config import DEFAULT_PORT, Settings, load_settings, preset_meters, sdk_address
from meterlark.metering.meter import Aggregation
from meterlark.model.errors import InvalidInputError


def written(folder: Path, text: str) -> Path:
    """Write a configuration file."""
    path = folder / "meterlark.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_of(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """Return the lines of the error that a configuration gives."""
    with pytest.raises(InvalidInputError) as caught:
        load_settings(written(folder, text), environ=environ or {})
    assert caught.value.field == "config"
    return str(caught.value).splitlines()


def test_nothing_needs_to_be_set() -> None:
    """The defaults serve on loopback, from a folder beside, with the presets."""
    settings = load_settings(environ={})

    assert settings == Settings(data_dir=Path("meterlark-data"), meters=preset_meters())
    assert (settings.host, settings.port, settings.synchronous) == ("127.0.0.1", DEFAULT_PORT, "FULL")


@pytest.mark.parametrize(
    ("name", "variable", "text", "value"),
    [
        ("data_dir", "METERLARK_DATA_DIR", "/var/lib/x", Path("/var/lib/x")),
        ("host", "METERLARK_HOST", "::1", "::1"),
        ("port", "METERLARK_PORT", "0", 0),
        ("body_bytes_max", "METERLARK_BODY_BYTES_MAX", "2048", 2048),
        ("batch_events_max", "METERLARK_BATCH_EVENTS_MAX", "7", 7),
        ("synchronous", "METERLARK_SYNCHRONOUS", "NORMAL", "NORMAL"),
        ("warehouse_memory", "METERLARK_WAREHOUSE_MEMORY", "512MB", "512MB"),
        ("portal_origins", "METERLARK_PORTAL_ORIGINS", "https://a.example http://[::1]:3000", "https://a.example http://[::1]:3000"),
    ],
)
def test_every_setting_is_read_from_the_environment_and_from_the_file(
    tmp_path: Path, name: str, variable: str, text: str, value: object
) -> None:
    """A number may be written as a text there, too."""
    assert getattr(load_settings(environ={variable: text}), name) == value
    assert getattr(load_settings(written(tmp_path, f'{name} = "{text}"\n'), environ={}), name) == value


def test_flags_win_over_the_environment_over_the_file_over_the_defaults(tmp_path: Path) -> None:
    """Each only where it says something."""
    path = written(tmp_path, 'port = 1\nhost = "::1"\nbatch_events_max = 5\n')
    environ = {"METERLARK_PORT": "2", "METERLARK_HOST": "localhost"}

    settings = load_settings(path, environ=environ, overrides={"port": 3, "host": None, "data_dir": Path("d")})

    assert (settings.port, settings.host, settings.batch_events_max, settings.data_dir) == (3, "localhost", 5, Path("d"))


def test_an_empty_variable_is_not_set() -> None:
    """As shells and containers leave them."""
    assert load_settings(environ={"METERLARK_PORT": ""}).port == DEFAULT_PORT


def test_in_memory_stands_for_no_folder() -> None:
    """Even where one is set."""
    assert load_settings(environ={"METERLARK_DATA_DIR": "x"}, overrides={"in_memory": True}).data_dir is None


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """One line each, with what was given."""
    text = """
colour = "red"
port = 70000
body_bytes_max = "much"
[[meters]]
slug = "Bad"
eventType = "x"
aggregation = "COUNT"
[[meters]]
slug = "half"
"""
    lines = mistakes_of(tmp_path, text, {"METERLARK_SYNCHRONOUS": "MAYBE"})

    assert len(lines) == 6
    for part in ("colour is not a setting", "port is 70000", "body_bytes_max is 'much'", "'MAYBE'", "slug is 'Bad'"):
        assert sum(part in line for line in lines) == 1, part
    assert any("meters[1]" in line and "eventType" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("port = -1", "port is -1"),
        ("port = true", "port is True"),
        ("batch_events_max = 0", "batch_events_max is 0"),
        ("body_bytes_max = 10", "body_bytes_max is 10"),
        ('warehouse_memory = "lots"', "warehouse_memory is 'lots'"),
        ('portal_origins = "https://a.example/"', "portal_origins is 'https://a.example/'"),
        ('portal_origins = "a.example"', "portal_origins is 'a.example'"),
        ('portal_origins = "* https://a.example"', "portal_origins is '* https://a.example'"),
        ('data_dir = ""', "data_dir is ''"),
        ('port = "abc"', "port is 'abc'; allowed are whole numbers"),
        ('synchronous = "MAYBE"', "synchronous is 'MAYBE'; allowed are FULL, NORMAL, OFF"),
        ("meters = 5", "[[meters]]"),
        ('[[meters]]\nslug = 5\neventType = "a"\naggregation = "COUNT"', "meters[0]"),
        ('[[meters]]\nslug = "a"\neventType = "a"\naggregation = "COUNT"\ncolour = 1', "colour"),
        ('[[meters]]\nslug = "a"\neventType = "a"\naggregation = "COUNT"\neventFrom = 2026-01-01', "eventFrom"),
        ('[[meters]]\nslug = "a"\neventType = "a"\naggregation = "COUNT"\neventFrom = 2026-01-01T00:00:00', "eventFrom"),
        ('[[meters]]\nslug = "a"\neventType = "a"\naggregation = "SUM"', "valueProperty is required"),
        ('[[meters]]\nslug = "a"\neventType = "a"\naggregation = "COUNT"\n' * 2, "given twice"),
    ],
)
def test_a_single_mistake_is_a_single_line(tmp_path: Path, text: str, part: str) -> None:
    """It names the setting or the meter."""
    [line] = mistakes_of(tmp_path, text)

    assert part in line


@pytest.mark.parametrize("content", [b"port = ", b"\xff", None], ids=["cut", "not text", "missing"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """Broken TOML, another encoding, or no file."""
    path = tmp_path / "meterlark.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidInputError, match=r"meterlark\.toml cannot be read"):
        load_settings(path, environ={})


def test_a_meter_of_the_file_replaces_the_preset_of_its_slug(tmp_path: Path) -> None:
    """The others stay; its times are UTC."""
    text = """
[[meters]]
slug = "llm_requests"
eventType = "mine"
aggregation = "SUM"
valueProperty = "$.n"
eventFrom = 2026-01-01T00:00:00+02:00
groupBy = { tier = "$.tier" }
"""
    settings = load_settings(written(tmp_path, text), environ={})

    by_slug = {meter.slug: meter for meter in settings.meters}
    assert by_slug["llm_requests"].event_type == "mine"
    assert by_slug["llm_requests"].event_from == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert by_slug["llm_requests"].group_by == {"tier": "$.tier"}
    assert len(by_slug) == len(settings.meters) == len(preset_meters())


def test_the_presets_measure_tokens_requests_and_cost() -> None:
    """Of Meterlark's own events and of the classic example, by model; LiteLLM's events do not say whose prices hold."""
    presets = {meter.slug: meter for meter in preset_meters()}

    kinds = {"llm": "llm.usage", "openai": "openai", "litellm": "litellm_tokens", "openai_org": "openai.organization.usage"}
    what = ("input_tokens", "output_tokens", "requests", "total_tokens")
    costs = {"llm_cost": "llm.usage", "openai_cost": "openai", "openai_org_cost": "openai.organization.cost"}
    assert {slug: meter.event_type for slug, meter in presets.items()} == {
        f"{kind}_{one}": event_type for kind, event_type in kinds.items() for one in what
    } | costs
    assert presets["llm_requests"].aggregation is Aggregation.COUNT
    assert presets["openai_total_tokens"].value_property == "$.total_tokens"
    assert all("model" in meter.group_by for slug, meter in presets.items() if slug != "openai_org_cost")


def test_programs_find_the_server_by_the_environment() -> None:
    """METERLARK_URL, else the default port of this machine."""
    assert sdk_address({"METERLARK_URL": "http://x:1"}) == "http://x:1"
    assert sdk_address({"METERLARK_URL": ""}) == "http://127.0.0.1:8888"
