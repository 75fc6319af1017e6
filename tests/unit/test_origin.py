import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlark.capture.origin import base_url_of, operation_of, provider_of, source_of


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/responses/resp_1?stream=true", "https://api.openai.com/v1"),
        ("https://larks.openai.azure.com/openai/deployments/tiny/chat/completions?api-version=1", "https://larks.openai.azure.com/openai"),
        ("https://larks.openai.azure.com/openai/deployments/tiny/", "https://larks.openai.azure.com/openai"),
        ("https://user:secret@Host.example:8080/v1#part", "https://host.example:8080/v1"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_the_base_url_is_the_same_for_client_and_call(url: str, base_url: str) -> None:
    """Operation, deployment, query and credentials are no part of it."""
    assert base_url_of(url) == base_url


def test_the_source_is_provider_and_base_url() -> None:
    """It is part of the identity, so it is pinned."""
    assert source_of("openai", "https://api.openai.com/v1/chat/completions") == "openai:https://api.openai.com/v1"


@given(st.text(max_size=30))
def test_the_source_is_a_valid_uri_reference(path: str) -> None:
    """Whatever stands in the URL, only characters of RFC 3986 are left."""
    try:
        source = source_of("openai", f"https://host.example/{path}")
    except ValueError:
        return  # not a URL at all, such as an unclosed bracket; clients refuse it first

    assert source.isascii()
    assert not set(source) & set(' "<>[]\\^`{}|')


@pytest.mark.parametrize(
    ("path", "operation"),
    [("/chat/completions", "chat"), ("responses", "responses"), ("/embeddings", None), ("/responses/resp_1", None), ("/completions", None)],
)
def test_the_operation_is_told_by_the_path(path: str, operation: str | None) -> None:
    """Only calls that create an answer are one."""
    assert operation_of(path) == operation


def test_the_provider_is_told_by_the_host() -> None:
    """Hosts that are not Azure's speak OpenAI's format."""
    assert provider_of("https://x.openai.azure.com/openai") == "azure"
    assert provider_of("https://api.openai.com/v1") == "openai"
    assert provider_of("https://azure.com.example/v1") == "openai"
