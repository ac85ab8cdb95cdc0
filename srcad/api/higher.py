"""vhp, ggnvp, gauss_newton, deriv, laplacian, divergence, taylor: beyond gradients, Jacobians and Hessians."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Concatenate, cast, overload

import numpy.typing as npt

from srcad.api.derived import D, Derived, Function, P, R, R_co, Reduced, derive, request_for
from srcad.api.forward import HessianProduct
from srcad.api.gradients import A, First
from srcad.api.jacobians import AtOnce, Element, columns
from srcad.calls.arguments import Argnums
from srcad.calls.example import example_call
from srcad.calls.fitting import fitted
from srcad.calls.specialise import Entrance, Specialiser
from srcad.calls.tracebacks import trimmed
from srcad.compile.requests import Request
from srcad.errors import ArgumentError
from srcad.frontend.core.reading import Makes, means
from srcad.show.emit import Emission

Loss = Function | None

# ---- Gauss-Newton


class GaussNewtonProduct(HessianProduct[R_co]):
    """J^T H J times a direction, which is the last argument: J is the Jacobian, H the Hessian of a loss of the results.

    It is compiled as a program that calls it, with the direction among the arguments.
    """

    __srcad_way__ = "product"

    def __init__(self, function: Function, request: Request, made_by: str, loss: Loss = None) -> None:
        if loss is not None and not callable(loss):
            raise ArgumentError(f"srcad.{made_by} takes a function as the loss, and got {loss!r}")
        super().__init__(function, request, made_by)
        self.loss = loss
        self._own = self._specialiser.binder
        self._specialiser = Specialiser(self, Request("primal", None, single=False, backend=request.backend))
        self._count = self._specialiser.binder.fast_count

    @trimmed
    def __call__(self, /, *args: object, **kwargs: object) -> R_co:
        *primals, direction = self.with_direction(args, kwargs)
        given = self.differentiated(tuple(primals), kwargs)
        direction = fitted(given[0] if self.__srcad__[1].single else given, direction, "the direction")
        call = self._own.bind(tuple(primals), kwargs)
        return Derived.__call__(self, *call.args, direction, **call.kwargs)

    @property
    def needed(self) -> int:
        return super().needed - 1

    def differentiated(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[object, ...]:
        return self._own.differentiated(self.__srcad__[1].argnums, self._own.bind(args, kwargs))

    def _of(self, function: Function) -> Derived[..., object]:
        return type(self)(function, self.__srcad__[1], self.made_by, self.loss)

    def __reduce__(self) -> Reduced:
        return _with_loss(super().__reduce__(), self.loss)

    def _entrance(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Entrance, list[str]]:
        """The direction may be left out: it is like what is differentiated."""
        assumed: list[str] = []
        if not args and not kwargs and self._last is None:
            example = example_call(self.function)
            args, kwargs, assumed = example.args, example.kwargs, example.assumed
        if args and len(args) + len(kwargs) == self.needed:
            given = self.differentiated(args, kwargs)
            args = (*args, fitted(given[0] if self.__srcad__[1].single else given, None, "the direction"))
        entrance, _ = Derived._entrance(self, args, kwargs)
        return entrance, assumed

    def emission(self, args: tuple[object, ...], kwargs: dict[str, object], made: str) -> Emission:
        """The function takes no direction, and its derivative does."""
        entrance, _ = self._entrance(args, kwargs)
        *primals, _ = self.with_direction(args, kwargs)
        call, own = self._specialiser.binder.bind(args, kwargs), self._own.bind(tuple(primals), kwargs)
        title, program = (self.__doc__ or "").partition("\n")[0], entrance.specialisation.program
        return Emission(self.function, program, call, entrance.roots, title, made, own)


class GaussNewton(AtOnce[P, R_co]):
    """The matrix J^T J of the Jacobian, in one pass."""

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        super().__init__(function, request, made_by)
        self.product: GaussNewtonProduct[object] = GaussNewtonProduct(function, replace(request, kind="ggnvp"), "ggnvp")

    def singly(self, args: tuple[object, ...], kwargs: dict[str, object]) -> R_co:
        return cast("R_co", by_products(self.product, args, kwargs))


class GaussNewtonOfLoss(AtOnce[P, R_co]):
    """The matrix J^T H J of the Jacobian and the Hessian of a loss, in one pass: that of its products."""

    __srcad_way__ = "matrix"

    def __init__(self, function: Function, request: Request, made_by: str, loss: Function | None) -> None:
        super().__init__(function, request, made_by)
        self.product: GaussNewtonProduct[object] = GaussNewtonProduct(
            function, replace(request, kind="ggnvp"), made_by, loss
        )
        self.loss = loss
        self._specialiser = Specialiser(self, Request("primal", None, single=False, backend=request.backend))

    @trimmed
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        self.differentiated(args, kwargs)  # which refuses what has no derivative
        return super().__call__(*args, **kwargs)

    def singly(self, args: tuple[object, ...], kwargs: dict[str, object]) -> R_co:
        return cast("R_co", by_products(self.product, args, kwargs))

    def differentiated(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[object, ...]:
        return self.product.differentiated(args, kwargs)

    def _of(self, function: Function) -> Derived[..., object]:
        return type(self)(function, self.__srcad__[1], self.made_by, self.loss)

    def __reduce__(self) -> Reduced:
        return _with_loss(super().__reduce__(), self.loss)


def by_products(product: GaussNewtonProduct[object], args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    """The matrix of the product, a column after the other: for what several directions can't go through at once."""
    single = product.__srcad__[1].single

    def along(direction: tuple[object, ...]) -> object:
        return product(*args, direction[0] if single else direction, **kwargs)

    return columns(along, product.differentiated(args, kwargs), single)


def _with_loss(made: Reduced, loss: Loss) -> Reduced:
    return made if isinstance(made, str) else (made[0], (*made[1], loss))


# ---- the public functions


@overload
def vhp(
    function: Callable[Concatenate[A, ...], object], argnums: First = 0, *, backend: str | None = None
) -> HessianProduct[A]: ...


@overload
def vhp(function: Function, argnums: Argnums = 0, *, backend: str | None = None) -> HessianProduct[Any]: ...


@overload
def vhp(
    function: None = None, argnums: First = 0, *, backend: str | None = None
) -> Callable[[Callable[Concatenate[A, ...], object]], HessianProduct[A]]: ...


@overload
def vhp(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Function], HessianProduct[Any]]: ...


@means(Makes())
def vhp(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """A vector times the Hessian: `vhp(f)(x, v)` is v^T H, of the structure and the shapes of x.

    Computed backwards over forwards: the gradient of the derivative along v, for about the cost of two to four
    gradients. As the Hessian of a smooth function is symmetric, this is what `hvp(f)(x, v)` computes forwards over
    backwards, for about the same. They differ where a rule of the user's own (`custom_rule`) isn't the derivative of a
    function: then H is the Jacobian of what the rule says is the gradient. Raises ArgumentError if the direction, the
    last argument, doesn't fit, or if f returns an array.

    >>> import numpy as np, srcad
    >>> srcad.vhp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    return derive(HessianProduct, "vhp", function, request_for("vhp", argnums, backend=backend))


@overload
def ggnvp(
    function: Callable[Concatenate[A, ...], object],
    argnums: First = 0,
    *,
    loss: Loss = None,
    backend: str | None = None,
) -> HessianProduct[A]: ...


@overload
def ggnvp(
    function: Function, argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> HessianProduct[Any]: ...


@overload
def ggnvp(
    function: None = None, argnums: First = 0, *, loss: Loss = None, backend: str | None = None
) -> Callable[[Callable[Concatenate[A, ...], object]], HessianProduct[A]]: ...


@overload
def ggnvp(
    function: None = None, argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> Callable[[Function], HessianProduct[Any]]: ...


@means(Makes())
def ggnvp(
    function: Function | None = None, argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> object:
    """The generalized Gauss-Newton matrix times a direction: `ggnvp(f, loss=L)(x, v)` is J^T H J v.

    J is the Jacobian of f at x, H the Hessian of the loss L, a function of one argument, at f(x). Without a loss H is
    the identity, as for L(y) = 0.5 * sum(y**2). It is what the Hessian of L(f(x)) is without the second derivatives of
    f, and is positive semidefinite if L is convex. f runs once, with tangents, and one reverse sweep follows; no matrix
    is formed. f may return any structure, which L takes. The direction is the last argument and has the structure of
    the differentiated one (for a tuple of argnums a tuple); ArgumentError is raised if it hasn't.

    >>> import numpy as np, srcad
    >>> srcad.ggnvp(lambda x: np.sin(x))(np.array([0.0, 1.0]), np.array([1.0, 1.0])).round(4)
    array([1.    , 0.2919])
    """
    return _with_a_loss(GaussNewtonProduct, "ggnvp", function, request_for("ggnvp", argnums, backend=backend), loss)


@overload
def gauss_newton(
    function: Callable[Concatenate[npt.NDArray[Element], P], object],
    argnums: First = 0,
    *,
    loss: Loss = None,
    backend: str | None = None,
) -> Derived[Concatenate[npt.NDArray[Element], P], npt.NDArray[Element]]: ...


@overload
def gauss_newton(
    function: Callable[P, object], argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> Derived[P, Any]: ...


@overload
def gauss_newton(
    function: None = None, argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> Callable[[Callable[P, object]], Derived[P, Any]]: ...


@means(Makes())
def gauss_newton(
    function: Function | None = None, argnums: Argnums = 0, *, loss: Loss = None, backend: str | None = None
) -> object:
    """The Gauss-Newton matrix of a least-squares error 0.5 * sum(r**2), for a function that returns the residuals r.

    It is J^T J, the sum of the outer products of the gradients of all residuals: what is left of the Hessian of the
    error when the sum of r_k times the Hessian of r_k is left out. So it is near the Hessian where the residuals are
    small, or nearly linear. With a loss it is J^T H J, as in `ggnvp`. For one array x the result has the shape of x
    twice over; for structures, it is a structure of structures, as that of `hessian`. All columns or rows of J go
    through the program at once.

    >>> import numpy as np, srcad
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> srcad.gauss_newton(lambda p: p[0] * t + p[1] - 1.0)(np.array([2.0, 3.0]))
    array([[5., 3.],
           [3., 3.]])
    """
    request = request_for("gauss_newton", argnums, backend=backend)
    if loss is None:
        return derive(GaussNewton, "gauss_newton", function, request)
    return _with_a_loss(GaussNewtonOfLoss, "gauss_newton", function, request, loss)


def _with_a_loss(
    make: Callable[[Function, Request, str, Loss], D],
    made_by: str,
    function: Function | None,
    request: Request,
    loss: Loss,
) -> D | Callable[[Function], D]:
    if function is None:
        return lambda decorated: make(decorated, request, made_by, loss)
    return make(function, request, made_by, loss)


@overload
def deriv(function: Callable[P, R], argnums: Argnums = 0, *, backend: str | None = None) -> Derived[P, R]: ...


@overload
def deriv(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Callable[P, R]], Derived[P, R]]: ...


@means(Makes())
def deriv(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """The derivative of a function of a number, or of a vectorised one at each element of an array.

    For a float x it is the tangent for the direction 1.0, whatever structure the function returns. For an array x
    the function must be elementwise: each element of the result depends on the same element of x alone. This is
    proven from the operations when it is compiled (sums over other axes, masks and loops are fine); a function of which
    it isn't true is refused with the line that mixes elements, and one of which srcad can't tell is refused as well.
    `deriv(deriv(f))` is the second derivative.

    >>> import numpy as np, srcad
    >>> srcad.deriv(np.sin)(np.array([0.0, np.pi]))
    array([ 1., -1.])
    >>> srcad.deriv(srcad.deriv(lambda x: x**3))(2.0)
    12.0
    """
    return derive(Derived, "deriv", function, request_for("deriv", argnums, backend=backend))


@overload
def elementwise_grad(
    function: Callable[P, R], argnums: Argnums = 0, *, backend: str | None = None
) -> Derived[P, R]: ...


@overload
def elementwise_grad(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Callable[P, R]], Derived[P, R]]: ...


@means(Makes())
def elementwise_grad(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """`deriv` under the name that autograd's users know; unlike there, what isn't elementwise is refused.

    >>> import numpy as np, srcad
    >>> srcad.elementwise_grad(lambda x: x**2)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return derive(Derived, "elementwise_grad", function, request_for("deriv", argnums, backend=backend))


@overload
def laplacian(function: Callable[P, R], argnums: Argnums = 0, *, backend: str | None = None) -> Derived[P, R]: ...


@overload
def laplacian(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Callable[P, R]], Derived[P, R]]: ...


@means(Makes())
def laplacian(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """The sum of the second derivatives with respect to each element of the arguments.

    The function may return any structure; each of its numbers has its own Laplacian. It is computed forwards: for
    each of the n elements one run with two derivatives beside each variable, in a loop of the generated code, so that
    no matrix is stored. What doesn't depend on the direction is computed once. Raises NotYetSupported for functions
    that print or draw at random.

    >>> import numpy as np, srcad
    >>> float(srcad.laplacian(lambda x: np.sum(x**3))(np.array([1.0, 2.0])))
    18.0
    """
    return derive(Derived, "laplacian", function, request_for("laplacian", argnums, backend=backend))


@overload
def divergence(
    function: Callable[P, object], argnums: Argnums = 0, *, backend: str | None = None
) -> Derived[P, float]: ...


@overload
def divergence(
    function: None = None, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Callable[P, object]], Derived[P, float]]: ...


@means(Makes())
def divergence(function: Function | None = None, argnums: Argnums = 0, *, backend: str | None = None) -> object:
    """The trace of the Jacobian of a vector field: of a function whose result has the shape of its argument.

    Of structures too, which must be the same. For each of the n elements one run with a tangent, in a loop of the
    generated code, so that no matrix is stored.

    >>> import numpy as np, srcad
    >>> float(srcad.divergence(lambda x: x * np.sum(x))(np.array([1.0, 2.0])))
    9.0
    """
    return derive(Derived, "divergence", function, request_for("divergence", argnums, backend=backend))


@overload
def taylor(
    function: Callable[..., R], order: int = 2, argnums: Argnums = 0, *, backend: str | None = None
) -> HessianProduct[tuple[R, ...]]: ...


@overload
def taylor(
    function: None = None, order: int = 2, argnums: Argnums = 0, *, backend: str | None = None
) -> Callable[[Callable[..., R]], HessianProduct[tuple[R, ...]]]: ...


@means(Makes())
def taylor(
    function: Function | None = None, order: int = 2, argnums: Argnums = 0, *, backend: str | None = None
) -> object:
    """The Taylor coefficients along a direction: `taylor(f, 3)(x, v)` is (c0, c1, c2, c3).

        f(x + t v)  =  c0 + c1 t + c2 t**2 + c3 t**3 + O(t**4)

    All in one run, in which each variable has its derivatives beside it: for n of them the work grows as n**2, where
    tangents of tangents would take 2**n. Each coefficient has the structure of what f returns, with None for what has
    no derivative. The direction is the last argument and has the structure of the differentiated one (1.0 for a float).

    >>> import numpy as np, srcad
    >>> srcad.taylor(np.exp, 3)(0.0, 1.0)
    (1.0, 1.0, 0.5, 0.16666666666666666)
    """
    if isinstance(function, int):
        raise ArgumentError("srcad.taylor takes the function first, and then the order", do="write taylor(f, 3)(x, v)")
    try:
        highest = operator.index(order)
    except TypeError:
        highest = -1
    if isinstance(order, bool) or highest < 0:
        raise ArgumentError(f"the order of a Taylor series is a whole number from 0 on, not {order!r}")
    request = replace(request_for("taylor", argnums, backend=backend), order=highest)
    return derive(HessianProduct, "taylor", function, request)


__all__ = ["deriv", "divergence", "elementwise_grad", "gauss_newton", "ggnvp", "laplacian", "taylor", "vhp"]
