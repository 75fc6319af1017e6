"""The rules of a meter's definition; each refusal names the field as on the wire."""

from typing import Any

import pytest

from meterlark.metering.meter import Aggregation, define_meter
from meterlark.model.errors import InvalidInputError

VALID: dict[str, Any] = {"slug": "tokens", "event_type": "openai", "aggregation": "SUM", "value_property": "$.total_tokens"}


def test_a_meter_keeps_what_it_was_given() -> None:
    """Nothing is filled in and nothing is lost."""
    meter = define_meter(**VALID, group_by={"model": "$.model"}, name="Tokens", metadata={"team": "a"})

    assert (meter.slug, meter.aggregation, meter.group_by) == ("tokens", Aggregation.SUM, {"model": "$.model"})
    assert (meter.name, meter.description, meter.metadata) == ("Tokens", None, {"team": "a"})


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_every_aggregation_can_be_defined(aggregation: str) -> None:
    """COUNT without a value, the others with one."""
    value = None if aggregation == "COUNT" else "$.v"
    assert define_meter(slug="m", event_type="t", aggregation=aggregation, value_property=value).aggregation == aggregation


@pytest.mark.parametrize("slug", ["a", "a_b", "0", "llm_total_tokens", "a" * 64])
def test_a_slug_is_lower_case_words(slug: str) -> None:
    """Digits and single underscores between them."""
    assert define_meter(**{**VALID, "slug": slug}).slug == slug


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "A"}, "slug"),
        ({"slug": "_a"}, "slug"),
        ({"slug": "a_"}, "slug"),
        ({"slug": "a__b"}, "slug"),
        ({"slug": "a-b"}, "slug"),
        ({"slug": "a\n"}, "slug"),
        ({"slug": "é"}, "slug"),
        ({"slug": "a" * 65}, "slug"),
        ({"event_type": ""}, "eventType"),
        ({"event_type": "t" * 1025}, "eventType"),
        ({"aggregation": "sum"}, "aggregation"),
        ({"aggregation": "MEDIAN"}, "aggregation"),
        ({"aggregation": "COUNT"}, "valueProperty"),
        ({"value_property": None}, "valueProperty"),
        ({"value_property": "total_tokens"}, "valueProperty"),
        ({"value_property": "$..a"}, "valueProperty"),
        ({"group_by": {"1a": "$.a"}}, "groupBy.1a"),
        ({"group_by": {"a-b": "$.a"}}, "groupBy.a-b"),
        ({"group_by": {"": "$.a"}}, "groupBy."),
        ({"group_by": {"a": "a"}}, "groupBy.a"),
        ({"group_by": {"a": "$.total_tokens"}}, "groupBy.a"),
        ({"group_by": {"subject": "$.s"}}, "groupBy.subject"),
        ({"group_by": {"customer_id": "$.s"}}, "groupBy.customer_id"),
        ({"group_by": {f"k{n}": "$.a" for n in range(33)}}, "groupBy"),
        ({"name": "n" * 257}, "name"),
        ({"description": "d" * 1025}, "description"),
    ],
)
def test_a_broken_rule_names_its_field(change: dict[str, Any], field: str) -> None:
    """One rule at a time, everything else being valid."""
    with pytest.raises(InvalidInputError) as caught:
        define_meter(**{**VALID, **change})
    assert caught.value.field == field
