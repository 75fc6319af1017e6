"""Whose events a customer is charged for, over time: the subjects it has, without those whose time another customer has paid for.

Who was charged for an event stays so: when a subject moves to another customer, its closed periods stay the old customer's, for late
events, too. Pure.
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime

from meterlark.service.charged import Span


def charged_spans(
    start: datetime, end: datetime, subjects: Iterable[str], *, own: Sequence[Span] = (), others: Sequence[Span] = ()
) -> tuple[Span, ...]:
    """Return whose events of a period `[start, end)` are a customer's, in order of time; time without any subject is left out.

    Args:
        start: First instant.
        end: First instant after the period.
        subjects: The customer's of today.
        own: What the customer was charged for before: those stay its own.
        others: What other customers were charged for.
    """
    assert start < end
    relevant = [span for span in (*own, *others) if span.start < end and start < span.end]
    bounds = sorted({start, end, *(at for span in relevant for at in (span.start, span.end) if start < at < end)})
    today = frozenset(subjects)
    found: list[Span] = []
    for first, last in itertools.pairwise(bounds):
        kept = _subjects_in(own, first, last)
        mine = tuple(sorted(kept | (today - _subjects_in(others, first, last))))
        if found and found[-1].end == first and found[-1].subjects == mine:
            found[-1] = Span(found[-1].start, last, mine)
        elif mine:
            found.append(Span(first, last, mine))
    return tuple(found)


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """Return the parts of spans within `[start, end)`."""
    clipped = (Span(max(span.start, start), min(span.end, end), span.subjects) for span in spans)
    return [span for span in clipped if span.start < span.end]


def _subjects_in(spans: Iterable[Span], start: datetime, end: datetime) -> frozenset[str]:
    """Return the subjects of the spans that cover a stretch in which none begins or ends."""
    return frozenset(subject for span in spans if span.start <= start and end <= span.end for subject in span.subjects)
