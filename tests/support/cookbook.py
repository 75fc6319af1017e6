"""Requests shaped as those of OpenAI's notebook "How to count tokens with tiktoken" (2024), and the counts that its API told for those.

The sentences are our own; each text has as many tokens as the notebook's, with both encodings, and that is all that a count knows of it.
"""

from typing import Any

CONVERSATION: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "You tell people in plain words what birds sing about, and that's all you do."},
        {"role": "system", "name": "example_user", "content": "The larks are up before the sun is."},
        {"role": "system", "name": "example_assistant", "content": "Birds that sing early wake everyone."},
        {
            "role": "system",
            "name": "example_user",
            "content": "The old owl sits in the big barn until it's dark and the fields are still.",
        },
        {"role": "system", "name": "example_assistant", "content": "She's out at night, so we'll meet her there some day."},
        {"role": "user", "content": "When the swallows fly low over the pond, doesn't that mean rain is near us?"},
    ]
}
CONVERSATION_TOKENS = {"gpt-4o": 124, "gpt-4o-mini": 124, "gpt-4": 129, "gpt-3.5-turbo": 129}

WITH_TOOL: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "You are a friend of birds who can answer questions about their songs."},
        {"role": "user", "content": "Why hasn't the lark sung yet?"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_current_song",
                "description": "Get the song of a bird by place",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "place": {"type": "string", "description": "The place where the bird was heard, by name, please"},
                        "mode": {"type": "string", "description": "The kind of pitch to return", "enum": ["trilling", "baritone"]},
                    },
                    "required": ["place"],
                },
            },
        }
    ],
}
WITH_TOOL_TOKENS = {"gpt-4o": 101, "gpt-4o-mini": 101, "gpt-4": 105, "gpt-3.5-turbo": 105}
