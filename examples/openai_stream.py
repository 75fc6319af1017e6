"""Two customers, two models, streamed chat completions: metered without asking for usage, then asked for by model and day."""

import os

from openai import OpenAI

from meterlark import Meter
from meterlark.testing.provider import Provider


def openai_client() -> OpenAI:
    """Return OpenAI's client, or one that talks to the loopback provider."""
    if os.environ.get("OPENAI_API_KEY"):
        return OpenAI(organization=os.environ.get("OPENAI_ORG"))
    return OpenAI(base_url=Provider().start().base_url, api_key="loopback")


def main() -> None:
    """Stream for two customers, then print what they used."""
    with Meter(os.environ.get("METERLARK_URL", "http://127.0.0.1:8888")) as meter:
        client = meter.wrap(openai_client())
        for customer, model in [("acme", "gpt-4o-mini"), ("globex", "gpt-4o-mini"), ("globex", "gpt-4o")]:
            print(f"{customer} {model}: ", end="")
            with meter.customer(customer):
                stream = client.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "What is a meadowlark?"}], stream=True
                )
                for chunk in stream:
                    print(chunk.choices[0].delta.content or "", end="", flush=True)
            print()

        print(f"\n{'day':<12}{'customer':<10}{'model':<26}{'tokens':>8}")
        for row in meter.query("llm_total_tokens", window="DAY", group_by=["subject", "model"]):
            print(f"{row.window_start:%Y-%m-%d}  {row.subject:<10}{row.group_by['model']:<26}{row.value:>8}")


if __name__ == "__main__":
    main()
