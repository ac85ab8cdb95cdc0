"""The derivative of einsum: for each operand the same sum, with the adjoint of the result in the operand's place."""

from __future__ import annotations

from srcad.ops.arguments import WHOLE
from srcad.ops.einsum import letter_dims, parse
from srcad.rules.language import Expr, Given, apply, dim, get_item, sum_to_shape
from srcad.rules.linalg import added
from srcad.rules.shaping import permuted
from srcad.rules.table import RuleTable, Site
from srcad.trace.dims import Dim
from srcad.trace.types import dims_of

TABLE = RuleTable()
rule = TABLE.rule


def _einsum_adjoint(site: Site, g: Expr) -> list[Expr | None]:
    return [_einsum_bar(site, g, k) if want else None for k, want in enumerate(site.wanted)]


def _einsum_bar(site: Site, g: Expr, k: int) -> Expr:
    """The sum with the adjoint in the place of operand k.

    A letter that stands twice in the operand becomes two, with the identity between them; one that the rest of the
    sum doesn't know, or along which the operand was stretched, becomes an axis of length one.
    """
    xs = site.operands
    dims = [dims_of(x.type) or () for x in xs]
    notation = parse(site.params["subscripts"], [len(d) for d in dims])
    others = [j for j in range(len(xs)) if j != k]
    known = notation.output + "".join(notation.inputs[j] for j in others)
    target, identities = _separated(notation.inputs[k], str(notation))
    lengths = letter_dims(notation, dims)
    kept = [c for c, d in zip(target, dims[k], strict=True) if _is_kept(c, d, known, identities, lengths)]
    terms = [notation.output, *(notation.inputs[j] for j in others), *identities]
    eyes = [apply("eye", dim(xs[k], target.index(pair[1]))) for pair in identities]
    operands = [g, *(xs[j] for j in others), *eyes]
    bar = _sum_of_products(operands, terms, "".join(kept))
    if len(kept) < len(target):
        bar = get_item(bar, index=tuple(WHOLE if c in kept else ("newaxis",) for c in target)) if kept else bar
    return _fitted(bar, xs[k], target, dims[k], lengths)


def _separated(term: str, used: str) -> tuple[str, list[str]]:
    """A term without repeated letters, and the pairs of letters between which identities stand."""
    spare = iter(c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in used)
    target, pairs = "", []
    for letter in term:
        fresh = next(spare) if letter in target else letter
        pairs += [letter + fresh] if fresh != letter else []
        target += fresh
    return target, pairs


def _is_kept(letter: str, own: Dim, known: str, identities: list[str], lengths: dict[str, Dim]) -> bool:
    """Whether the sum can have this letter: some other operand knows it, and ours isn't stretched along it."""
    if any(letter in pair for pair in identities):
        return True
    return letter in known and not (own.is_one and not lengths[letter].is_one)


def _sum_of_products(operands: list[Expr], terms: list[str], target: str) -> Expr:
    if len(operands) == 1 and sorted(terms[0]) == sorted(target):
        return permuted(operands[0], [terms[0].index(c) for c in target])
    extra = {"optimize": True} if len(operands) > 2 else {}
    subscripts = f"{','.join(terms)}->{target}"
    return apply("einsum", *operands, subscripts=subscripts, **extra)


def _fitted(bar: Expr, x: Expr, target: str, own: tuple[Dim, ...], lengths: dict[str, Dim]) -> Expr:
    """Where it isn't known whether the operand was stretched, that is seen at run time."""
    unsure = any(not (d.is_one or d.not_one or d.same(lengths.get(c, d))) for c, d in zip(target, own, strict=True))
    return sum_to_shape(bar, x) if unsure else bar


def _einsum_tangent(site: Site, *dots: Expr | None) -> Given:
    parts = [
        apply("einsum", *site.operands[:k], dot, *site.operands[k + 1 :], **site.params)
        for k, dot in enumerate(dots)
        if dot is not None
    ]
    return added(parts)


rule("einsum", _einsum_adjoint, _einsum_tangent)
