"""`python -m meterlark`: the command line."""

import sys

from meterlark.cli.main import main

sys.exit(main())
