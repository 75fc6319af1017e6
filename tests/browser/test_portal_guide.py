"""The guide's blocks, run as they stand, lead to a page and to an element in a product."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Start, axe_violations
from playwright.sync_api import expect
from running_server import REPOSITORY, Address, clean_environment
from server_process import STOP_SECONDS_MAX, printing_process

GUIDE = REPOSITORY / "docs" / "guides" / "portal.md"
ADDRESS = re.compile(r"^export METERLARK_URL=(http\S+)$")


def blocks(language: str) -> list[str]:
    """Return the guide's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which `meterlark` and `python3` are those under test."""
    return clean_environment() | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"} | more


@pytest.fixture(scope="module")
def demo() -> Iterator[Address]:
    """Run the first block until it prints the address; then it has the usage."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {blocks('sh')[0]}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment()
    )
    try:
        assert process.stdout is not None
        address = next(found[1] for line in process.stdout if (found := ADDRESS.match(line.strip())))
        host, _, port = address.removeprefix("http://").rpartition(":")
        yield Address(host, int(port))
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS_MAX)


def url_of(server: Address) -> str:
    """Return the address as text."""
    return f"http://{server.host}:{server.port}"


def test_the_link_of_the_guide_opens_the_page(demo: Address, visit: Start) -> None:
    """With the address of the demo in place of the one that is written."""
    script = re.sub(r"^export METERLARK_URL=\S+$", f"export METERLARK_URL={url_of(demo)}", blocks("sh")[1], flags=re.MULTILINE)

    link = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=True, env=environment()).stdout

    page = visit().open(link.strip())
    expect(page.get_by_role("button", name="Total tokens")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("meterlark-usage .total")).not_to_be_empty()


def test_the_product_of_the_guide_shows_the_element_and_gives_new_tokens(demo: Address, visit: Start, tmp_path: Path) -> None:
    """Also after all tokens were taken back."""
    (tmp_path / "product.py").write_text(blocks("python")[0], encoding="utf-8")
    watched = visit(hosts=(f"{demo.host}:{demo.port}",))
    watched.expect("status of 401")
    product = [sys.executable, str(tmp_path / "product.py")]
    with printing_process(product, environ=environment(METERLARK_URL=url_of(demo), PORT="0")) as address:
        page = watched.open(address)
        expect(page.locator("meterlark-usage .total")).not_to_be_empty()
        assert axe_violations(page) == []

        demo.send_json("POST", "/api/v1/portal/tokens/invalidate", {})
        page.locator("meterlark-usage").evaluate("element => element.setAttribute('window', 'MONTH')")

        expect(page.locator("meterlark-usage .windows tbody th").first).to_have_text(re.compile(r"^\w{3,4} \d{4}$"))


def test_every_attribute_of_the_guide_is_the_elements() -> None:
    """And the other way round."""
    element = (REPOSITORY / "src/meterlark/portal/static/element.js").read_text(encoding="utf-8")
    [observed] = re.findall(r"observedAttributes = \[(.*?)\]", element)
    table = GUIDE.read_text(encoding="utf-8").partition("| attribute |")[2].partition("\n\n")[0]
    described = [name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert sorted(described) == sorted(re.findall(r'"([^"]+)"', observed))


def test_every_custom_property_of_the_guide_is_the_elements() -> None:
    """A name that the style does not read would do nothing."""
    style = (REPOSITORY / "src/meterlark/portal/static/style.js").read_text(encoding="utf-8")
    named = set(re.findall(r"--meterlark-[a-z0-9-]+", GUIDE.read_text(encoding="utf-8")))
    assert named - set(re.findall(r"--meterlark-[a-z0-9-]+", style)) == set()
    assert len(named) > 8
