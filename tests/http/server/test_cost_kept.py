"""Cost on disk: what was answered is answered again after a restart and after a rebuild, and a price file holds for what comes after it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from run_cli import run_cli
from running_server import METERS, RunningServer, event

QUESTIONS = (
    f"{METERS}/llm_cost/query?windowSize=DAY&groupBy=model&groupBy=subject",
    "/api/v1/prices/unpriced",
    "/api/v1/prices/versions",
    "/api/v1/events?limit=1000",
)
OVERRIDES = "/api/v1/prices/overrides"


def contract(price: str) -> dict[str, Any]:
    """Return a document with a price of gpt-4o."""
    models = {"gpt-4o": {"prices": [{"rates": {"input_tokens": price, "output_tokens": price}}]}}
    return {"name": "contract", "made_on": "2026-11-01", "providers": {"openai": {"models": models}}}


def use(server: RunningServer, name: str, count: int = 60) -> None:
    """Store some events of three models, of which one has no price."""
    models = ("gpt-4o", "gpt-4o-mini", "gpt-of-tomorrow")
    server.ingest(
        [
            event(
                f"{name}-{number}",
                "llm.usage",
                subject=f"s{number % 4}",
                time=f"2026-03-0{number % 9 + 1}T00:00:00Z",
                data={"provider": "openai", "response_model": models[number % 3], "input_tokens": number * 1001, "output_tokens": number},
            )
            for number in range(count)
        ]
    )


def answers(server: RunningServer) -> list[bytes]:
    """Return the answers to every question."""
    return [server.get(question).body for question in QUESTIONS]


def test_costs_are_the_same_after_a_restart_and_a_rebuild(tmp_path: Path) -> None:
    """To the byte, with three versions of the prices and two repricings of which the second undoes a part of the first."""
    folder = tmp_path / "data"
    with RunningServer(folder) as server:
        use(server, "a")
        server.send_json("PUT", OVERRIDES, contract("1.5"))
        use(server, "b")
        assert server.send_json("POST", "/api/v1/prices/reprice", {"subjects": ["s0", "s1"]}).status == 200
        server.send_json("PUT", OVERRIDES, contract("0.25"))
        use(server, "c")
        undone = server.send_json("POST", "/api/v1/prices/reprice", {"subjects": ["s1"], "version": 1}).json()
        assert undone["total"]["events"] > 0
        before = answers(server)
        server.stop()
    with RunningServer(folder) as server:
        assert answers(server) == before
        server.stop()

    assert run_cli("rebuild", "--data-dir", str(folder))[0] == 0
    with RunningServer(folder) as server:
        assert answers(server) == before


def test_a_price_file_holds_for_the_events_after_the_start(tmp_path: Path) -> None:
    """Those before keep their prices, also when the file is taken away again."""
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(contract("1000")))
    total = f"{METERS}/llm_cost/query?filterGroupBy[model]=gpt-4o"

    def cost_of_more(name: str, environ: dict[str, str]) -> Any:
        with RunningServer(tmp_path / "data", environ=environ) as server:
            use(server, name, count=4)
            [row] = server.get(total).json()["data"]
            server.stop()
            return row["value"]

    costs = [cost_of_more("a", {}), cost_of_more("b", {"METERLARK_PRICES_FILE": str(path)}), cost_of_more("c", {})]
    # 3003 tokens of input and 3 of output: at 2.5 and 10 dollars a million, and at 1000 for both.
    shipped, own = Decimal("0.0075375"), Decimal("3.006")
    assert costs == [shipped, shipped + own, shipped + own + shipped]


def test_a_price_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    """With what is wrong with it."""
    path = tmp_path / "prices.json"
    path.write_text('{"name": "x"}')
    code, _, talk = run_cli("serve", "--data-dir", str(tmp_path / "data"), "--port", "0", environ={"METERLARK_PRICES_FILE": str(path)})
    assert (code, str(path) in talk, "made_on" in talk) == (2, True, True)
