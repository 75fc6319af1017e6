"""LiteLLM with a custom logger. It is a client of its own, so what its caller sees is compared with LiteLLM without a logger."""

import time
from types import SimpleNamespace
from typing import Any

import litellm
from litellm.integrations.custom_logger import CustomLogger

TITLE = "LiteLLM"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = ("litellm",)
BASELINE = "litellm_bare"
UNASKED = frozenset({"N", "O", "Anthropic N"})
"""It has no such calls."""

SETTLE_SECONDS = 0.7
"""Its loggers run in threads and tasks that tell nobody when they are done."""


class Logger(CustomLogger):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Take a call that went well."""
        self._keep(kwargs, response_obj)

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Take a call that went well."""
        self._keep(kwargs, response_obj)

    def _keep(self, kwargs: Any, answer: Any) -> None:
        # A stream of the Responses API ends with an event that has the answer inside.
        answer = getattr(answer, "response", answer)
        usage = field(answer, "usage")
        inputs = field(usage, "prompt_tokens_details", "input_tokens_details")
        outputs = field(usage, "completion_tokens_details", "output_tokens_details")
        # It calls both kinds of loggers for some calls; that is one record.
        self.records[kwargs["litellm_call_id"]] = {
            "input": field(usage, "prompt_tokens", "input_tokens"),
            "output": field(usage, "completion_tokens", "output_tokens"),
            "cached": field(inputs, "cached_tokens"),
            "reasoning": field(outputs, "reasoning_tokens"),
            "tier": field(answer, "service_tier"),
        }


def field(value: Any, *names: str) -> Any:
    """Return the first of these fields that an object or a mapping has."""
    found = (value.get(name) if isinstance(value, dict) else getattr(value, name, None) for name in names)
    return next((one for one in found if one is not None), None)


class Adapter:
    """Gives what looks like a client and calls LiteLLM."""

    logger: Logger | None

    def __init__(self) -> None:
        self.logger = Logger()
        litellm.callbacks = [self.logger]
        # Azure is not sent the service tier.
        litellm.drop_params = True

    def client(self, kind: str, root_url: str) -> Any:
        """Return what has the methods that the callers use."""
        prefix = {"azure": "azure/", "anthropic": "anthropic/", "google": "gemini/"}.get(kind, "openai/")
        where: dict[str, Any] = {"api_base": f"{root_url}/v1" if prefix == "openai/" else root_url, "api_key": "test", "max_retries": 2}
        if kind == "azure":
            where["api_version"] = "2024-10-21"
        if kind == "google":
            where["api_base"] = f"{root_url}/v1beta"

        def chat(**request: Any) -> Any:
            return litellm.completion(**(request | where | {"model": prefix + request["model"]}))

        async def chat_async(**request: Any) -> Any:
            return await litellm.acompletion(**(request | where | {"model": prefix + request["model"]}))

        def respond(**request: Any) -> Any:
            return litellm.responses(**(request | where | {"model": prefix + request["model"]}))

        def content(*, model: str, contents: str, config: Any, **more: Any) -> Any:
            messages = [{"role": "user", "content": contents}]
            return chat(model=model, messages=messages, extra_headers=config["http_options"]["headers"], **more)

        create = chat_async if kind == "async_openai" else chat
        return SimpleNamespace(
            chat=SimpleNamespace(completions=SimpleNamespace(create=create)),
            responses=SimpleNamespace(create=respond),
            messages=SimpleNamespace(create=chat),
            models=SimpleNamespace(generate_content=content, generate_content_stream=lambda **request: content(stream=True, **request)),
        )

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        if self.logger is None:
            return []
        time.sleep(SETTLE_SECONDS)
        records = list(self.logger.records.values())
        self.logger.records.clear()
        return records
