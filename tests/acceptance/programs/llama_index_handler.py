"""Call a model through LlamaIndex with our handler: `llama_index_handler.py URL`."""

import asyncio

from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI
from told import QUESTION, metered

from meterlark.integrations.llama_index import MeterlarkHandler

ASK = [ChatMessage(role="user", content=QUESTION)]
WITH_USAGE = {"stream_options": {"include_usage": True}}

with metered() as (meter, provider):
    model = OpenAI(model="gpt-4o-mini", api_base=provider.base_url, api_key="test")
    # A client of the caller's own, metered, tells everything and needs no handler.
    client = OpenAI(model="gpt-4o-mini", api_base=provider.base_url, api_key="test", http_client=meter.http_client(customer="li-client"))
    list(client.stream_chat(ASK))
    get_dispatcher().add_event_handler(MeterlarkHandler(meter, base_url=provider.base_url))

    async def talk() -> None:
        """Call it asynchronously."""
        with meter.customer("li-async"):
            await model.achat(ASK)
        with meter.customer("li-async-stream"):
            async for _ in await model.astream_chat(ASK, **WITH_USAGE):
                pass

    with meter.customer("li-blocking"):
        model.chat(ASK)
    with meter.customer("li-complete"):
        model.complete(QUESTION)
    with meter.customer("li-stream"):
        list(model.stream_chat(ASK, **WITH_USAGE))
    with meter.customer("li-unasked"):
        list(model.stream_chat(ASK))
    with meter.customer("li-left"):
        stream = model.stream_chat(ASK)
        for _ in range(3):
            next(stream)
        stream.close()
    asyncio.run(talk())
