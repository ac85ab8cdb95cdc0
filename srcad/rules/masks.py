"""Masks of adjoints: where the branch of a choice that wasn't taken keeps its derivatives out.

The adjoint of a branch of `where(c, a, b)` is zero where it wasn't taken. There the slopes further back may be
infinite, and 0 * inf is no zero; so the mask is carried along, and stands outermost in whatever is made of the adjoint:

    where(c, g, 0)                          ->    where(c, g / x, 0)         behind a division by x
    where(c, g, 0) + where(c, h, 0)         ->    where(c, g + h, 0)
    where(c, g, 0) + where(d, h, 0)         ->    where(c | d, (...) / x, 0)
"""

from __future__ import annotations

from dataclasses import dataclass

from srcad.ops.catalogue import Kind, operation
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Const, Equation, Var
from srcad.trace.types import dims_of, is_complex, is_numeric


@dataclass(frozen=True)
class Mask:
    """An adjoint that is `inner` where the condition holds (with `inverted`: where it doesn't), and zero elsewhere."""

    condition: Atom
    inner: Atom
    inverted: bool

    def of(self, b: Builder, value: Atom) -> Atom:
        """Another value with this mask."""
        zero = 0j if is_complex(value.type) else 0.0
        masked: Atom = b.emit("where", self.condition, *((zero, value) if self.inverted else (value, zero)))
        return masked

    def same(self, other: Mask) -> bool:
        return self.condition is other.condition and self.inverted == other.inverted

    def places(self, b: Builder) -> Atom:
        """Where the adjoint isn't masked."""
        return b.emit("logical_not", self.condition) if self.inverted else self.condition


def mask_of(b: Builder, g: Atom) -> Mask | None:
    """The mask of an adjoint that has been chosen against zero."""
    made = b.definitions.get(g) if isinstance(g, Var) else None
    if made is None or made.op != "where":
        return None
    condition, x, y = made.operands
    if _is_zero(y):
        return Mask(condition, x, False)
    return Mask(condition, y, True) if _is_zero(x) else None


def support(b: Builder, g: Atom, depth: int = 6) -> Atom | None:
    """Where an adjoint may be other than zero, if masks tell: of a sum of masked ones, or of one that was moved."""
    mask = mask_of(b, g)
    if mask is not None:
        return _both(b, mask.places(b), support(b, mask.inner, depth - 1) if depth else None)
    made = b.definitions.get(g) if isinstance(g, Var) else None
    if made is None or not depth or not is_numeric(g.type):
        return None
    if made.op in ("accumulate", "add", "subtract"):
        return _of_sum(b, made, depth - 1)
    if scaled := _scaled(made):
        return support(b, scaled, depth - 1)
    if made.op in ("materialise", "broadcast_to", "cast"):
        return support(b, made.operands[0], depth - 1)
    if made.op == "sum_to":
        return _of_sum_to(b, made, depth - 1)
    facts = operation(made)
    if facts.kind is Kind.VIEW and facts.linear:
        places = support(b, made.operands[0], depth - 1)
        whole = _stretched(b, places, made.operands[0]) if places is not None else None
        return b.emit(made.op, whole, *made.operands[1:], **made.params) if whole is not None else None
    return None


def _stretched(b: Builder, places: Atom, like: Atom) -> Atom | None:
    """The places in the shape of what they are places of, whose axes are moved about next."""
    mine, wanted = dims_of(places.type), dims_of(like.type)
    if mine is None or wanted is None or len(mine) != len(wanted):
        return None
    whole: Atom = places
    if not all(n.same(m) for n, m in zip(mine, wanted, strict=True)):
        whole = b.emit("materialise", places, like)
    return whole


def _of_sum(b: Builder, made: Equation, depth: int) -> Atom | None:
    one, other = mask_of(b, made.operands[0]), mask_of(b, made.operands[1])
    if one is not None and other is not None and one.condition is other.condition:
        return one.places(b) if one.inverted == other.inverted else None
    found = [support(b, a, depth) for a in made.operands]
    if found[0] is None or found[1] is None:
        return None
    either: Atom = found[0] if found[0] is found[1] else b.emit("logical_or", *found)
    return either


def _of_sum_to(b: Builder, made: Equation, depth: int) -> Atom | None:
    """What has been stretched: a sum is zero where all that it adds up is."""
    x, axes, keep = made.operands[0], made.params["axes"], made.params.get("keep", ())
    places = support(b, x, depth)
    if places is None or places.type.rank != x.type.rank or keep not in (True, (), axes):
        return None
    lengths = dims_of(places.type) or ()
    if keep and all(lengths[k].is_one for k in axes):
        return places
    return b.emit("any", places, axis=axes, keepdims=bool(keep))


def _both(b: Builder, one: Atom, other: Atom | None) -> Atom:
    return one if other is None or other is one else b.emit("logical_and", one, other)


def is_multiple(b: Builder, part: Atom, g: Atom) -> bool:
    """Whether it is the adjoint itself, but for a sign and constant factors: then nothing can leak into it."""
    while part is not g:
        made = b.definitions.get(part) if isinstance(part, Var) else None
        scaled = _scaled(made) if made is not None else None
        if scaled is None:
            return False
        part = scaled
    return True


def _scaled(made: Equation) -> Atom | None:
    """What is multiplied by a number that is known."""
    if made.op == "negative":
        return made.operands[0]
    if made.op in ("multiply", "divide") and isinstance(made.operands[1], Const):
        return made.operands[0]
    return made.operands[1] if made.op == "multiply" and isinstance(made.operands[0], Const) else None


def _is_zero(a: Atom) -> bool:
    return isinstance(a, Const) and isinstance(a.value, (float, complex)) and a.value == 0.0
