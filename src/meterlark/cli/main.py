"""The `meterlark` command: its sub-commands, and errors as one line with an exit code."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from meterlark.cli.output import Exit, exit_code_of, say
from meterlark.model.errors import MeterlarkError, UnauthenticatedError
from meterlark.version import VERSION

HELP: Final = """The meter for products built on LLM APIs: exact token usage per customer, in real time.

Try it with 'meterlark demo'. Begin with 'meterlark init' and 'meterlark serve', send events with 'meterlark ingest events.jsonl', and ask
with 'meterlark query llm_total_tokens -g model -w DAY'. 'meterlark doctor' says what is wrong.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 conflict, 6 done in part, 7 changes are
pending.
"""

# Name, where it is, what it does, one example. Each is loaded when it is used, so that `--version` and `--help` stay quick.
COMMANDS: Final = (
    ("init", "init:init", "Write a configuration with comments, and make the data folder.", "init --data-dir /var/lib/meterlark"),
    ("doctor", "doctor:doctor", "Look for what is wrong, and say what helps.", "doctor --config meterlark.toml"),
    ("serve", "serve:serve", "Start a server; standard output has its address once it answers.", "serve --data-dir /var/lib/meterlark"),
    ("demo", "demo:demo", "Try it: a server in a temporary folder with example usage, and its answers.", "demo --once"),
    ("ingest", "ingest:ingest", "Send events from a file; sending it again counts nothing twice.", "ingest events.jsonl.gz"),
    ("query", "query:query", "Ask how much was used.", "query llm_total_tokens -g subject -g model -w DAY --since 7d"),
    (
        "report",
        "report:report",
        "Report what each customer used in a period.",
        "report --month 2026-11 --time-zone Europe/Berlin -g model --output november.html",
    ),
    ("reconcile", "reconcile:reconcile", "Compare a provider's own totals with ours.", "reconcile usage.json costs.json"),
    ("tail", "tail:tail", "Show events as they are stored.", "tail --subject acme"),
    ("top", "top:top", "Rank customers, models or any dimension by their usage now.", "top --by subject --since 24h --watch 2"),
    ("customers list", "customers:list_all", "List the customers.", "customers list --name inc"),
    ("customers show", "customers:show", "Show one customer.", "customers show acme"),
    ("customers create", "customers:create", "Create a customer.", "customers create acme --name 'Acme Inc.' --subject acme-staging"),
    ("customers update", "customers:update", "Change a customer; what is not given stays.", "customers update acme --currency EUR"),
    ("charges", "charges:charges", "Show what a customer is charged for a period.", "charges acme --month 2026-11"),
    ("periods close", "periods:close", "Close a period for ever.", "periods close acme --month 2026-11"),
    ("periods list", "periods:list_all", "List the closed periods.", "periods list acme"),
    ("periods show", "periods:show", "Show a closed period line by line.", "periods show 01JD..."),
    ("rate-cards show", "rate_cards:show", "Show what a customer is charged by.", "rate-cards show acme"),
    ("rate-cards set", "rate_cards:set_card", "Add a version of a rate card.", "rate-cards set card.json --customer acme"),
    ("export period", "export_period:period", "Write a closed period as CSV or JSON lines.", "export period 01JD... --format csv"),
    ("export stripe", "export_stripe:stripe", "Send a closed period to Stripe; twice bills once.", "export stripe 01JD... --dry-run"),
    (
        "portal",
        "portal:portal",
        "Print a link under which a customer sees its own usage.",
        "portal acme -m llm_total_tokens -m llm_requests",
    ),
    ("export events", "export:events", "Write stored events to a file.", "export events --since 30d --output events.jsonl"),
    (
        "export usage",
        "export:usage",
        "Write usage to a file.",
        "export usage llm_total_tokens -g subject -g model -w DAY --since 30d --output usage.parquet",
    ),
    ("import exchanges", "import_exchanges:exchanges", "Import recorded LLM exchanges.", "import exchanges recorded.jsonl --customer acme"),
    ("import openai", "import_openai:openai", "Import OpenAI's organisation usage and costs.", "import openai usage.json costs.json"),
    (
        "import litellm",
        "import_foreign:litellm",
        "Import LiteLLM's spend logs.",
        "import litellm spend_logs.csv --customer-from end_user --to 2026-11-01T00:00:00Z",
    ),
    ("import helicone", "import_foreign:helicone", "Import Helicone's requests.", "import helicone helicone-export.jsonl"),
    ("import langfuse", "import_foreign:langfuse", "Import Langfuse's observations.", "import langfuse observations.csv"),
    ("apply", "apply:apply", "Make the meters those of a file, after showing what would change.", "apply -f meters.yaml --dry-run"),
    ("meters list", "meters:list_all", "List the meters.", "meters list"),
    ("prices list", "prices:list_all", "List what models cost.", "prices list --provider openai --search gpt-5"),
    ("prices show", "prices:show", "Show every price of a model, with dates and sources.", "prices show openai gpt-4o-2024-08-06"),
    ("prices versions", "prices:versions", "List the versions of the price book.", "prices versions"),
    ("prices unpriced", "prices:unpriced", "List the models that were used and have no price.", "prices unpriced"),
    (
        "prices override",
        "price_changes:override",
        "Show, set or delete prices of your own.",
        "prices override --provider openai --model gpt-4o --rate input_tokens=2 --rate output_tokens=8",
    ),
    (
        "prices reprice",
        "price_changes:reprice",
        "Price events that are there anew; shows the difference first.",
        "prices reprice --model gpt-4o --month 2026-11",
    ),
    ("keys create", "keys:create", "Make an API key; its text is shown once.", "keys create --name billing --scope read"),
    ("keys list", "keys:list_all", "List the API keys, without their texts.", "keys list"),
    ("keys rotate", "keys:rotate", "Make a key with the rights of another, which ends.", "keys rotate 01JD... --grace-seconds 3600"),
    ("keys revoke", "keys:revoke", "End a key now.", "keys revoke 01JD..."),
    ("rebuild", "rebuild:rebuild", "Throw the warehouse away and fill it from the ledger; stop the server first.", "rebuild"),
    ("version", "about:version", "Print the version.", "version --json"),
)

GROUPS: Final = {
    "customers": "List, show, create and change customers.",
    "export": "Write events, usage or closed periods to a file; send a period to Stripe.",
    "import": "Bring in usage that was recorded elsewhere.",
    "keys": "Make, list, rotate and revoke API keys.",
    "meters": "List meters.",
    "periods": "Close periods, list and show closed ones.",
    "prices": "Look prices up, set your own, price events anew.",
    "rate-cards": "Show and set what customers are charged.",
}


def command_line(asked: Sequence[str] | None = None) -> App:
    """Return the commands.

    Args:
        asked: What was typed. Only the command that it names shows all of its help, because that needs its file; None gives all of it for
            every command.
    """
    root = App(
        name="meterlark",
        version=VERSION,
        help=HELP,
        help_format="plaintext",
        result_action="return_value",
        default_parameter=Parameter(negative_iterable=()),
    )
    groups = {name: App(name=name, help=text) for name, text in GROUPS.items()}
    for group in groups.values():
        root.command(group)
    for name, place, text, example in COMMANDS:
        prefix, _, short = name.rpartition(" ")
        parent = groups[prefix] if prefix else root
        is_asked = asked is None or list(asked[: len(name.split())]) == name.split()
        more = {} if is_asked else {"help": text}
        parent.command(f"meterlark.cli.{place}", name=short, help_epilogue=f"For example: meterlark {example}", **more)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        result = command_line(given)(given, exit_on_error=False)
    except CycloptsError:
        return Exit.USAGE  # the parser has printed what is wrong
    except MeterlarkError as error:
        say(f"error: {error}")
        if isinstance(error, UnauthenticatedError):
            say("hint: put the key into the environment: METERLARK_API_KEY")
        return exit_code_of(error)
    except KeyboardInterrupt:
        say("stopped")
        return Exit.FAILED
    except BrokenPipeError:
        return Exit.DONE  # whoever reads our output has seen enough
    return result if isinstance(result, int) else Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
