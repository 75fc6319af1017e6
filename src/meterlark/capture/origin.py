"""Name where an exchange took place: the provider, by the host of the URL, and the event's source.

The source is the provider and the base URL, such as `openai:https://api.openai.com/v1`: the same for an SDK, a gateway and a recording of
the same service, so that one response is one event whoever reports it. User names, passwords and query parameters are left out.
"""

from typing import Final
from urllib.parse import quote, urlsplit

OPENAI: Final = "openai"
AZURE: Final = "azure"
ANTHROPIC: Final = "anthropic"
GEMINI: Final = "gemini"
VERTEX: Final = "vertex"
OLLAMA: Final = "ollama"

_OLLAMA_PORT: Final = 11434

_HOSTS: Final = {
    "api.openai.com": OPENAI,
    "azure.com": AZURE,
    "azure.us": AZURE,
    "azure.cn": AZURE,
    "models.github.ai": "github-models",
    "models.inference.ai.azure.com": "github-models",
    "anthropic.com": ANTHROPIC,
    "generativelanguage.googleapis.com": GEMINI,
    "aiplatform.googleapis.com": VERTEX,
    "amazonaws.com": "bedrock",
    "amazonaws.com.cn": "bedrock",
    "ai21.com": "ai21",
    "cerebras.ai": "cerebras",
    "cloudflare.com": "cloudflare",
    "cohere.ai": "cohere",
    "cohere.com": "cohere",
    "azuredatabricks.net": "databricks",
    "databricks.com": "databricks",
    "deepinfra.com": "deepinfra",
    "deepseek.com": "deepseek",
    "fireworks.ai": "fireworks",
    "groq.com": "groq",
    "heroku.com": "heroku",
    "huggingface.co": "huggingface",
    "jina.ai": "jina",
    "mistral.ai": "mistral",
    "moonshot.ai": "moonshot",
    "moonshot.cn": "moonshot",
    "nebius.com": "nebius",
    "nvidia.com": "nvidia",
    "ollama.com": OLLAMA,
    "openrouter.ai": "openrouter",
    "perplexity.ai": "perplexity",
    "pydantic.dev": "pydantic-gateway",
    "replicate.com": "replicate",
    "sambanova.ai": "sambanova",
    "together.ai": "together",
    "together.xyz": "together",
    "voyageai.com": "voyage",
    "ml.cloud.ibm.com": "watsonx",
    "x.ai": "xai",
    "z.ai": "zai",
}
"""Providers by the end of the host; the longest end that fits counts."""

_FIRST_LABELS: Final = {"bedrock-mantle": "bedrock-mantle"}
"""Providers by the first label, where the rest is the cloud's."""

# What CloudEvents calls a URI-reference: RFC 3986 characters of a path; everything else is percent-encoded.
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=-._~%"


def provider_of(url: str, *, default: str = OPENAI) -> str:
    """Return the provider's name by the host of a URL; an unknown host is called after the format that it speaks."""
    parts = urlsplit(url)
    labels = (parts.hostname or "").lower().split(".")
    if labels[0] in _FIRST_LABELS:
        return _FIRST_LABELS[labels[0]]
    if labels[-2:] == ["googleapis", "com"] and labels[0].endswith("-aiplatform"):
        return VERTEX
    for first in range(len(labels)):
        if (known := _HOSTS.get(".".join(labels[first:]))) is not None:
            return known
    return OLLAMA if _port(url) == _OLLAMA_PORT else default


def base_url_of(url: str, *, path: str) -> str:
    """Return the base URL of a service: a URL with another path, in lower case up to it, without query, fragment and credentials."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme.lower()}://{host}{path.rstrip('/')}"


def source_of(provider: str, base_url: str) -> str:
    """Return the event source for a provider and its base URL; always a valid URI-reference."""
    return quote(f"{provider}:{base_url}", safe=_PATH_CHARACTERS)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None
