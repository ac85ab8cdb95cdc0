"""Lengths as sums of products, in the text of whatever language."""

from __future__ import annotations

from collections.abc import Callable

from srcad.trace.dims import Dim, Factor


def sum_text(dim: Dim, factor: Callable[[Factor], str], times: str) -> str:
    """A sum of products, with the terms that count positively first; `factor` spells what its products are made of."""
    terms = [(c, times.join(map(factor, monomial))) for monomial, c in dim.terms]
    parts = [(c, text if abs(c) == 1 else f"{abs(c)}{times}{text}") for c, text in terms]
    if dim.offset or not parts:
        parts.append((dim.offset, str(abs(dim.offset))))
    (first, text), *others = sorted(parts, key=lambda part: part[0] < 0)
    return "".join(["-" * (first < 0), text, *(f" {'-' if c < 0 else '+'} {more}" for c, more in others)])


def sides(dim: Dim) -> tuple[Dim, Dim]:
    """Two dims without a minus, of which the first less the second is this one."""
    plus = Dim(tuple(term for term in dim.terms if term[1] > 0), max(dim.offset, 0))
    return plus, plus - dim
