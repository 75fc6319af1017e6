"""Run agents with our tracing processor: `openai_agents_processor.py URL`."""

import asyncio

from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, OpenAIResponsesModel, RunConfig, Runner, set_trace_processors
from openai import AsyncOpenAI
from told import QUESTION, metered

from meterlark.integrations.openai_agents import MeterlarkProcessor


async def main() -> None:
    """Run each kind of model, blocking and streamed."""
    with metered() as (meter, provider):
        set_trace_processors([])
        async with AsyncOpenAI(base_url=provider.base_url, api_key="test") as bare:
            # A client of the caller's own, metered, tells everything and needs no processor.
            metered_client = meter.wrap(bare, customer="agents-client")
            own = Agent(name="lark", model=OpenAIChatCompletionsModel(model="gpt-4o-mini", openai_client=metered_client))
            await stream(own, "not this one")
        set_trace_processors([MeterlarkProcessor(meter, base_url=provider.base_url)])
        client = AsyncOpenAI(base_url=provider.base_url, api_key="test")
        models = {"chat": OpenAIChatCompletionsModel, "responses": OpenAIResponsesModel}
        for name, kind in models.items():
            model = kind(model="gpt-4o-mini", openai_client=client)
            agent = Agent(name="lark", instructions="Be brief.", model=model, model_settings=ModelSettings(include_usage=True))
            await Runner.run(agent, QUESTION, run_config=RunConfig(trace_metadata={"customer": f"agents-{name}"}))
            await stream(agent, f"agents-{name}-stream")
        unasked = Agent(name="lark", instructions="Be brief.", model=OpenAIChatCompletionsModel(model="gpt-4o-mini", openai_client=client))
        await stream(unasked, "agents-unasked")
        with meter.customer("agents-block"):
            await Runner.run(unasked, QUESTION)
        await client.close()


async def stream(agent: Agent, customer: str) -> None:
    """Run it streamed."""
    run = Runner.run_streamed(agent, QUESTION, run_config=RunConfig(trace_metadata={"customer": customer}))
    async for _ in run.stream_events():
        pass


asyncio.run(main())
