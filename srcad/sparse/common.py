"""What sparse Jacobians and Hessians have in common."""

from __future__ import annotations

import functools
import importlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Concatenate, Generic, ParamSpec, TypeVar, overload

import numpy as np

from srcad.api.derived import request_for
from srcad.calls.arguments import Argnums, name_of
from srcad.calls.specialise import Entrance, Specialiser
from srcad.calls.structures import leaves
from srcad.compile.program import Program
from srcad.compile.requests import Call, Request
from srcad.errors import ArgumentError
from srcad.patterns import Plan, plan
from srcad.patterns.matrices import SparseMatrix
from srcad.sparse.evaluation import CHANGES, MISSES, VectorMap, probe
from srcad.sparse.given import given_pattern
from srcad.sparse.layout import FloatLayout

Function = Callable[..., object]
Values = tuple[object, ...]
P = ParamSpec("P")
Q = ParamSpec("Q")
S = TypeVar("S")
M = TypeVar("M", covariant=True)  # a matrix, or a tuple of them

REMEMBERED = 8  # plans


class Sparse(ABC, Generic[P, M]):
    """A derivative that comes as sparse matrices. Abstract: `Jacobian` and `Hessian` say how it is evaluated."""

    made_by = ""

    __srcad_unread__ = True  # in a program that is differentiated it runs as it stands: SciPy's matrices have no rules

    def __init__(
        self, function: Function, argnums: Argnums, sparsity: object, check: bool | None, backend: str | None
    ) -> None:
        if not callable(function):
            raise ArgumentError(f"srcad.sparse.{self.made_by} takes a function, and got {function!r}")
        _require_scipy()
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.argnums = argnums
        self.sparsity = sparsity
        self.given = None if sparsity is None else given_pattern(sparsity)
        self.check = sparsity is not None if check is None else check
        request = request_for("tangent", argnums, backend=backend)
        self.single, self.backend = request.single, request.backend
        self._plans: tuple[tuple[str | None, Plan], ...] = ()
        self.__name__ = name_of(function)

    def specialiser(self, kind: str) -> Specialiser:
        chosen = request_for(kind, self.argnums).argnums
        return Specialiser(self.function, Request(kind, chosen, single=False, backend=self.backend))

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Sparse[P, M]: ...

    @overload
    def __get__(self: Sparse[Concatenate[S, Q], M], instance: S, owner: type | None = None) -> Sparse[Q, M]: ...

    def __get__(self, instance: object, owner: type | None = None) -> Sparse[..., M]:
        """The derivative of a bound method."""
        return self if instance is None else self.of(self.function.__get__(instance, owner))

    @abstractmethod
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> M:
        """The matrix at these arguments."""

    @abstractmethod
    def of(self, function: Function) -> Sparse[..., M]:
        """Another function's matrix of this kind."""

    def __repr__(self) -> str:
        return f"<srcad.sparse.{self.made_by} of {self.__name__}>"

    def probed(self, push: VectorMap, matrix: SparseMatrix, way: Plan, program: Program) -> None:
        """Compare with the derivative where that was asked for, and where a function may give another each time."""
        if program.has_effects:
            probe(push, matrix, way, CHANGES)
        elif self.check:
            probe(push, matrix, way, MISSES if self.sparsity is not None else "")

    def plan_for(self, found: SparseMatrix, by: str | None) -> Plan:
        """The plan for a pattern: that of an earlier call, or a new one."""
        for wish, known in self._plans:
            if wish == by and _same(known.pattern, found):
                return known
        made = plan(found, by)
        self._plans = ((by, made), *self._plans)[:REMEMBERED]
        return made


@dataclass(frozen=True)
class At:
    """A matrix at the arguments of one call. Abstract. `arguments`: those that are differentiated."""

    call: Call
    arguments: Values

    @cached_property
    def inputs(self) -> FloatLayout:
        return FloatLayout(self.arguments)

    @cached_property
    def entrance(self) -> Entrance:
        """To what tells the pattern."""
        raise NotImplementedError

    @property
    def program(self) -> Program:
        return self.entrance.specialisation.program


def bound(specialiser: Specialiser, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Call, Values]:
    """A call, and those of its arguments that are differentiated."""
    call = specialiser.binder.bind(args, kwargs)
    arguments = specialiser.binder.differentiated(specialiser.request.argnums, call)
    if any(np.iscomplexobj(np.asarray(leaf)) for leaf in leaves(arguments)):
        raise ArgumentError(
            "sparse derivatives are with respect to real arguments", do="take real and imaginary parts apart"
        )
    return call, arguments


def split(matrix: SparseMatrix, arguments: Sequence[object]) -> Iterator[SparseMatrix]:
    """The columns of each argument."""
    ends = np.cumsum([0, *(FloatLayout(argument).size for argument in arguments)])
    for first, last in itertools.pairwise(ends):
        yield matrix[:, slice(first, last)]


def _same(a: SparseMatrix, b: SparseMatrix) -> bool:
    if a is b:
        return True
    alike = a.shape == b.shape and a.nnz == b.nnz
    return alike and np.array_equal(a.indptr, b.indptr) and np.array_equal(a.indices, b.indices)


def _require_scipy() -> None:
    try:
        importlib.import_module("scipy.sparse")
    except ImportError:
        what = "srcad.sparse needs SciPy, which isn't installed"
        raise ArgumentError(what, do="pip install scipy networkx") from None


__all__ = ["At", "Function", "Sparse", "bound", "split"]
