"""Call a model through LiteLLM with our logger: `litellm_logger.py URL [client]`."""

import asyncio
import sys
import time

import litellm
from openai import OpenAI
from told import QUESTION, metered

from meterlark.integrations.litellm import MeterlarkLogger

WITH_USAGE = {"stream_options": {"include_usage": True}}
WAIT_SECONDS_MAX = 20

with metered() as (meter, provider):
    call = {
        "model": "openai/gpt-4o-mini",
        "api_base": provider.base_url,
        "api_key": "test",
        "messages": [{"role": "user", "content": QUESTION}],
    }

    def wait_for(count: int) -> None:
        """Wait until its loggers, which run in threads, have been told this much."""
        give_up_at = time.monotonic() + WAIT_SECONDS_MAX
        while meter.stats().sent + meter.stats().queued < count and time.monotonic() < give_up_at:
            time.sleep(0.02)

    async def talk() -> None:
        """Call it asynchronously."""
        await litellm.acompletion(**call, user="ll-async")
        async for _ in await litellm.acompletion(**call, user="ll-async-stream", stream=True, **WITH_USAGE):
            pass
        with meter.customer("ll-block"):
            await litellm.acompletion(**call, user="not this one")
        await asyncio.to_thread(wait_for, 7)

    if sys.argv[2:] == ["client"]:
        # A client of the caller's own, metered, tells everything and needs no logger.
        client = meter.wrap(OpenAI(base_url=provider.base_url, api_key="test"), customer="ll-client")
        list(litellm.completion(**call, stream=True, client=client))
    else:
        litellm.callbacks = [MeterlarkLogger(meter)]
        litellm.completion(**call, user="ll-blocking")
        list(litellm.completion(**call, user="ll-stream", stream=True, **WITH_USAGE))
        litellm.completion(**call, metadata={"customer": "ll-metadata"})
        list(litellm.completion(**call, user="ll-unasked", stream=True))
        asyncio.run(talk())
