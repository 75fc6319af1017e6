import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.origin import provider_of, source_of


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://x.openai.azure.com/openai", "azure"),
        ("https://models.inference.ai.azure.com/chat/completions", "github-models"),
        ("https://api.anthropic.com", "anthropic"),
        ("https://generativelanguage.googleapis.com", "gemini"),
        ("https://us-central1-aiplatform.googleapis.com", "vertex"),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model", "bedrock"),
        ("https://bedrock-mantle.us-east-1.api.aws/v1", "bedrock-mantle"),
        ("https://adb-1.1.azuredatabricks.net/serving-endpoints", "databricks"),
        ("https://API.X.AI/v1", "xai"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://localhost:8000/v1", "openai"),
        ("https://azure.com.example/v1", "openai"),
        ("https://notgroq.com/v1", "openai"),
        ("http://host:port/v1", "openai"),
        ("/v1/chat/completions", "openai"),
    ],
)
def test_the_provider_is_told_by_the_host(url: str, provider: str) -> None:
    """Whole labels from the end; hosts that are not known speak OpenAI's format."""
    assert provider_of(url) == provider


def test_the_source_is_provider_and_base_url() -> None:
    """It is part of the identity, so it is pinned."""
    assert source_of("openai", "https://api.openai.com/v1") == "openai:https://api.openai.com/v1"


@given(st.text(max_size=30))
def test_the_source_is_a_valid_uri_reference(path: str) -> None:
    """Whatever stands in the URL, only characters of RFC 3986 are left."""
    source = source_of("openai", f"https://host.example/{path}".encode("utf-8", "replace").decode())

    assert source.isascii()
    assert not set(source) & set(' "<>[]\\^`{}|')
