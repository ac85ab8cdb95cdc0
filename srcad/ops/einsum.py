"""The notation of einsum: from what the user wrote to one letter for each axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_letters

from srcad.ops.declare import CallError
from srcad.trace.dims import UNKNOWN_DIM, Dim


@dataclass(frozen=True)
class Einsum:
    """Subscripts with an explicit output and without ellipses."""

    inputs: tuple[str, ...]
    output: str

    def __str__(self) -> str:
        return f"{','.join(self.inputs)}->{self.output}"


def parse(subscripts: str, ranks: Sequence[int]) -> Einsum:
    """The explicit form for operands of these ranks."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise CallError(f"einsum subscripts {subscripts!r} name {len(terms)} operands, and there are {len(ranks)}")
    output = right if arrow else _implicit_output(terms)
    spare = [c for c in ascii_letters if c not in subscripts]
    extra = [
        rank - len(term.replace("...", "")) if "..." in term else 0 for term, rank in zip(terms, ranks, strict=True)
    ]
    for term, rank, dots in zip(terms, ranks, extra, strict=True):
        if dots < 0 or ("..." not in term and len(term) != rank):
            raise CallError(f"einsum subscript {term!r} doesn't fit an operand with {rank} dimensions")
    dotted = spare[: max(extra, default=0)]
    inputs = tuple(term.replace("...", _last(dotted, n)) for term, n in zip(terms, extra, strict=True))
    return Einsum(inputs, output.replace("...", "".join(dotted)))


def _last(letters: list[str], n: int) -> str:
    return "".join(letters[len(letters) - n :])


def _implicit_output(terms: list[str]) -> str:
    letters = "".join(terms).replace(".", "")
    once = sorted(c for c in set(letters) if letters.count(c) == 1)
    return ("..." if any("..." in term for term in terms) else "") + "".join(once)


def letter_dims_of(notation: Einsum, dims: Sequence[tuple[Dim, ...]]) -> Iterator[tuple[str, Dim]]:
    """The letter of each axis of each operand, with its length."""
    for term, own in zip(notation.inputs, dims, strict=True):
        yield from zip(term, own, strict=True)


def letter_dims(notation: Einsum, dims: Sequence[tuple[Dim, ...]]) -> dict[str, Dim]:
    """The length of each letter; operands with length 1 are stretched."""
    lengths: dict[str, Dim] = {}
    for letter, dim in letter_dims_of(notation, dims):
        lengths[letter] = _better(lengths[letter], dim) if letter in lengths else dim
    return lengths


def _better(a: Dim, b: Dim) -> Dim:
    """The length where two operands meet that have lengths a and b, or 1."""
    if a.same(b) or b.is_one:
        return a
    if a.is_one:
        return b
    if a.not_one and a.known:
        return a
    return b if b.not_one and b.known else UNKNOWN_DIM


def view_letters(subscripts: str, rank: int) -> tuple[str, str] | None:
    """The letters of the one operand and of the result where the result is a view: nothing is summed or multiplied."""
    if not isinstance(subscripts, str) or "," in subscripts:
        return None
    notation = parse(subscripts, (rank,))
    (given,) = notation.inputs
    return (given, notation.output) if set(given) == set(notation.output) else None
