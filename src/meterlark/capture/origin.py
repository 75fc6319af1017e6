"""Name where an exchange took place: the provider and the event's source.

The source is the provider and the base URL, such as `openai:https://api.openai.com/v1`: the same for an SDK, a gateway and a recording of
the same service, so that one response is one event whoever reports it. User names, passwords and query parameters are left out.
"""

import re
from typing import Final
from urllib.parse import quote, urlsplit

OPENAI: Final = "openai"
AZURE: Final = "azure"

_OPERATION_PATHS: Final = {"/chat/completions": "chat", "/responses": "responses"}
_OF_ONE_CALL: Final = re.compile(r"(?:/deployments/[^/]+)?(?:/chat/completions|/responses(?:/[^/]+)*)?/*$")
# What CloudEvents calls a URI-reference: RFC 3986 characters of a path; everything else is percent-encoded.
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=-._~%"


def operation_of(path: str) -> str | None:
    """Return `chat` or `responses` for the path of a URL that creates such an answer, else None."""
    path = "/" + path.strip("/")
    return next((operation for ending, operation in _OPERATION_PATHS.items() if path.endswith(ending)), None)


def provider_of(url: str) -> str:
    """Return the provider's name by the host of a URL; a host that is not known speaks OpenAI's format and is called so."""
    host = (urlsplit(url).hostname or "").lower()
    return AZURE if host.endswith((".azure.com", ".azure.us", ".azure.cn")) else OPENAI


def base_url_of(url: str) -> str:
    """Return the base URL of a service, given that or the URL of one call.

    Dropped are the operation with the id behind it, Azure's `/deployments/NAME`, query, fragment, credentials and the trailing slash.
    """
    parts = urlsplit(url)
    path = _OF_ONE_CALL.sub("", parts.path)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme.lower()}://{host}{path.rstrip('/')}"


def source_of(provider: str, url: str) -> str:
    """Return the event source for a provider and its base URL, or the URL of one of its calls; always a valid URI-reference."""
    return quote(f"{provider}:{base_url_of(url)}", safe=_PATH_CHARACTERS)
