"""Sparse Jacobians."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from srcad.calls.arguments import Argnums
from srcad.calls.specialise import Entrance
from srcad.calls.tracebacks import trimmed
from srcad.errors import ArgumentError, NotYetSupported
from srcad.patterns import Plan
from srcad.patterns.matrices import SparseMatrix
from srcad.rules.lanes import NotBatched
from srcad.sparse.common import At, Function, M, P, Sparse, bound, split
from srcad.sparse.detected import detected
from srcad.sparse.evaluation import VectorMap, evaluated, one_by_one
from srcad.sparse.given import check_length, check_shape
from srcad.sparse.layout import FloatLayout, Vector

_SIDES = {None: None, "forward": "columns", "reverse": "rows"}


class Jacobian(Sparse[P, M]):
    """All first derivatives, by tangents of sums of columns, or by adjoints of sums of rows."""

    made_by = "jacobian"

    def __init__(
        self,
        function: Function,
        argnums: Argnums = 0,
        sparsity: object = None,
        mode: str | None = None,
        check: bool | None = None,
        backend: str | None = None,
    ) -> None:
        if mode not in _SIDES:
            raise ArgumentError(f"mode must be 'forward', 'reverse' or None, not {mode!r}")
        super().__init__(function, argnums, sparsity, check, backend)
        self.mode = mode
        kinds = {"columns": "tangent", "several": "tangents", "rows": "pullback"}
        self._specialisers = {side: self.specialiser(kind) for side, kind in kinds.items()}

    def of(self, function: Function) -> Jacobian[..., M]:
        return Jacobian(function, self.argnums, self.sparsity, self.mode, self.check, self.backend)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Jacobian, (self.function, self.argnums, self.sparsity, self.mode, self.check, self.backend)

    @trimmed
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> M:
        """The matrix (with a tuple of argnums: a tuple of them) at these arguments."""
        at = self._at(args, kwargs)
        plan = at.plan
        push = at.columns if plan.by == "columns" else at.rows
        matrix = evaluated(push, plan)
        self.probed(push, matrix, plan, at.program)
        return self._parts(matrix, at)

    def pattern(self, *args: P.args, **kwargs: P.kwargs) -> M:
        """Where the matrix may have entries at these arguments, as a Boolean `csr_array` (or a tuple of them)."""
        at = self._at(args, kwargs)
        return self._parts(at.pattern, at)

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan:
        """How the matrix is evaluated at these arguments: by columns or rows, and in how many colours."""
        return self._at(args, kwargs).plan

    def _parts(self, matrix: SparseMatrix, at: At) -> M:
        """The matrix, or with a tuple of argnums that of each argument; the caller knows which, and `M` says it."""
        return cast(M, matrix if self.single else tuple(split(matrix, at.arguments)))

    def _at(self, args: tuple[object, ...], kwargs: dict[str, object]) -> _JacobianAt:
        return _JacobianAt(*bound(self._specialisers["columns"], args, kwargs), self)


@dataclass(frozen=True)
class _JacobianAt(At):
    """A Jacobian at the arguments of one call."""

    of: Jacobian[..., object]

    @cached_property
    def entrance(self) -> Entrance:
        """To the tangents or adjoints; without a mode to adjoints where there are no tangents yet."""
        specialisers, side = self.of._specialisers, _SIDES[self.of.mode]
        try:
            return specialisers[side or "columns"].find(self.call)
        except NotYetSupported:
            if side is not None:
                raise
        return specialisers["rows"].find(self.call)

    @cached_property
    def pattern(self) -> SparseMatrix:
        if self.of.given is not None:
            check_shape(self.of.given, None, self.inputs.size)
            return self.of.given
        return detected(self.entrance, self.program.primal, self.call, self.arguments)

    @cached_property
    def plan(self) -> Plan:
        only_rows = self.program.request.kind == "pullback"
        return self.of.plan_for(self.pattern, "rows" if only_rows else _SIDES[self.of.mode])

    @cached_property
    def columns(self) -> VectorMap:
        """Tangents -> those of the result: all at once, or one after the other where that can't be."""
        try:
            several = self.of._specialisers["several"].run(self.call)[1]
        except NotBatched:
            push = self.of._specialisers["columns"].run(self.call)[1]
            return one_by_one(lambda vector: _image(push(self.inputs.structured(vector))))
        return lambda vectors: _image(several(self.inputs.stacked(vectors)), (len(vectors),))

    @cached_property
    def rows(self) -> VectorMap:
        """Adjoints of the result -> those of the arguments, one after the other."""
        value, pullback = self.of._specialisers["rows"].run(self.call)[1]
        results = FloatLayout(value)

        def pull(vector: Vector) -> Vector:
            check_length(vector.size, results.size, self.plan)
            return self.inputs.vector(pullback(results.structured(vector)))

        return one_by_one(pull)


def _image(moved: tuple[object, object], lead: tuple[int, ...] = ()) -> Vector:
    value, tangent = moved
    return FloatLayout(value).vectors(tangent, lead)


__all__ = ["Jacobian"]
