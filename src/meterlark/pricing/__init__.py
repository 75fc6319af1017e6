"""What usage costs and what is charged for it: units, a dated price book, the cost of an event, rate cards.

Pure: quantities and price documents go in, lines come out. Nothing here reads a clock, a file or the network; `data/` holds the documents
that ship with Meterlark, and whoever joins the parts reads them and calls `book.PriceBook`.
"""
