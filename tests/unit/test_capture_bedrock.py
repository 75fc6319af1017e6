from base64 import b64encode
from typing import Any

import msgspec
import pytest
from captures import BEDROCK, CONVERSE_STREAM, aws_frame, data_of, tokens_of

METRICS = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 6, "outputTokenCount": 2}}


def chunk(payload: dict[str, Any]) -> dict[str, str]:
    """Return a chunk of InvokeModel's stream."""
    return {"bytes": b64encode(msgspec.json.encode(payload)).decode()}


def test_converse_counts_the_cache_beside_the_input() -> None:
    """Its total has both."""
    usage = {"inputTokens": 12, "outputTokens": 185, "totalTokens": 1225, "cacheReadInputTokens": 1000, "cacheWriteInputTokens": 28}

    data = data_of(f"{BEDROCK}/us.anthropic.claude-v1%3A0/converse", {"usage": usage, "stopReason": "end_turn"})

    assert (data["input_tokens"], data["output_tokens"], data["total_tokens"]) == (1040, 185, 1225)
    assert (data["cache_read_input_tokens"], data["cache_creation_input_tokens"]) == (1000, 28)
    assert (data["model"], data["provider"]) == ("us.anthropic.claude-v1:0", "bedrock")
    assert "usage_problems" not in data


def test_an_sdks_events_are_read_too() -> None:
    """There the type is the only member."""
    events = [{kind: payload} for kind, payload in CONVERSE_STREAM]

    assert tokens_of(f"{BEDROCK}/amazon.nova-v1/converse-stream", events=events) == ("reported", 27, 3, 30)


def test_a_cut_converse_stream_is_counted() -> None:
    """The usage comes last."""
    events = [{kind: payload} for kind, payload in CONVERSE_STREAM[:2]]
    request = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "system": [{"text": "Sing."}]}

    source, prompt, completion, _ = tokens_of(f"{BEDROCK}/amazon.nova-v1/converse-stream", events=events, request=request)

    assert (source, prompt > 0, completion > 0) == ("partial", True, True)


@pytest.mark.parametrize(
    ("model", "body", "expected"),
    [
        ("amazon.nova-lite-v1:0", {"usage": {"inputTokens": 16, "outputTokens": 27, "totalTokens": 43}}, (16, 27, 43)),
        ("amazon.titan-text-express-v1", {"inputTextTokenCount": 5, "results": [{"tokenCount": 9}, {"tokenCount": 1}]}, (5, 10, 15)),
        ("amazon.titan-embed-text-v2:0", {"embedding": [], "inputTextTokenCount": 3}, (3, 0, 3)),
        ("us.meta.llama3-1-70b-instruct-v1:0", {"prompt_token_count": 18, "generation_token_count": 4, "stop_reason": "stop"}, (18, 4, 22)),
        ("openai.gpt-oss-120b-1:0", {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}, (3, 2, 5)),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", {"usage": {"inputTokens": 1, "outputTokens": 2}}, (1, 2, 3)),
    ],
)
def test_invoke_is_read_in_the_makers_dialect(model: str, body: dict[str, Any], expected: tuple[int, ...]) -> None:
    """Which is told by the model in the URL."""
    url = f"{BEDROCK}/{model.replace(':', '%3A').replace('/', '%2F')}/invoke"

    assert tokens_of(url, body) == ("reported", *expected)


def test_headers_tell_what_the_body_does_not() -> None:
    """AWS counts every invocation."""
    headers = {"X-Amzn-Bedrock-Input-Token-Count": "20", "X-Amzn-Bedrock-Output-Token-Count": "7"}

    assert tokens_of(f"{BEDROCK}/mistral.mistral-7b-v0:2/invoke", {"outputs": []}, headers=headers) == ("reported", 20, 7, 27)


def test_the_metrics_end_every_stream() -> None:
    """For makers whose chunks have no usage."""
    events = [chunk({"generation": "a"}), chunk({"generation": "", "stop_reason": "stop", **METRICS})]

    assert tokens_of(f"{BEDROCK}/mistral.mistral-7b-v0:2/invoke-with-response-stream", events=events) == ("reported", 6, 2, 8)


def test_an_exception_frame_is_named() -> None:
    """A stream may end with one."""
    frames = aws_frame("contentBlockDelta", CONVERSE_STREAM[1][1]) + aws_frame("throttlingException", {"message": "secret"})

    data = data_of(
        f"{BEDROCK}/amazon.nova-v1/converse-stream", content=frames, headers={"content-type": "application/vnd.amazon.eventstream"}
    )

    assert (data["usage_source"], data["error"]) == ("partial", "throttlingException")


def test_a_guardrail_is_charged_by_units() -> None:
    """It has no tokens."""
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/guardrail/g/version/1/apply"

    data = data_of(url, {"usage": {"contentPolicyUnits": 1, "topicPolicyUnits": 2, "wordPolicyUnits": 0}})

    assert (data["guardrail_content_units"], data["guardrail_topic_units"], data["guardrail_word_units"]) == (1, 2, 0)
    assert "total_tokens" not in data
