import pytest
from baselines import cookbook, hmarr
from cookbook import CONVERSATION, CONVERSATION_TOKENS, WITH_TOOL, WITH_TOOL_TOKENS

from meterlark.tokens.encoding import encoding_of


@pytest.mark.parametrize("model", list(CONVERSATION_TOKENS))
def test_the_formulas_of_others_are_given_fairly(model: str) -> None:
    """Ours are compared with them, so they have to give what OpenAI's notebook shows."""
    encoding = encoding_of(model).encoding

    assert cookbook(CONVERSATION, encoding) == hmarr(CONVERSATION, encoding) == CONVERSATION_TOKENS[model]
    assert cookbook(WITH_TOOL, encoding) == WITH_TOOL_TOKENS[model]


def test_what_others_do_not_allow_is_no_count() -> None:
    """A schema without a description stops the notebook with an error."""
    bare = {
        "messages": [],
        "tools": [{"function": {"name": "f", "description": "F", "parameters": {"properties": {"x": {"type": "string"}}}}}],
    }

    assert cookbook(bare, encoding_of("gpt-4o").encoding) is None
