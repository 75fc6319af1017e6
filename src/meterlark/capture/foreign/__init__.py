"""From one row of another tool's export to one event: pure; the same row gives the same event, so importing it again counts nothing.

`row` reads cells whether they came from JSON or CSV, and says of a row that is no usage why not. Each other file is one tool's format.
An event made here has `usage_source` `imported` and says in `imported_from` whose numbers these are: they are as good as that tool's.
"""
