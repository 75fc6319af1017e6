"""Call a model through LiteLLM with its `openmeter` callback: `litellm_callback.py URL PROVIDER`; prints ids and tokens as JSON."""

import asyncio
import json
import os
import sys
from urllib.request import urlopen

os.environ |= {"OPENMETER_API_ENDPOINT": sys.argv[1], "OPENMETER_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

import litellm

CALL = {"model": "openai/gpt-4o-mini", "api_base": sys.argv[2], "api_key": "none", "user": "litellm-customer"}


WAIT_SECONDS_MAX = 20


async def main() -> None:
    """Call it blocking and streamed, then wait until both callbacks, which run in the background, have sent."""
    litellm.callbacks = ["openmeter"]
    answer = await litellm.acompletion(messages=[{"role": "user", "content": "How many?"}], **CALL)
    stream = await litellm.acompletion(
        messages=[{"role": "user", "content": "And streamed?"}], stream=True, stream_options={"include_usage": True}, **CALL
    )
    streamed = [[chunk.id, chunk.usage.total_tokens] async for chunk in stream if getattr(chunk, "usage", None)]
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while stored() < 2:  # noqa: ASYNC110 - the callbacks tell nobody when they are done
            await asyncio.sleep(0.02)
    print(json.dumps([[answer.id, answer.usage.total_tokens], *streamed]))


def stored() -> int:
    """Return how many events the server has."""
    with urlopen(f"{sys.argv[1]}/api/v1/events?subject={CALL['user']}") as response:  # noqa: S310 - loopback
        return len(json.load(response))


asyncio.run(main())
