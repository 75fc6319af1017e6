import pytest

from meterlark.capture import route as route_module
from meterlark.capture.answer import Reader
from meterlark.capture.dialect import reader_class
from meterlark.capture.route import Countable, Route, Skipped, route_of

V1 = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("url", "operation", "base_url"),
    [
        (f"{V1}/chat/completions", "chat", V1),
        (f"{V1}/completions?x=1", "completions", V1),
        (f"{V1}/responses", "responses", V1),
        (f"{V1}/responses/resp_1/cancel", "responses", V1),
        (f"{V1}/images/edits", "images", V1),
        (f"{V1}/edits", "edits", V1),
        (f"{V1}/engines/davinci/embeddings", "embeddings", V1),
        (f"{V1}/threads/runs", "run", V1),
        (f"{V1}/threads/t/runs/r/submit_tool_outputs", "run", V1),
        (
            "https://larks.openai.azure.com/openai/deployments/tiny/chat/completions?api-version=1",
            "chat",
            "https://larks.openai.azure.com/openai",
        ),
        ("https://user:secret@Host.example:8080/v1/responses#part", "responses", "https://host.example:8080/v1"),
        ("https://api.anthropic.com/v1/messages", "messages", "https://api.anthropic.com"),
        (
            "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent",
            "generate_content",
            "https://generativelanguage.googleapis.com/v1beta",
        ),
        (
            "https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/g:streamGenerateContent",
            "generate_content",
            "https://aiplatform.googleapis.com/v1/projects/p/locations/l",
        ),
        ("http://localhost:11434/api/chat", "chat", "http://localhost:11434"),
        ("http://localhost:11434/v1/chat/completions", "chat", "http://localhost:11434/v1"),
        ("https://api.mistral.ai/v1/fim/completions", "chat", "https://api.mistral.ai/v1"),
    ],
)
def test_the_path_tells_the_operation_and_the_base_url(url: str, operation: str, base_url: str) -> None:
    """The base URL is the same for all calls of a service."""
    route = route_of("POST", url)

    assert isinstance(route, Route)
    assert (route.operation, route.base_url) == (operation, base_url)


@pytest.mark.parametrize(
    ("method", "url", "reason"),
    [
        ("POST", f"{V1}/responses/input_tokens", "a pre-count is not consumption"),
        ("POST", "https://api.anthropic.com/v1/messages/count_tokens", "a pre-count is not consumption"),
        ("POST", "https://generativelanguage.googleapis.com/v1beta/models/g:countTokens", "a pre-count is not consumption"),
        ("GET", f"{V1}/organization/usage/completions", "a report of usage that was metered when it happened"),
        ("POST", f"{V1}/threads/t/messages", "the usage is in the runs of the thread"),
        ("POST", f"{V1}/realtime/client_secrets", "the usage is in the session's events; give them to meter.record_session"),
        (
            "GET",
            "https://api.anthropic.com/v1/messages/batches/b/results",
            "every line is an answer of its own; give the lines to meter.record_batch",
        ),
        ("DELETE", f"{V1}/responses/resp_1", "this endpoint gives no answer of a model"),
        ("GET", f"{V1}/responses/resp_1/input_items", "this endpoint gives no answer of a model"),
        ("GET", f"{V1}/models", "this endpoint gives no answer of a model"),
        ("GET", f"{V1}/chat/completions", "this endpoint gives no answer of a model"),
        ("POST", f"{V1}/uploads/u/complete", "this endpoint gives no answer of a model"),
        ("POST", "http://[::1/v1/chat/completions", "the URL cannot be read"),
    ],
)
def test_what_bears_no_usage_says_why(method: str, url: str, reason: str) -> None:
    """The reason is for a person who wonders what became of a call."""
    assert route_of(method, url) == Skipped(reason)


def test_a_given_provider_is_believed() -> None:
    """A gateway of the user's own may stand before any."""
    route = route_of("POST", "https://gateway.example/v1/audio/transcriptions", provider="mistral")

    assert isinstance(route, Route)
    assert (route.provider, route.reader) == ("mistral", "openai_media:MistralTranscriptionReader")


def test_an_unknown_host_is_called_after_its_format() -> None:
    """Nothing else is known of it."""
    providers = [route_of("POST", f"https://gateway.example/v1/{path}") for path in ("messages", "responses")]

    assert [route.provider for route in providers if isinstance(route, Route)] == ["anthropic", "openai"]


def test_what_can_be_counted_depends_on_the_operation() -> None:
    """Text has tokens on both sides, embeddings on one, speech has none."""
    routes = [route_of("POST", f"{V1}/{path}") for path in ("chat/completions", "embeddings", "audio/speech", "responses/compact")]

    assert [route.countable for route in routes if isinstance(route, Route)] == [
        Countable.TEXT,
        Countable.INPUT,
        Countable.UNITS,
        Countable.NOTHING,
    ]


def test_an_answer_that_is_asked_for_again_is_read_again() -> None:
    """Background responses: the same id makes the same event."""
    assert isinstance(route_of("GET", f"{V1}/responses/resp_1"), Route)
    assert isinstance(route_of("get", f"{V1}/chat/completions/chatcmpl-1"), Route)


def test_every_route_has_a_reader() -> None:
    """They are named as text, so that a program loads only what it uses."""
    entries = [*route_module._ENTRIES, *(entry for special in route_module._OF_PROVIDER.values() for entry in special)]

    assert all(issubclass(reader_class(entry.reader), Reader) for entry in entries)
