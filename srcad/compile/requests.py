"""What is asked of the compiler: which derivative, for which call."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from srcad.backends import check_backend

Argnum = int | str


@dataclass(frozen=True)
class Call:
    """A call in its one form: `flat` has a value for each parameter; `layout` tells apart forms of different length."""

    args: tuple[object, ...]
    kwargs: dict[str, object]
    flat: tuple[object, ...]
    layout: tuple[Hashable, ...] = ()

    def value(self, argnum: Argnum) -> object:
        return self.args[argnum] if isinstance(argnum, int) else self.kwargs[argnum]


@dataclass(frozen=True)
class Request:
    """What is to be generated.

    kind      "primal"; "gradient" (one function); "pullback" (a forward function, and one for the reverse sweep);
              "tangent" (value and tangent); "hvp" (the tangent of the gradient); "tangents" and "hvps" (the same with
              several tangents at once); "jacfwd" and "jacrev" (the Jacobian, by columns and by rows), "jacobian" (one
              of these), "hessian" (the Jacobian of the gradient); and those of `orders`: "vhp", "taylor", "laplacian",
              "divergence", "deriv", "gauss_newton"
    argnums   the arguments to differentiate, None: all; `single`: the gradient comes alone, not in a tuple of one
    value     the value of the function comes first
    has_aux   the function returns (value, anything)
    order     of "taylor": the highest one
    holomorphic  what is differentiated is complex, and so is the result, whose derivative is complex too
    backend   what runs the generated code: a name in `srcad.backends.BACKENDS`
    """

    kind: str
    argnums: tuple[Argnum, ...] | None = (0,)
    single: bool = True
    value: bool = False
    has_aux: bool = False
    order: int = 0
    backend: str = "numpy"
    holomorphic: bool = False

    def __post_init__(self) -> None:
        check_backend(self.backend)

    @property
    def directed(self) -> bool:
        """Whether the generated function takes tangents of the differentiated arguments."""
        return self.kind in ("tangent", "hvp", "tangents", "hvps", "vhp", "taylor")
