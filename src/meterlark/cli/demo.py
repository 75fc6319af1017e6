"""`meterlark demo`: a server in a temporary folder, some usage, and the questions it answers."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from meterlark.cli.client import Client, batches
from meterlark.cli.customers import CUSTOMERS_PATH
from meterlark.cli.demo_usage import DAYS, EVENTS_PER_DAY, example_customers, example_events
from meterlark.cli.output import JsonFlag, print_json, say
from meterlark.cli.progress import progress
from meterlark.cli.query import print_usage
from meterlark.model.errors import MeterlarkError, NotFoundError

STOP_SECONDS_MAX: Final = 30
"""A stopping server finishes what is under way within 25 s."""

Question = tuple[str, tuple[str, str | None, tuple[str, ...]]]
QUESTIONS: Final[tuple[Question, ...]] = (
    ("How many tokens did each customer use, by model, by day?", ("llm_total_tokens", "DAY", ("subject", "model"))),
    ("How many requests went to each model?", ("llm_requests", None, ("model",))),
    ("Where do the numbers come from?", ("llm_total_tokens", None, ("usage_source",))),
)
COST_QUESTION: Final[Question] = ("What did each model cost us, in dollars?", ("llm_cost", None, ("model",)))
"""Not for programs: whoever answers them on this machine has no prices."""

ROWS_SHOWN_MAX: Final = 15


def demo(
    *,
    once: Annotated[bool, Parameter(negative="", help="Stop the server and leave when the answers are printed.")] = False,
    program: Annotated[tuple[Path, ...], Parameter(help="Python programs to run against the server, instead of example usage.")] = (),
    json_output: JsonFlag = False,
) -> None:
    """Start a server in a temporary folder, fill it with example usage and ask it questions."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # else the server and the folder would stay behind
    missing = [path for path in program if not path.is_file()]
    if missing:
        raise NotFoundError(f"there is no file {missing[0]}")
    with tempfile.TemporaryDirectory(prefix="meterlark-demo-") as folder, _server(Path(folder)) as (address, server):
        say(f"The server answers at {address}; its data is in {folder} and goes with it.\n")
        for path in program:
            _run(path, address)
        with Client(address) as client:
            if not program:
                _fill(client)
            if json_output:
                print_json([{"address": address, "dashboard": f"{address}/"}])
                sys.stdout.flush()
            else:
                _ask(client, QUESTIONS if program else (*QUESTIONS, COST_QUESTION))
                _tell_next(address)
        if once:
            say("This server stops now, because of --once.")
        else:
            if sys.stdout.isatty():
                webbrowser.open(address)
            say("The server runs until Ctrl-C.")
            server.wait()


def _fill(client: Client) -> None:
    with progress("events", total=DAYS * EVENTS_PER_DAY) as done:
        for batch in batches(example_events()):
            client.send([text for _, text in batch])
            done(len(batch))
    for customer in example_customers():
        client.call("POST", CUSTOMERS_PATH, customer)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a server as its own process on a free port; what it tells goes to a file, which never fills up as a pipe does."""
    told = folder / "server.log"
    command = [sys.executable, "-m", "meterlark", "serve", "--data-dir", str(folder / "data"), "--port", "0"]
    with (
        told.open("w", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,  # noqa: S603 - our own program
    ):
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            if not address:
                raise MeterlarkError(f"the server did not start: {told.read_text(encoding='utf-8').strip()}")
            yield address, server
        finally:
            server.terminate()
            try:
                server.communicate(timeout=STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                server.kill()


def _run(path: Path, address: str) -> None:
    sys.stdout.write(f"$ python {path}\n")
    sys.stdout.flush()
    result = subprocess.run([sys.executable, str(path)], env={**os.environ, "METERLARK_URL": address}, check=False)  # noqa: S603 - as asked
    if result.returncode != 0:
        raise MeterlarkError(f"{path} ended with exit code {result.returncode}")
    sys.stdout.write("\n")


def _ask(client: Client, questions: Sequence[Question]) -> None:
    for question, (meter, window, groups) in questions:
        rows = client.query(meter, {"windowSize": window, "groupBy": list(groups)})
        sys.stdout.write(f"{question}\n$ {shlex.join(_command(meter, window, groups))}\n")
        sys.stdout.flush()
        print_usage(rows[-ROWS_SHOWN_MAX:], window=window)
        if len(rows) > ROWS_SHOWN_MAX:
            sys.stdout.write(f"(the last {ROWS_SHOWN_MAX} of {len(rows)} rows)\n")
        sys.stdout.write("\n")
        sys.stdout.flush()


def _command(meter: str, window: str | None, groups: tuple[str, ...]) -> list[str]:
    command = ["meterlark", "query", meter]
    for group in groups:
        command += ["-g", group]
    return command if window is None else [*command, "-w", window]


def _tell_next(address: str) -> None:
    sys.stdout.write(
        f"""The dashboard: {address}/
The server: {address}
Try next:
  export METERLARK_URL={address}
  meterlark top --by subject --since 30d
  meterlark report --since 30d -g model
  curl -H 'accept: text/csv' '{address}/api/v1/meters/llm_total_tokens/query?groupBy=subject&windowSize=DAY'
"""
    )
    sys.stdout.flush()
