"""Frameworks that tell of their LLM calls: one thin file each, on the core of the SDK; nothing is imported before it is asked for.

    from meterlark.integrations.langchain import MeterlarkHandler          callbacks=[MeterlarkHandler(meter)]
    from meterlark.integrations.llama_index import MeterlarkHandler        get_dispatcher().add_event_handler(MeterlarkHandler(meter))
    from meterlark.integrations.openai_agents import MeterlarkProcessor    add_trace_processor(MeterlarkProcessor(meter))
    from meterlark.integrations.litellm import MeterlarkLogger             litellm.callbacks = [MeterlarkLogger(meter)]

A framework tells what it wants to tell; the client that it calls with knows everything. Where it takes a client, give it a metered one
instead (docs/guides/integrations.md). Not both: a call would be an event twice wherever the framework does not pass the response's id on.
"""
