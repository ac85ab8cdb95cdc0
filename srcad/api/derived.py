"""What the public functions return: a function that is derived from another one."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from srcad.calls.arguments import Argnums, name_of
from srcad.calls.config import SWITCH, checks_nan, chosen_backend
from srcad.calls.example import example_call
from srcad.calls.guards import MISS
from srcad.calls.pushforward import Pushforward
from srcad.calls.specialise import Entrance, Specialiser, missed
from srcad.calls.tracebacks import trim
from srcad.compile.requests import Request
from srcad.errors import ArgumentError
from srcad.frontend.core.source import carry, texts_of
from srcad.native.build import hall
from srcad.show.emit import Emission, emit_module
from srcad.show.library import CLibrary, c_library
from srcad.show.nonfinite import is_finite, refuse
from srcad.show.table import Table
from srcad.show.traces import table_of
from srcad.show.values import input_values

Function = Callable[..., object]
Reduced = str | tuple[Callable[..., object], tuple[object, ...]]  # how an object is made again when it is pickled
P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
Q = ParamSpec("Q")
D = TypeVar("D")


class Derived(Generic[P, R_co]):
    """A function derived from another one, compiled for the types of the arguments when it is called.

    It takes the arguments of that function: a `Derived[P, R]` takes P and returns R. `print` it to see what it is of,
    and what it has been compiled for.
    """

    __name__: str
    __qualname__: str
    __srcad_way__ = "call"  # how a program that is differentiated means a call: see core.reading.Derivative

    def __init__(self, function: Function, request: Request, made_by: str) -> None:
        if not callable(function):
            raise ArgumentError(f"srcad.{made_by} takes a function, and got {function!r}")
        functools.update_wrapper(self, function, updated=())
        self.made_by = made_by
        self.__srcad__ = (function, request)
        self._specialiser = Specialiser(function, request)
        self._count = self._specialiser.binder.fast_count
        self._enter: Callable[..., R_co] = missed
        self._last: Entrance | None = None
        self.__name__ = name_of(function)
        self.__doc__ = _documentation(self)
        if self._specialiser.binder.signature is not None:
            self.__signature__ = self._specialiser.binder.signature

    @property
    def function(self) -> Function:
        return self.__srcad__[0]

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R_co:
        try:
            if SWITCH.used and checks_nan():
                return self._finite(args, kwargs)
            if not kwargs and len(args) == self._count:
                result = self._enter(*args)
                if result is not MISS:
                    return result
            entrance, result = self._specialiser.run(self._specialiser.binder.bind(args, kwargs))
        except Exception as error:
            trim(error)
            raise
        self._last = entrance
        self._count = self._specialiser.binder.fast_count  # which the function may change
        if self._count >= 0:
            self._enter = entrance.enter
            if entrance.has_door:
                _open_hall()
        return result

    def _finite(self, args: tuple[object, ...], kwargs: dict[str, object]) -> R_co:
        """The result, which has to be finite; of what takes further arguments that is looked at there."""
        call = self._specialiser.binder.bind(args, kwargs)
        entrance, result = self._specialiser.run(call)
        self._last = entrance
        program = entrance.specialisation.program
        if not isinstance(result, Pushforward) and len(program.traces) == 1 and not is_finite(result):
            (trace,), names = program.traces, (p.name for p in program.primal.parameters)
            refuse(noun_of(self.made_by), program, trace, dict(zip(names, call.flat, strict=True)), entrance.roots)
        return cast("R_co", result)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Derived[P, R_co]: ...

    @overload
    def __get__(self: Derived[Concatenate[S, Q], R], instance: S, owner: type | None = None) -> Derived[Q, object]: ...

    def __get__(self, instance: object, owner: type | None = None) -> object:
        """The derivative of a bound method, so that argnums counts what stands after `self`."""
        return self if instance is None else self._of(self.function.__get__(instance, owner))

    def _of(self, function: Function) -> Derived[..., object]:
        """Another function's derivative of this kind."""
        return type(self)(function, self.__srcad__[1], self.made_by)

    def differentiated(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[object, ...]:
        """The differentiated arguments of the call with these positional and keyword arguments."""
        binder = self._specialiser.binder
        return binder.differentiated(self.__srcad__[1].argnums, binder.bind(args, kwargs))

    # ---- looking at it

    def source(self, *args: object, **kwargs: object) -> str:
        """The generated source for these arguments; without any: for the last call's, or for the annotated types.

        With `language="c"` that of the kernels, where the back end is "native", with "numba" as Numba gets them.
        """
        own = any(parameter.name == "language" for parameter in self._specialiser.binder.parameters)
        language = "python" if own else kwargs.pop("language", "python")
        entrance, assumed = self._entrance(args, kwargs)
        if language == "c":
            return "\n\n".join(kernel.source for kernel in entrance.specialisation.program.kernels)
        if language == "numba":
            return "\n\n".join(kernel.for_numba for kernel in entrance.specialisation.program.kernels)
        if language != "python":
            raise ArgumentError(f"there is no source in {language!r}", do="""use "python", "c" or "numba\"""")
        said = f"# taken as {', '.join(assumed)}\n" if assumed else ""
        return said + entrance.specialisation.source

    def kernels(self, *args: object, **kwargs: object) -> str:
        """What runs as C for these arguments, line by line, and why the rest doesn't."""
        entrance, _ = self._entrance(args, kwargs)
        return entrance.specialisation.program.shown_kernels

    def trace(self, *args: object, **kwargs: object) -> Table:
        """The evaluation trace with adjoints, in forward mode with tangents; for arguments, with values."""
        entrance, _ = self._entrance(args, kwargs)
        program, values = entrance.specialisation.program, None
        if args or kwargs:
            call = self._specialiser.binder.bind(args, kwargs)
            values = input_values(program.primal, call.flat, entrance.roots)
        kind = program.request.kind
        forward = kind in ("tangent", "jacfwd") or (kind == "jacobian" and program.way == "columns")
        return table_of(program, values, tangent=forward, adjoint=not forward)

    def emitted(self, args: tuple[object, ...], kwargs: dict[str, object], made: str = "") -> str:
        """The text of a module with the function and its derivative for these arguments, as `srcad emit` writes it.

        `made` is what its docstring says of how it was made.
        """
        return emit_module(self.emission(args, kwargs, made))

    def emission(self, args: tuple[object, ...], kwargs: dict[str, object], made: str) -> Emission:
        """What there is to write of the derivative for these arguments."""
        call = self._specialiser.binder.bind(args, kwargs)
        entrance = self._specialiser.find(call)
        return Emission(self.function, entrance.specialisation.program, call, entrance.roots, _title(self), made)

    def library(self, args: tuple[object, ...], kwargs: dict[str, object], made: str = "", name: str = "") -> CLibrary:
        """The derivative for these arguments as C that needs no Python, as `srcad emit --language c` writes it.

        `made` is what its comments say of how it was made, `name` what its files are called.
        """
        return c_library(self.emission(args, kwargs, made), name)

    def _entrance(self, args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[Entrance, list[str]]:
        assumed: list[str] = []
        if not args and not kwargs:
            if self._last is not None:
                return self._last, assumed
            example = example_call(self.function)
            args, kwargs, assumed = example.args, example.kwargs, example.assumed
        return self._specialiser.find(self._specialiser.binder.bind(args, kwargs)), assumed

    def __repr__(self) -> str:
        signature = self._specialiser.binder.signature
        named = f"{self.__name__}{signature if signature is not None else ''}"
        count = self._specialiser.count
        compiled = f"compiled for {count} combination{'s' * (count != 1)} of types" if count else "not compiled yet"
        return f"<srcad.{self.made_by} of {named} {_with_respect_to(self)}; {compiled}>"

    def __reduce__(self) -> Reduced:
        """By reference: to itself where it decorates a function of a module, else to the function."""
        place: object = sys.modules.get(getattr(self, "__module__", ""))
        for name in getattr(self, "__qualname__", self.__name__).split("."):
            place = getattr(place, name, None)
        if place is self:
            return self.__qualname__
        function, request = self.__srcad__
        texts = {} if _is_importable(function) else texts_of(function)
        return _revived, (texts, type(self), function, request, self.made_by)


_CALL = Derived.__call__


@functools.cache
def _open_hall() -> None:
    """From now on calls go straight through doors, where there are any; up to when results are to be looked at."""
    if not SWITCH.used:
        Derived.__call__ = hall(_CALL, "_enter")  # type: ignore[method-assign]
        SWITCH.then.append(_close_hall)


def _close_hall() -> None:
    Derived.__call__ = _CALL  # type: ignore[method-assign]


def _is_importable(function: object) -> bool:
    """Whether another process finds the function by its name."""
    module = getattr(function, "__module__", "")
    place: object = sys.modules.get(module)
    for name in getattr(function, "__qualname__", "").split("."):
        place = getattr(place, name, None)
    return place is function and module != "__main__"


def _revived(texts: dict[str, str], kind: Callable[..., object], *args: object) -> object:
    """A derivative in another process, whose source comes with it."""
    carry(texts)
    return kind(*args)


def _with_respect_to(derived: Derived[..., object]) -> str:
    argnums = derived.__srcad__[1].argnums
    parameters = derived._specialiser.binder.parameters
    if argnums is None:
        return "with respect to all arguments"
    fits = all(isinstance(k, str) or -len(parameters) <= k < len(parameters) for k in argnums)
    names = [k if isinstance(k, str) else parameters[k].name for k in argnums] if fits else map(str, argnums)
    return f"with respect to {' and '.join(names)}" if fits and parameters else f"with argnums={argnums}"


def noun_of(made_by: str) -> str:
    """What a function of srcad gives, in a message."""
    title = _TITLES[made_by].partition(" of {0}")[0]
    return (title[:1].lower() + title[1:]).replace("the value and the ", "the ")


_TITLES = {
    "jit": "{0}, compiled.",
    "grad": "The gradient of {0} {1}.",
    "value_and_grad": "The value and the gradient of {0} {1}.",
    "jacobian": "The Jacobian of {0} {1}.",
    "vjp": "The value and the pullback of {0} {1}.",
    "jvp": "The value and the tangent of {0} {1}.",
    "jacfwd": "The Jacobian of {0} {1}, by columns.",
    "jacrev": "The Jacobian of {0} {1}, by rows.",
    "hvp": "The Hessian of {0} {1}, times a direction.",
    "hessian": "The Hessian of {0} {1}.",
    "vhp": "A vector times the Hessian of {0} {1}.",
    "ggnvp": "The generalized Gauss-Newton matrix of {0} {1}, times a direction.",
    "gauss_newton": "The Gauss-Newton matrix of {0} {1}.",
    "deriv": "The derivative of {0} {1}, element by element.",
    "elementwise_grad": "The derivative of {0} {1}, element by element.",
    "laplacian": "The Laplacian of {0} {1}.",
    "divergence": "The divergence of {0} {1}.",
    "taylor": "The Taylor coefficients of {0} {1}, along a direction.",
}


def _title(derived: Derived[..., object]) -> str:
    return _TITLES[derived.made_by].format(derived.__name__, _with_respect_to(derived))


def _documentation(derived: Derived[..., object]) -> str:
    title = _title(derived)
    doc = getattr(derived.function, "__doc__", None)
    return f"{title}\n\n{doc}" if doc else title


# ---- how they are made


def request_for(
    kind: str,
    argnums: Argnums,
    value: bool = False,
    has_aux: bool = False,
    backend: str | None = None,
    holomorphic: bool = False,
) -> Request:
    """A request with argnums as a user gives them."""
    single = not isinstance(argnums, (tuple, list))
    given: Sequence[object] = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    numbers = tuple(k for k in given if isinstance(k, (int, str)) and not isinstance(k, bool))
    if len(numbers) < len(given):
        raise ArgumentError(
            f"argnums must be positions or names of parameters, not {argnums!r}",
            do="derive first and call then, as in srcad.grad(f)(x), if these are arguments of the function",
        )
    return Request(kind, numbers, single, value, has_aux, backend=chosen_backend(backend), holomorphic=holomorphic)


def derive(
    make: Callable[[Function, Request, str], D],
    made_by: str,
    function: Function | None,
    request: Request,
) -> D | Callable[[Function], D]:
    """The derived function; a decorator where there is no function yet."""
    if function is None:
        return lambda decorated: make(decorated, request, made_by)
    return make(function, request, made_by)


__all__ = ["Derived", "derive", "request_for"]
