import gc

from google import genai
from recording_ingest import RecordingIngest

from meterlark import Meter
from meterlark.testing.provider import Provider, Usage


def test_a_metered_client_of_google_needs_nobody_to_keep_the_first(meter: Meter, ingest: RecordingIngest) -> None:
    """The first closes its connections when it is collected."""
    with Provider("Larks sing.", usage=Usage(prompt=7, completion=3)) as provider:
        client = meter.wrap(genai.Client(api_key="test", http_options={"base_url": provider.root_url}))
        gc.collect()
        answer = client.models.generate_content(model="gemini-2.5-flash", contents="When?")

    assert answer.text == "Larks sing."
    assert meter.flush()
    assert [event["data"]["total_tokens"] for event in ingest.events] == [10]
