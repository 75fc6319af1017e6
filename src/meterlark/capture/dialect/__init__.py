"""How each API writes an answer: one file per dialect, each a `Reader` and the `Shape` of its usage."""
