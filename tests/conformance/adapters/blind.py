"""A wrapper with the usual fault, known to be bad: it reads the usage when a stream has ended, and so misses the one that is given up.

It has a second one: the usage that it asks for reaches a caller who did not.
"""

from collections.abc import Iterator
from typing import Any

from adapters.sdks import sdk_client

TITLE = "known to be bad"
KINDS = frozenset({"openai"})
PACKAGES = ("openai",)


class Adapter:
    """Replaces `create` of the chat completions."""

    def __init__(self) -> None:
        self._records: list[dict[str, Any]] = []

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        client = sdk_client(kind, root_url)
        create = client.chat.completions.create

        def metered(*, stream: bool = False, **request: Any) -> Any:
            if stream:
                return self._reading(create(stream=True, **(request | {"stream_options": {"include_usage": True}})))
            answer = create(**request)
            self._record(answer.usage, answer.service_tier)
            return answer

        client.chat.completions.create = metered
        return client

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        records, self._records = self._records, []
        return records

    def _reading(self, stream: Any) -> Iterator[Any]:
        for chunk in stream:
            if chunk.usage is not None:
                self._record(chunk.usage, chunk.service_tier)
            yield chunk

    def _record(self, usage: Any, tier: str | None) -> None:
        self._records.append(
            {
                "input": usage.prompt_tokens,
                "output": usage.completion_tokens,
                "cached": usage.prompt_tokens_details.cached_tokens,
                "reasoning": usage.completion_tokens_details.reasoning_tokens,
                "tier": tier,
            }
        )
