"""Call a model through LangChain with our handler: `langchain_handler.py URL`."""

import asyncio

from langchain_openai import ChatOpenAI
from told import QUESTION, metered

from meterlark.integrations.langchain import MeterlarkHandler

with metered() as (meter, provider):

    def model(**options: object) -> ChatOpenAI:
        """Return a model that tells the handler."""
        return ChatOpenAI(model="gpt-4o-mini", base_url=provider.base_url, api_key="test", callbacks=[MeterlarkHandler(meter)], **options)

    def named(name: str) -> dict[str, object]:
        """Return the configuration of a call that names its customer."""
        return {"config": {"metadata": {"customer": name}}}

    async def talk() -> None:
        """Call it asynchronously."""
        await model().ainvoke(QUESTION, **named("lc-async"))
        async for _ in model(stream_usage=True).astream(QUESTION, **named("lc-async-stream")):
            pass

    model(service_tier="flex").invoke(QUESTION, **named("lc-blocking"))
    list(model(stream_usage=True, service_tier="flex").stream(QUESTION, **named("lc-stream")))
    model(use_responses_api=True).invoke(QUESTION, **named("lc-responses"))
    list(model().stream(QUESTION, **named("lc-unasked")))
    stream = model().stream(QUESTION, **named("lc-left"))
    for _ in range(3):
        next(stream)
    stream.close()
    with meter.customer("lc-block"):
        model().invoke(QUESTION, **named("not this one"))
    asyncio.run(talk())
    # A client of the caller's own, metered, tells everything and needs no handler.
    client = ChatOpenAI(
        model="gpt-4o-mini", base_url=provider.base_url, api_key="test", http_client=meter.http_client(customer="lc-client")
    )
    list(client.stream(QUESTION))
