"""What a meter is and what it answers: paths, measurements, aggregations, windows, the query and its reference evaluation.

Pure: events and a query go in, rows come out. Every engine of the warehouse is tested against `reference`.
"""
