"""LangSmith's `wrap_openai`, `wrap_anthropic` and `wrap_gemini`."""

from typing import Any

from adapters.sdks import sdk_client
from langsmith import Client, wrappers
from langsmith.run_helpers import tracing_context

TITLE = "LangSmith"
KINDS = frozenset({"openai", "async_openai", "azure", "anthropic", "google"})
PACKAGES = ("langsmith",)


class Adapter:
    """Wraps the SDKs' clients and takes what LangSmith's client is given to send."""

    def __init__(self) -> None:
        self._runs: dict[str, dict[str, Any]] = {}
        runs = self._runs

        class Collecting(Client):
            """Keeps runs instead of sending them."""

            def create_run(self, *_: Any, **run: Any) -> None:
                """Keep a new run."""
                runs[str(run["id"])] = run

            def update_run(self, run_id: Any, **run: Any) -> None:
                """Keep what is known at its end."""
                runs.setdefault(str(run_id), {}).update({name: value for name, value in run.items() if value is not None})

        self._client = Collecting(api_url="http://127.0.0.1:9", api_key="test", auto_batch_tracing=False, info={})
        self._tracing = tracing_context(enabled=True, client=self._client)
        self._tracing.__enter__()

    def client(self, kind: str, root_url: str) -> Any:
        """Return a client."""
        client = sdk_client(kind, root_url)
        wrap = {"anthropic": wrappers.wrap_anthropic, "google": wrappers.wrap_gemini}.get(kind, wrappers.wrap_openai)
        return wrap(client, tracing_extra={"client": self._client})

    def taken(self) -> list[dict[str, Any]]:
        """Return what was recorded since the last call."""
        runs = list(self._runs.values())
        self._runs.clear()
        return [self._numbers(run) for run in runs]

    def _numbers(self, run: dict[str, Any]) -> dict[str, Any]:
        metadata = (run.get("extra") or {}).get("metadata") or {}
        usage = (run.get("outputs") or {}).get("usage_metadata") or metadata.get("usage_metadata") or {}
        inputs, outputs = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
        # A tier stands as a prefix of the details' names, and the rest of the tokens under the tier alone.
        tier = next((name.partition("_")[0] for name in (*inputs, *outputs) if name.startswith(("flex", "priority"))), None)
        return {
            "input": usage.get("input_tokens"),
            "output": usage.get("output_tokens"),
            "cached": next((value for name, value in inputs.items() if name.endswith("cache_read")), None),
            "reasoning": next((value for name, value in outputs.items() if name.endswith("reasoning")), None),
            "tier": tier,
        }
