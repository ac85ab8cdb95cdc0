"""Sparse Jacobians and Hessians: as many evaluations as the pattern needs colours, not as there are columns.

    J = srcad.sparse.jacobian(residuals)(x)      a SciPy csr_array, with a row for each number of the result
    H = srcad.sparse.hessian(energy)(x)          the same for second derivatives
    S = srcad.sparse.pattern(residuals)(x)       where J may have entries: Booleans

The pattern is found anew in each call, by a run of the evaluation trace (`srcad.patterns`), or given. It is coloured
once: a call whose pattern is that of an earlier one takes its colours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srcad.api import request_for
from srcad.arguments import Argnums, Call, children, differentiable_argnums, name_of, rebuild
from srcad.errors import ArgumentError, NotYetSupported
from srcad.patterns import Plan, pattern as found_pattern, plan as planned
from srcad.pipeline import Program, Request
from srcad.report.values import input_values
from srcad.rules.lanes import NotBatched
from srcad.specialise import Entrance, Specialiser
from srcad.trace.nodes import Leaf, Node, Trace, Tree, walk
from srcad.transform.adjoint import is_flat
from srcad.transform.opened import opened

Function = Callable[..., Any]
Vector = NDArray[Any]
Push = Callable[[Vector], Vector]  # vectors as the rows of a matrix -> their images

CHUNK = 64  # seeds that are made at a time
REMEMBERED = 8  # plans


# ---- the public functions


def jacobian(
    function: Function | None = None,
    argnums: Argnums = 0,
    *,
    sparsity: Any = None,
    mode: str | None = None,
    check: bool | None = None,
) -> Any:
    """The Jacobian of a function as a SciPy `csr_array`, for the cost of a few tangents or adjoints.

    Its rows are the numbers of the result one after the other, its columns those of the argument, in C order;
    structures are run through in Python's order. With a tuple of `argnums` it is a tuple of matrices.

    `sparsity`: where there may be entries, if that is known: a SciPy sparse matrix or an array, as `pattern` gives it
    (for a tuple of `argnums` a tuple, or one matrix with all columns side by side). Else it is found in each call.
    `mode`: "forward" (columns, by tangents) or "reverse" (rows, by adjoints); None: what takes fewer evaluations.
    `check`: compare the result with the derivative in one random direction, which shows entries outside of the
    pattern; None: where `sparsity` is given.

    The function that comes out fits `jac=` of scipy.optimize.least_squares. Its `plan(*args)` says how a call would be
    evaluated, its `pattern(*args)` where it may have entries.

    Raises ArgumentError for a `sparsity` of another shape or that misses entries, and where SciPy or networkx are not
    installed.

    >>> import numpy as np, srcad
    >>> def f(x):
    ...     return x[1:] ** 2 - x[:-1]
    >>> J = srcad.sparse.jacobian(f)
    >>> J(np.array([1.0, 2.0, 3.0])).toarray()
    array([[-1.,  4.,  0.],
           [ 0., -1.,  6.]])
    >>> J.plan(np.ones(1000))
    <999 x 1000, 1998 entries: 2 colours of columns, by tangents>
    """
    make = functools.partial(Jacobian, argnums=argnums, sparsity=sparsity, mode=mode, check=check)
    return make if function is None else make(function)


def hessian(
    function: Function | None = None, argnums: Argnums = 0, *, sparsity: Any = None, check: bool | None = None
) -> Any:
    """The Hessian of a function that returns a number, as a SciPy `csr_array`: a Hessian product for each colour.

    Rows and columns are the numbers of the argument one after the other, in C order. With a tuple of `argnums` it is a
    tuple of tuples of matrices. `sparsity` and `check` are as for `jacobian`; the pattern is taken as symmetric.

    >>> import numpy as np, srcad
    >>> def f(x):
    ...     return np.sum((x[1:] - x[:-1] ** 2) ** 2)
    >>> H = srcad.sparse.hessian(f)
    >>> H(np.ones(3)).toarray()
    array([[ 8., -4.,  0.],
           [-4., 10., -4.],
           [ 0., -4.,  2.]])
    >>> H.plan(np.ones(1000))
    <1000 x 1000, 2998 entries: 3 colours of a symmetric matrix>
    """
    make = functools.partial(Hessian, argnums=argnums, sparsity=sparsity, check=check)
    return make if function is None else make(function)


def pattern(function: Function, argnums: Argnums = 0) -> Any:
    """Where the Jacobian may have entries, as a Boolean `csr_array`: a function of the arguments.

    It follows the branches, loops and indices of the run at these arguments. Every number that is not zero in the
    Jacobian there is in the pattern. For the pattern of a Hessian: `srcad.sparse.hessian(f).pattern`.

    >>> import numpy as np, srcad
    >>> S = srcad.sparse.pattern(lambda x: x[[2, 0]] * x[1])
    >>> S(np.ones(3)).toarray().astype(int)
    array([[0, 1, 1],
           [1, 1, 0]])
    """
    return Jacobian(function, argnums=argnums).pattern


# ---- the floats of structures as vectors


@dataclass(frozen=True)
class Layout:
    """The floats in a structure, one after the other."""

    tree: Any

    @cached_property
    def leaves(self) -> list[Any]:
        return [leaf for leaf in _leaves(self.tree) if _is_float(leaf)]

    @cached_property
    def size(self) -> int:
        return sum(int(np.size(leaf)) for leaf in self.leaves)

    def structured(self, vector: Vector) -> Any:
        """The structure with the numbers of a vector, and None for what is no float."""
        return _filled(self.tree, iter(np.split(vector, self.ends)))

    def stacked(self, vectors: Vector) -> Any:
        """The structure with the numbers of several vectors, along a leading axis."""
        return _filled(self.tree, iter(np.split(vectors, self.ends, axis=1)))

    @cached_property
    def ends(self) -> Any:
        return np.cumsum([np.size(leaf) for leaf in self.leaves])[:-1]

    def vector(self, tree: Any) -> Vector:
        """The vector of a structure; None stands for zeros."""
        return self.vectors(tree, ())

    def vectors(self, tree: Any, lead: tuple[int, ...]) -> Vector:
        """The vectors of a structure whose arrays have these leading axes."""
        parts = list(_beside(self.tree, tree, lead))
        return np.concatenate(parts, axis=-1) if parts else np.zeros((*lead, 0))


def _is_float(leaf: Any) -> bool:
    return differentiable_argnums([leaf]) == (0,)


def _leaves(tree: Any) -> Iterator[Any]:
    parts = children(tree)
    if parts is None:
        yield tree
    for part in parts or ():
        yield from _leaves(part)


def _filled(tree: Any, parts: Iterator[Vector]) -> Any:
    inner = children(tree)
    if inner is not None:
        return rebuild(tree, [_filled(part, parts) for part in inner])
    if not _is_float(tree):
        return None
    part = next(parts)
    if part.ndim == 1 and not isinstance(tree, np.ndarray):
        return type(tree)(part[0])
    return part.reshape(part.shape[:-1] + np.shape(tree)).astype(np.asarray(tree).dtype, copy=False)


def _beside(tree: Any, other: Any, lead: tuple[int, ...]) -> Iterator[Vector]:
    """The floats of the other structure, in the places where this one has some."""
    parts = children(tree)
    if parts is not None:
        others = [None] * len(parts) if other is None else children(other) or ()
        for part, beside in zip(parts, others, strict=True):
            yield from _beside(part, beside, lead)
    elif _is_float(tree):
        shape = (*lead, np.size(tree))
        yield np.zeros(shape, np.asarray(tree).dtype) if other is None else np.reshape(other, shape)


# ---- what both have in common


class Sparse:
    """A derivative that comes as sparse matrices. Abstract: `Jacobian` and `Hessian` say how it is evaluated."""

    made_by = ""

    def __init__(self, function: Function, argnums: Argnums, sparsity: Any, check: bool | None) -> None:
        if not callable(function):
            raise ArgumentError(f"srcad.sparse.{self.made_by} takes a function, and got {function!r}")
        _require_scipy(self.made_by)
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.argnums = argnums
        self.sparsity = sparsity
        self.check = sparsity is not None if check is None else check
        self.single = request_for("tangent", argnums).single
        self._plans: tuple[Plan, ...] = ()
        self.__name__ = name_of(function)

    def specialiser(self, kind: str) -> Specialiser:
        chosen = request_for(kind, self.argnums).argnums
        return Specialiser(self.function, Request(kind, chosen, single=False))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: derived from the bound method."""
        return self if instance is None else self.of(self.function.__get__(instance, owner))

    def of(self, function: Function) -> Any:
        """The same of another function."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<srcad.sparse.{self.made_by} of {self.__name__}>"

    def probed(self, push: Push, matrix: Any, plan: Plan, program: Program) -> None:
        """Compare with the derivative where that was asked for, and where a function may give another each time."""
        if program.has_effects:
            probe(push, matrix, plan, _CHANGES)
        elif self.check:
            probe(push, matrix, plan, _MISSES if self.sparsity is not None else "")

    def plan_for(self, found: Any, by: str | None) -> Plan:
        """The plan for a pattern: that of an earlier call, or a new one."""
        for known in self._plans:
            if (by is None or known.by == by) and _same(known.pattern, found):
                return known
        made = planned(found, by)
        self._plans = (made, *self._plans)[:REMEMBERED]
        return made


def one_by_one(push: Callable[[Vector], Vector]) -> Push:
    """A map of vectors, as one of several."""
    return lambda vectors: np.stack([push(vector) for vector in vectors])


def evaluated(push: Push, plan: Plan) -> Any:
    """The sparse matrix of a linear map (of its transpose, by rows)."""
    blocks = [push(plan.seeds(first, min(first + CHUNK, plan.count))) for first in range(0, plan.count, CHUNK)]
    length = plan.pattern.shape[1 if plan.by == "rows" else 0]
    for block in blocks:
        check_length(block.shape[1], length, plan)
    return plan.matrix(np.concatenate(blocks) if blocks else np.zeros((1, length)))


def check_length(found: int, due: int, plan: Plan) -> None:
    if found != due:
        rows, columns = (plan.colours.size, found) if plan.by == "rows" else (found, plan.colours.size)
        raise _misshapen(plan.pattern.shape, (rows, columns))


def probe(push: Push, matrix: Any, plan: Plan, why: str) -> None:
    """Refuse a matrix that differs from the derivative in a random direction."""
    if plan.by == "rows":
        matrix = matrix.T
    direction = np.random.default_rng(0).normal(size=matrix.shape[1])
    (due,), found = push(direction[None]), matrix @ direction
    scale = np.abs(due) + abs(matrix) @ np.abs(direction)
    eps = float(np.finfo(due.dtype).eps)
    allowed = np.sqrt(eps) * scale + 100.0 * eps * np.max(scale, initial=0.0)
    wrong = np.flatnonzero(np.isfinite(due) & ~(np.abs(due - found) <= allowed))
    if wrong.size:
        line, k = ("column" if plan.by == "rows" else "row"), int(wrong[0])
        what = f"the sparse matrix is not the derivative: {line} {k} is wrong"
        seen = f"in a random direction it gives {found[k]:.6g}, and the derivative {due[k]:.6g}"
        raise ArgumentError(what, why=f"{seen}; {why}", do=_ADVICE[why])


_MISSES, _CHANGES = "the given sparsity misses entries", "the function has effects, and each run of it gives another"
_ADVICE = {
    _MISSES: "leave sparsity out, and it is found in each call; or give a pattern that holds at all arguments",
    _CHANGES: "draw random numbers before, and pass them as an argument",
    "": "please report it",
}


def _same(a: Any, b: Any) -> bool:
    same_shape = a.shape == b.shape and a.nnz == b.nnz
    return same_shape and np.array_equal(a.indptr, b.indptr) and np.array_equal(a.indices, b.indices)


def _require_scipy(made_by: str) -> None:
    try:
        import scipy.sparse  # noqa: F401
    except ImportError:
        what = f"srcad.sparse.{made_by} needs SciPy, which isn't installed"
        raise ArgumentError(what, do="pip install scipy networkx") from None


# ---- patterns


def detected(entrance: Entrance, trace: Trace, call: Call, arguments: Sequence[Any]) -> Any:
    """The pattern of a trace, the primal or the gradient, at the arguments of a call."""
    reading = entrance.specialisation.program.reading
    order = [k for tree, value in zip(reading.wrt_trees, arguments, strict=True) for k in _in_order(tree, value)]
    values = input_values(trace, call.flat, entrance.roots)
    return found_pattern(opened(trace), values, [reading.wrt[k] for k in order], is_flat)


def _in_order(tree: Tree, value: Any) -> Iterator[int]:
    """The differentiated leaves of an argument, in the order in which Python runs through it."""
    if isinstance(tree, Leaf):
        yield tree.index
    elif isinstance(tree, Node):
        by_key = dict(zip(tree.keys, tree.children, strict=True)) if tree.keys else dict(enumerate(tree.children))
        for key, part in _items(value):
            yield from _in_order(by_key[key], part)


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    """The parts of a container by their keys."""
    parts = children(value) or []
    if isinstance(value, Mapping):
        return zip(value, parts, strict=True)
    if isinstance(value, (tuple, list)) and not hasattr(value, "_fields"):
        return iter(enumerate(parts))
    return zip(getattr(value, "_fields", None) or value.__dataclass_fields__, parts, strict=True)


def given_pattern(sparsity: Any, shape: tuple[int | None, int | None]) -> Any:
    """A pattern as a user gives it: a matrix, or a tuple (of tuples) of blocks."""
    from scipy import sparse

    if isinstance(sparsity, (tuple, list)) and any(np.ndim(block) == 2 or sparse.issparse(block) for block in sparsity):
        matrix = sparse.hstack([_matrix(block) for block in sparsity], format="csr")
    elif isinstance(sparsity, (tuple, list)) and sparsity and isinstance(sparsity[0], (tuple, list)):
        blocks = [[_matrix(block) for block in row] for row in sparsity] if _blocks(sparsity) else None
        matrix = sparse.block_array(blocks, format="csr") if blocks else _matrix(np.asarray(sparsity))
    else:
        matrix = _matrix(sparsity)
    if any(due not in (None, n) for due, n in zip(shape, matrix.shape, strict=True)):
        raise _misshapen(matrix.shape, shape)
    return matrix


def _blocks(sparsity: Any) -> bool:
    from scipy import sparse

    return any(sparse.issparse(block) or np.ndim(block) == 2 for row in sparsity for block in row)


def _matrix(sparsity: Any) -> Any:
    """A Boolean csr_array; what a sparse matrix stores is an entry, whatever its value."""
    from scipy import sparse

    if not sparse.issparse(sparsity):
        if np.ndim(sparsity) != 2:
            what = f"sparsity must be a matrix, and is {type(sparsity).__name__} of {np.ndim(sparsity)} dimensions"
            raise ArgumentError(what, do="give a SciPy sparse matrix, or an array that is not zero where entries are")
        sparsity = np.asarray(sparsity) != 0
    matrix = sparse.csr_array(sparsity)
    matrix.sum_duplicates()
    return sparse.csr_array((np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr), shape=matrix.shape)


def _misshapen(found: Any, due: Any) -> ArgumentError:
    def shown(shape: Any) -> str:
        return " x ".join("?" if n is None else str(n) for n in shape)

    return ArgumentError(
        f"the given sparsity is {shown(found)}, and the derivative is {shown(due)}",
        do="give a row for each number of the result, and a column for each of the differentiated arguments",
    )


# ---- Jacobians


_SIDES = {None: None, "forward": "columns", "reverse": "rows"}


class Jacobian(Sparse):
    """All first derivatives, by tangents of sums of columns, or by adjoints of sums of rows."""

    made_by = "jacobian"

    def __init__(
        self,
        function: Function,
        argnums: Argnums = 0,
        sparsity: Any = None,
        mode: str | None = None,
        check: bool | None = None,
    ) -> None:
        if mode not in _SIDES:
            raise ArgumentError(f"mode must be 'forward', 'reverse' or None, not {mode!r}")
        super().__init__(function, argnums, sparsity, check)
        self.mode = mode
        kinds = {"columns": "tangent", "several": "tangents", "rows": "pullback"}
        self._specialisers = {side: self.specialiser(kind) for side, kind in kinds.items()}

    def of(self, function: Function) -> Jacobian:
        return Jacobian(function, self.argnums, self.sparsity, self.mode, self.check)

    def __reduce__(self) -> Any:
        return Jacobian, (self.function, self.argnums, self.sparsity, self.mode, self.check)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The matrix (with a tuple of argnums: a tuple of them) at these arguments."""
        at = self._at(args, kwargs)
        plan = at.plan
        push = at.columns if plan.by == "columns" else at.rows
        matrix = evaluated(push, plan)
        self.probed(push, matrix, plan, at.program)
        return matrix if self.single else tuple(_split(matrix, at.arguments))

    def pattern(self, *args: Any, **kwargs: Any) -> Any:
        """Where the matrix may have entries at these arguments, as a Boolean `csr_array` (or a tuple of them)."""
        at = self._at(args, kwargs)
        return at.pattern if self.single else tuple(_split(at.pattern, at.arguments))

    def plan(self, *args: Any, **kwargs: Any) -> Plan:
        """How the matrix is evaluated at these arguments: by columns or rows, and in how many colours."""
        return self._at(args, kwargs).plan

    def _at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _JacobianAt:
        call = self._specialisers["columns"].binder.bind(args, kwargs)
        return _JacobianAt(self, call, _differentiated(self._specialisers["columns"], call))


def _differentiated(specialiser: Specialiser, call: Call) -> tuple[Any, ...]:
    chosen = specialiser.binder.resolve_all(specialiser.request.argnums, call)
    return tuple(call.args[k] if isinstance(k, int) else call.kwargs[k] for k in chosen)


def _split(matrix: Any, arguments: Sequence[Any]) -> Iterator[Any]:
    """The columns of each argument."""
    ends = np.cumsum([0, *(Layout(argument).size for argument in arguments)])
    for first, last in zip(ends, ends[1:], strict=False):
        yield matrix[:, first:last]


@dataclass(frozen=True)
class _JacobianAt:
    """A Jacobian at the arguments of one call."""

    of: Jacobian
    call: Call
    arguments: tuple[Any, ...]

    @cached_property
    def inputs(self) -> Layout:
        return Layout(self.arguments)

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

    @property
    def program(self) -> Program:
        return self.entrance.specialisation.program

    @cached_property
    def pattern(self) -> Any:
        if self.of.sparsity is not None:
            return given_pattern(self.of.sparsity, (None, self.inputs.size))
        return detected(self.entrance, self.program.primal, self.call, self.arguments)

    @cached_property
    def plan(self) -> Plan:
        only_rows = self.program.request.kind == "pullback"
        return self.of.plan_for(self.pattern, "rows" if only_rows else _SIDES[self.of.mode])

    @cached_property
    def columns(self) -> Push:
        """Tangents -> those of the result: all at once, or one after the other where that can't be."""
        try:
            several = self.of._specialisers["several"].run(self.call)[1]
        except NotBatched:
            push = self.of._specialisers["columns"].run(self.call)[1]
            return one_by_one(lambda vector: _image(*push(self.inputs.structured(vector))))
        return lambda vectors: _image(*several(self.inputs.stacked(vectors)), lead=(len(vectors),))

    @cached_property
    def rows(self) -> Push:
        """Adjoints of the result -> those of the arguments, one after the other."""
        value, pullback = self.of._specialisers["rows"].run(self.call)[1]
        results = Layout(value)

        def pull(vector: Vector) -> Vector:
            check_length(vector.size, results.size, self.plan)
            return self.inputs.vector(pullback(results.structured(vector)))

        return one_by_one(pull)


def _image(value: Any, tangent: Any, lead: tuple[int, ...] = ()) -> Vector:
    return Layout(value).vectors(tangent, lead)


# ---- Hessians


class Hessian(Sparse):
    """All second derivatives, by products of the Hessian and sums of columns."""

    made_by = "hessian"

    def __init__(
        self, function: Function, argnums: Argnums = 0, sparsity: Any = None, check: bool | None = None
    ) -> None:
        super().__init__(function, argnums, sparsity, check)
        self._products, self._several = self.specialiser("hvp"), self.specialiser("hvps")
        self._gradients = self.specialiser("gradient")

    def of(self, function: Function) -> Hessian:
        return Hessian(function, self.argnums, self.sparsity, self.check)

    def __reduce__(self) -> Any:
        return Hessian, (self.function, self.argnums, self.sparsity, self.check)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The matrix (with a tuple of argnums: a tuple of tuples of blocks) at these arguments."""
        at = self._at(args, kwargs)
        matrix = evaluated(at.push, at.plan)
        self.probed(at.push, matrix, at.plan, at.program)
        return self._blocks(matrix, at.arguments)

    def pattern(self, *args: Any, **kwargs: Any) -> Any:
        """Where the matrix may have entries at these arguments, as a Boolean `csr_array` (or blocks of it)."""
        at = self._at(args, kwargs)
        return self._blocks(at.pattern, at.arguments)

    def plan(self, *args: Any, **kwargs: Any) -> Plan:
        """How the matrix is evaluated at these arguments, and in how many colours."""
        return self._at(args, kwargs).plan

    def _blocks(self, matrix: Any, arguments: Sequence[Any]) -> Any:
        if self.single:
            return matrix
        rows = (block.T for block in _split(matrix.T.tocsr(), arguments))
        return tuple(tuple(_split(row.tocsr(), arguments)) for row in rows)

    def _at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _HessianAt:
        call = self._products.binder.bind(args, kwargs)
        return _HessianAt(self, call, _differentiated(self._products, call))


@dataclass(frozen=True)
class _HessianAt:
    """A Hessian at the arguments of one call."""

    of: Hessian
    call: Call
    arguments: tuple[Any, ...]

    @cached_property
    def inputs(self) -> Layout:
        return Layout(self.arguments)

    @cached_property
    def entrance(self) -> Entrance:
        """To the gradient."""
        return self.of._gradients.find(self.call)

    @property
    def program(self) -> Program:
        return self.entrance.specialisation.program

    @cached_property
    def pattern(self) -> Any:
        """Of what is not symmetric also the mirror image, as the Hessian itself is symmetric."""
        if self.of.sparsity is not None:
            found = given_pattern(self.of.sparsity, (self.inputs.size,) * 2)
        else:
            found = detected(self.entrance, self.program.traces[0], self.call, self.arguments)
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
    def push(self) -> Push:
        """Vectors -> the Hessian times these."""
        try:
            several = self.of._several.run(self.call)[1]
        except NotBatched:
            product = self.of._products.run(self.call)[1]
            return one_by_one(lambda vector: self.inputs.vector(product(self.inputs.structured(vector))))
        return lambda vectors: self.inputs.vectors(several(self.inputs.stacked(vectors)), (len(vectors),))


__all__ = ["Hessian", "Jacobian", "Plan", "hessian", "jacobian", "pattern"]
