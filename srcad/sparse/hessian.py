"""Sparse Hessians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from srcad.calls.arguments import Argnums
from srcad.calls.specialise import Entrance
from srcad.calls.tracebacks import trimmed
from srcad.patterns import Plan
from srcad.patterns.matrices import SparseMatrix
from srcad.rules.lanes import NotBatched
from srcad.sparse.common import At, Function, M, P, Sparse, bound, split
from srcad.sparse.detected import detected
from srcad.sparse.evaluation import VectorMap, evaluated, one_by_one
from srcad.sparse.given import check_shape
from srcad.trace.walk import walk


class Hessian(Sparse[P, M]):
    """All second derivatives, by products of the Hessian and sums of columns."""

    made_by = "hessian"

    def __init__(
        self,
        function: Function,
        argnums: Argnums = 0,
        sparsity: object = None,
        check: bool | None = None,
        backend: str | None = None,
    ) -> None:
        super().__init__(function, argnums, sparsity, check, backend)
        self._products, self._several = self.specialiser("hvp"), self.specialiser("hvps")
        self._gradients = self.specialiser("gradient")

    def of(self, function: Function) -> Hessian[..., M]:
        return Hessian(function, self.argnums, self.sparsity, self.check, self.backend)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Hessian, (self.function, self.argnums, self.sparsity, self.check, self.backend)

    @trimmed
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> M:
        """The matrix (with a tuple of argnums: a tuple of tuples of blocks) at these arguments."""
        at = self._at(args, kwargs)
        matrix = evaluated(at.push, at.plan)
        self.probed(at.push, matrix, at.plan, at.program)
        return self._blocks(matrix, at.arguments)

    def pattern(self, *args: P.args, **kwargs: P.kwargs) -> M:
        """Where the matrix may have entries at these arguments, as a Boolean `csr_array` (or blocks of it)."""
        at = self._at(args, kwargs)
        return self._blocks(at.pattern, at.arguments)

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan:
        """How the matrix is evaluated at these arguments, and in how many colours."""
        return self._at(args, kwargs).plan

    def _blocks(self, matrix: SparseMatrix, arguments: Sequence[object]) -> M:
        """The matrix, or with a tuple of argnums its blocks; the caller knows which, and `M` says it."""
        return cast(M, matrix if self.single else _grid(matrix, arguments))

    def _at(self, args: tuple[object, ...], kwargs: dict[str, object]) -> _HessianAt:
        return _HessianAt(*bound(self._products, args, kwargs), self)


def _grid(matrix: SparseMatrix, arguments: Sequence[object]) -> tuple[tuple[SparseMatrix, ...], ...]:
    """The blocks of a matrix, with a row and a column of them for each argument."""
    rows = (block.T for block in split(matrix.T.tocsr(), arguments))
    return tuple(tuple(split(row.tocsr(), arguments)) for row in rows)


@dataclass(frozen=True)
class _HessianAt(At):
    """A Hessian at the arguments of one call."""

    of: Hessian[..., object]

    @cached_property
    def entrance(self) -> Entrance:
        """To the gradient."""
        return self.of._gradients.find(self.call)

    @cached_property
    def pattern(self) -> SparseMatrix:
        """Of what is not symmetric also the mirror image, as the Hessian itself is symmetric."""
        found = self.of.given
        if found is not None:
            check_shape(found, self.inputs.size, self.inputs.size)
        else:
            found = detected(self.entrance, self.program.traces[0], self.call, self.arguments)
            found = found[found.shape[0] - self.inputs.size :]  # the value may come before the gradient
        both = (found + found.T).tocsr()
        both.sort_indices()
        return both

    @cached_property
    def plan(self) -> Plan:
        return self.of.plan_for(self.pattern, "symmetric" if self.symmetric else "columns")

    @property
    def symmetric(self) -> bool:
        """Not where the program says itself what a derivative is: then a mirror image may be another number."""
        primal = self.program.primal
        regions = (primal.body, *(procedure.body for procedure in primal.procedures.values()))
        return not any(e.op in ("custom", "stop_gradient") for region in regions for e in walk(region))

    @cached_property
    def push(self) -> VectorMap:
        """Vectors -> the Hessian times these."""
        try:
            several = self.of._several.run(self.call)[1]
        except NotBatched:
            product = self.of._products.run(self.call)[1]
            return one_by_one(lambda vector: self.inputs.vector(product(self.inputs.structured(vector))))
        return lambda vectors: self.inputs.vectors(several(self.inputs.stacked(vectors)), (len(vectors),))


__all__ = ["Hessian"]
