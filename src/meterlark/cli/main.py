"""The `meterlark` command: its sub-commands, and errors as one line with an exit code."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError

from meterlark.cli.output import Exit, exit_code_of, say
from meterlark.model.errors import MeterlarkError
from meterlark.version import VERSION

HELP: Final = """The meter for products built on LLM APIs: exact token usage per customer, in real time.

    meterlark demo                                        try it: a server with example usage
    meterlark serve                                       start a server on this machine
    meterlark ingest events.jsonl                         send events from a file
    meterlark query llm_total_tokens -g model --window DAY

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 conflict, 6 done in part.
"""

app = App(name="meterlark", version=VERSION, help=HELP, help_format="markdown", result_action="return_value")
imports = App(name="import", help="Bring in usage that was recorded elsewhere.")

# Each is loaded when it is used, so that `--version` and `--help` stay quick.
app.command("meterlark.cli.serve:serve", name="serve")
app.command("meterlark.cli.demo:demo", name="demo")
app.command("meterlark.cli.ingest:ingest", name="ingest")
app.command("meterlark.cli.query:query", name="query")
app.command(imports)
imports.command("meterlark.cli.import_exchanges:exchanges", name="exchanges")
app.command("meterlark.cli.rebuild:rebuild", name="rebuild")
app.command("meterlark.cli.about:version", name="version")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        result = app(list(sys.argv[1:] if arguments is None else arguments), exit_on_error=False)
    except CycloptsError:
        return Exit.USAGE  # the parser has printed what is wrong
    except MeterlarkError as error:
        say(f"error: {error}")
        return exit_code_of(error)
    except KeyboardInterrupt:
        say("stopped")
        return Exit.FAILED
    except BrokenPipeError:
        return Exit.DONE  # whoever reads our output has seen enough
    return result if isinstance(result, int) else Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
