"""jacfwd, jacrev, jacobian, hessian: matrices of derivatives.

    J = srcad.jacobian(f)(x)        J[i, j] is the derivative of f(x)[i] by x[j]

Each is one generated function: all unit tangents (or adjoints) go through the program at once, along a leading axis.
Where they can't (lists whose length is the run's), they go one after the other.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Concatenate, TypeVar, cast, overload

import numpy as np
import numpy.typing as npt

from srcad.api.derived import Derived, Function, P, R_co, derive, request_for
from srcad.api.gradients import First
from srcad.calls.arguments import Argnums
from srcad.calls.pullback import Pullback
from srcad.calls.pushforward import Pushforward
from srcad.calls.specialise import Entrance
from srcad.calls.structures import Float, children, is_float, leaves, map_leaves, rebuild, with_floats
from srcad.calls.tracebacks import trimmed
from srcad.compile.requests import Request
from srcad.frontend.core.reading import Makes, means
from srcad.rules.lanes import NotBatched
from srcad.show.values import input_values
from srcad.trace.dims import Dim, Symbol, symbol_values
from srcad.trace.nodes import Trace
from srcad.trace.types import Scalar, dims_of
from srcad.transform.matrices.jacobian import ROWS, way_of

Linear = Callable[[Any], object]  # it takes the structure of what it belongs to


Element = TypeVar("Element", bound=np.generic)
Numeric = float | np.floating | npt.NDArray[np.floating]


class AtOnce(Derived[P, R_co]):
    """A matrix in one pass; where several directions can't go through the program at once, one after the other."""

    __srcad_way__ = "call"

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        super().__init__(function, request, made_by)
        self._at_once = True

    @trimmed
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        if self._at_once:
            try:
                return super().__call__(*args, **kwargs)
            except NotBatched:
                self._at_once = False
        return self.singly(args, kwargs)

    @abstractmethod
    def singly(self, args: tuple[object, ...], kwargs: dict[str, object]) -> R_co:
        """The matrix by one direction after the other."""


class DenseJacobian(AtOnce[P, R_co]):
    """All first derivatives in one pass, by columns or by rows as the request says."""

    def singly(self, args: tuple[object, ...], kwargs: dict[str, object]) -> R_co:
        return cast("R_co", self.assembled(self._single, args, kwargs))

    def _entrance(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Entrance, list[str]]:
        if self._at_once:
            try:
                return super()._entrance(args, kwargs)
            except NotBatched:
                self._at_once = False
        return self._single._entrance(args, kwargs)

    @cached_property
    def _single(self) -> Derived[..., object]:
        return self.one_by_one()

    def one_by_one(self) -> Derived[..., object]:
        """What gives a single column, or row."""
        function, request = self.__srcad__
        return Derived(function, replace(request, kind=_SINGLE[request.kind]), self.made_by)

    def assembled(self, single: Derived[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """The Jacobian, a column or a row after the other."""
        _, request = self.__srcad__
        made = single(*args, **kwargs)
        if not isinstance(made, Pushforward):
            return rows(*cast("tuple[object, Pullback]", made))
        linear = (lambda tangents: made(tangents)[1]) if request.kind == "jacfwd" else made
        return columns(linear, self.differentiated(args, kwargs), request.single)


_SINGLE = {"jacfwd": "tangent", "jacrev": "pullback", "hessian": "hvp"}


class ChosenJacobian(Derived[P, R_co]):
    """The Jacobian by columns or by rows, whichever are fewer for the arguments of a call."""

    __srcad_way__ = "call"

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        super().__init__(function, request, made_by)
        self._choices: dict[tuple[object, ...] | type, JacobianWay] = {}
        self._took: JacobianWay | None = None

    @trimmed
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        self._took = self.choice(args, kwargs)
        if self._took.other is None:
            return super().__call__(*args, **kwargs)
        return cast("R_co", self._took.other(*args, **kwargs))

    def way(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Which way the Jacobian goes at these arguments: by "columns" or by "rows"."""
        return self.choice(args, kwargs).way

    def choice(self, args: tuple[object, ...], kwargs: dict[str, object]) -> JacobianWay:
        key = _shapes((args, kwargs))
        if key not in self._choices:
            if len(self._choices) >= _MOST_CHOICES:
                self._choices.clear()
            self._choices[key] = self.chosen(args, kwargs)
        return self._choices[key]

    def chosen(self, args: tuple[object, ...], kwargs: dict[str, object]) -> JacobianWay:
        """By the lengths of the arguments and of the results.

        A specialisation has been generated for the lengths that it met first; where others are better off with the
        other way, that one is generated as well.
        """
        function, request = self.__srcad__
        try:
            entrance, _ = super()._entrance(args, kwargs)
        except NotBatched:
            entrance, _ = Derived(function, replace(request, kind="pullback"), "vjp")._entrance(args, kwargs)
        program = entrance.specialisation.program
        values = input_values(program.primal, self._specialiser.binder.bind(args, kwargs).flat, entrance.roots)
        way = way_of(program.primal, program.reading.wrt, _sizes(program.primal, values))
        if way == program.way:
            return JacobianWay(way)
        kind = "jacrev" if way == ROWS else "jacfwd"
        return JacobianWay(way, DenseJacobian(function, replace(request, kind=kind), kind))

    def _entrance(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Entrance, list[str]]:
        choice = self.choice(args, kwargs) if args or kwargs else self._took
        other = None if choice is None else choice.other
        return super()._entrance(args, kwargs) if other is None else other._entrance(args, kwargs)

    def __repr__(self) -> str:
        took = f"; the last one by {self._took.way}" if self._took else ""
        return f"{super().__repr__()[:-1]}{took}>"


@dataclass(frozen=True)
class JacobianWay:
    """The way that a Jacobian goes; `other` is what gives it, where that isn't what was generated first."""

    way: str
    other: DenseJacobian[..., object] | None = None


_MOST_CHOICES = 1024


def _shapes(tree: object) -> tuple[object, ...] | type:
    """What the sizes of a call depend on."""
    parts = children(tree)
    if parts is None:
        return tree.shape if isinstance(tree, np.ndarray) else type(tree)
    return (type(tree), *map(_shapes, parts))


def _sizes(primal: Trace, values: Sequence[object]) -> dict[Symbol, int]:
    """The lengths that the symbols in the types of the inputs stand for."""
    pairs: list[tuple[Dim, int]] = []
    for entry, value in zip(primal.inputs, values, strict=True):
        pairs += zip(dims_of(entry.var.type) or (), np.asarray(value).shape, strict=False)
        if type(value) is int and isinstance(entry.var.type, Scalar) and entry.var.type.length is not None:
            pairs.append((entry.var.type.length, value))
    return symbol_values(pairs)


# ---- one after the other


def columns(push: Linear, primals: tuple[object, ...], single: bool) -> object:
    """The matrix of a linear map from tangents of the primals.

    It has the structure of what the map returns, with at each leaf the structure of the primals, and there arrays: of
    the shape of the one plus the shape of the other.
    """
    blocks = [map_leaves(partial(_block, np.shape(leaf)), *images) for leaf, images in _images(push, primals)]

    def joined(*parts: object) -> object:
        if parts[0] is None:
            return None
        return with_floats(primals[0] if single else primals, iter(parts))

    return map_leaves(joined, *blocks)


def rows(value: object, pullback: Linear) -> object:
    """The matrix of a linear map from adjoints of a value, of the same structure as `columns` gives it."""
    return with_floats(value, (_stacked(images, np.shape(leaf)) for leaf, images in _images(pullback, value)))


def _images(linear: Linear, tree: object) -> Iterator[tuple[Float, list[object]]]:
    """Each float of a structure with the images of its unit vectors; that of zeros where it is empty."""
    moving = [leaf for leaf in leaves(tree) if is_float(leaf)]

    def image(place: int, unit: object) -> object:
        return linear(with_floats(tree, (unit if k == place else None for k in range(len(moving)))))

    for place, leaf in enumerate(moving):
        yield leaf, [image(place, unit) for unit in _units(leaf)] or [image(place, None)]


def _units(leaf: Float) -> Sequence[object]:
    """The unit tangents of a leaf."""
    array = np.asarray(leaf)
    if array.ndim == 0:
        return [1.0]
    return [row.reshape(array.shape) for row in np.eye(array.size, dtype=array.dtype)]


def _block(shape: tuple[int, ...], *column: object) -> object:
    """The columns of one leaf of the primals, of this shape, in one leaf of the result."""
    first = column[0]
    if first is None or shape == ():
        return first
    images = [np.asarray(image) for image in column]
    whole = images[0].shape + shape
    if 0 in shape:
        return np.zeros(whole, images[0].dtype)
    return np.stack(images, axis=-1).reshape(whole)


def _stacked(given: Sequence[object], shape: tuple[int, ...]) -> object:
    """Gradients of the elements of an array of this shape, as one structure of arrays."""
    first = given[0]
    parts = children(first)
    if parts is not None:
        together = zip(*(children(row) or () for row in given), strict=True)
        return rebuild(first, [_stacked(row, shape) for row in together])
    if first is None or shape == ():
        return first
    images = [np.asarray(image) for image in given]
    if 0 in shape:
        return np.zeros(shape + images[0].shape, images[0].dtype)
    return np.stack(images).reshape(shape + images[0].shape)


# ---- the public functions


@overload
def jacfwd(
    function: Callable[Concatenate[npt.NDArray[Element], P], Numeric],
    argnums: First = 0,
    *,
    holomorphic: bool = False,
    backend: str | None = None,
) -> DenseJacobian[Concatenate[npt.NDArray[Element], P], npt.NDArray[Element]]: ...


@overload
def jacfwd(
    function: Callable[P, object], argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> DenseJacobian[P, Any]: ...


@overload
def jacfwd(
    function: None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> Callable[[Callable[P, object]], DenseJacobian[P, Any]]: ...


@means(Makes())
def jacfwd(
    function: Function | None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> object:
    """The Jacobian by columns, a tangent for each element of the arguments: for few arguments and many results.

    All tangents go through the program at once, along a leading axis, so that the program's own code runs once. The
    result has the structure of the value; in the place of each of its leaves stands the structure of the argument (for
    a tuple of argnums a tuple), filled with arrays of the shape of the one plus the shape of the other; None stands for
    what has no derivative, an int or a string. Arguments must be real. With `holomorphic` they are complex, as are the
    results, and so is the derivative; that the function is holomorphic isn't checked.

    >>> import numpy as np, srcad
    >>> srcad.jacfwd(lambda x: x[0] * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [2., 1.]])
    """
    return derive(
        DenseJacobian, "jacfwd", function, request_for("jacfwd", argnums, backend=backend, holomorphic=holomorphic)
    )


@overload
def jacrev(
    function: Callable[Concatenate[npt.NDArray[Element], P], Numeric],
    argnums: First = 0,
    *,
    holomorphic: bool = False,
    backend: str | None = None,
) -> DenseJacobian[Concatenate[npt.NDArray[Element], P], npt.NDArray[Element]]: ...


@overload
def jacrev(
    function: Callable[P, object], argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> DenseJacobian[P, Any]: ...


@overload
def jacrev(
    function: None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> Callable[[Callable[P, object]], DenseJacobian[P, Any]]: ...


@means(Makes())
def jacrev(
    function: Function | None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> object:
    """The Jacobian by rows, an adjoint for each element of the result: for many arguments and few results.

    It is the same as that of `jacfwd`, in the same structure. All adjoints go through the reverse sweep at once.
    Complex results are refused, as their adjoints know real parts alone, unless the function is `holomorphic`.

    >>> import numpy as np, srcad
    >>> srcad.jacrev(lambda x, y: np.sum(x * y), argnums=(0, 1))(np.array([1.0, 2.0]), 3.0)
    (array([3., 3.]), np.float64(3.0))
    """
    return derive(
        DenseJacobian, "jacrev", function, request_for("jacrev", argnums, backend=backend, holomorphic=holomorphic)
    )


@overload
def jacobian(
    function: Callable[Concatenate[npt.NDArray[Element], P], Numeric],
    argnums: First = 0,
    *,
    holomorphic: bool = False,
    backend: str | None = None,
) -> ChosenJacobian[Concatenate[npt.NDArray[Element], P], npt.NDArray[Element]]: ...


@overload
def jacobian(
    function: Callable[P, object], argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> ChosenJacobian[P, Any]: ...


@overload
def jacobian(
    function: None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> Callable[[Callable[P, object]], ChosenJacobian[P, Any]]: ...


@means(Makes())
def jacobian(
    function: Function | None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> object:
    """All first derivatives of a function: by columns or by rows, whichever are fewer.

    For one array in and one out it is of the shape of the result plus the argument's; structures come as `jacfwd` gives
    them. `srcad.jacobian(f).way(x)` says which way is taken at x, "columns" or "rows": rows where the result has fewer
    elements than the arguments; columns also where the number of elements isn't known before the run. `holomorphic`: as
    for `jacfwd`.

    >>> import numpy as np, srcad
    >>> J = srcad.jacobian(lambda x: np.array([x[0] * x[1], x[2]]))
    >>> J(np.array([1.0, 2.0, 3.0]))
    array([[2., 1., 0.],
           [0., 0., 1.]])
    >>> J.way(np.ones(3))
    'rows'
    """
    return derive(
        ChosenJacobian, "jacobian", function, request_for("jacobian", argnums, backend=backend, holomorphic=holomorphic)
    )


@overload
def hessian(
    function: Callable[Concatenate[npt.NDArray[Element], P], Numeric],
    argnums: First = 0,
    *,
    holomorphic: bool = False,
    backend: str | None = None,
) -> DenseJacobian[Concatenate[npt.NDArray[Element], P], npt.NDArray[Element]]: ...


@overload
def hessian(
    function: Callable[P, object], argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> DenseJacobian[P, Any]: ...


@overload
def hessian(
    function: None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> Callable[[Callable[P, object]], DenseJacobian[P, Any]]: ...


@means(Makes())
def hessian(
    function: Function | None = None, argnums: Argnums = 0, *, holomorphic: bool = False, backend: str | None = None
) -> object:
    """All second derivatives of a function that returns a number: the Jacobian of its gradient, in one pass.

    For one array x the result has the shape of x twice over; for structures, it is a structure of structures.
    `holomorphic`: as for `jacfwd`.

    >>> import numpy as np, srcad
    >>> srcad.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return derive(
        DenseJacobian, "hessian", function, request_for("hessian", argnums, backend=backend, holomorphic=holomorphic)
    )


__all__ = ["AtOnce", "DenseJacobian", "hessian", "jacfwd", "jacobian", "jacrev"]
