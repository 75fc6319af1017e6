"""The command line: one file per command; `main` lists them.

Standard output is data, standard error is talk. Tables are for people, `--json` prints one JSON object a line. Exit codes are in `output`.
"""
