"""How the arguments of a call are laid out, and which of them are differentiated.

Every call is brought into one form, a tuple with one value for each parameter (for `*args` the tuple, for `**kwargs`
the dict), so that the rest of the way knows nothing of keywords and defaults.
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MethodType

import numpy as np

from srcad.calls.structures import children
from srcad.compile.requests import Argnum, Call
from srcad.errors import ArgumentError
from srcad.frontend.core.signatures import signature_of
from srcad.frontend.core.source import called_in_python

HEAP_TYPE = 1 << 9  # of a class that is made in Python
Argnums = int | str | Sequence[int | str]

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Binder:
    """Brings calls of one function into their one form."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.name = name_of(function)
        self.signature = _signature(function)
        self.parameters = tuple(self.signature.parameters.values()) if self.signature else ()
        self.foreign = not _has_source(function)
        plain = self.signature is not None and all(p.kind in _POSITIONAL for p in self.parameters)
        self.plain = plain and not self.foreign
        self.has_nameless = any(p.kind is p.POSITIONAL_ONLY for p in self.parameters)
        self.names = tuple(p.name for p in self.parameters)
        self.defaults = {p.name: p.default for p in self.parameters if p.default is not p.empty}

    @property
    def fast_count(self) -> int:
        """How many positional arguments make a call that is in its one form already; -1: no number does."""
        return len(self.parameters) if self.plain else -1

    def bind(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Call:
        """The call in its one form. Arguments that don't fit raise TypeError, as the function itself would."""
        if self.plain and not kwargs and len(args) == len(self.parameters):
            return Call(args, {}, args)
        if self.plain and (flat := self.by_name(args, kwargs)) is not None:
            return Call(flat, {}, flat)
        if self.signature is None:
            return Call(args, dict(kwargs), (*args, *kwargs.values()), (len(args), *kwargs))
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}() {error}") from None
        return self.read_as_given(bound) if self.foreign else self.with_defaults(bound)

    def by_name(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[object, ...] | None:
        """The values of plain parameters, quickly; None where the call is at fault, or of another kind."""
        names = self.names[len(args) :]
        if len(args) > len(self.names) or not all(name in names for name in kwargs) or self.has_nameless:
            return None
        values = {**self.defaults, **kwargs}
        return (*args, *[values[name] for name in names]) if all(name in values for name in names) else None

    def with_defaults(self, bound: inspect.BoundArguments) -> Call:
        bound.apply_defaults()
        sizes = (_keys(bound.arguments[p.name]) for p in self.parameters if p.kind in _VARIADIC)
        return Call(bound.args, dict(bound.kwargs), tuple(bound.arguments.values()), tuple(sizes))

    def read_as_given(self, bound: inspect.BoundArguments) -> Call:
        """NumPy's functions see whether an argument is given: defaults aren't filled in, and the layout tells."""
        args, kwargs, given = bound.args, dict(bound.kwargs), tuple(bound.arguments)
        bound.apply_defaults()
        return Call(args, kwargs, tuple(bound.arguments.values()), given)

    def resolve_all(self, argnums: Sequence[Argnum] | None, call: Call) -> tuple[Argnum, ...]:
        """The arguments to differentiate, of this call; None stands for all positional ones, whatever they are."""
        if argnums is None:
            return tuple(range(len(call.args)))
        resolved = tuple(self.resolve(argnum, call) for argnum in argnums)
        if len(set(resolved)) < len(resolved):
            raise ArgumentError(f"argnums={tuple(argnums)} names an argument twice")
        for argnum in resolved:
            check_differentiable(call.value(argnum), self.label(argnum))
        return resolved

    def differentiated(self, argnums: Sequence[Argnum] | None, call: Call) -> tuple[object, ...]:
        """The arguments that `resolve_all` names."""
        return tuple(map(call.value, self.resolve_all(argnums, call)))

    def resolve(self, argnum: Argnum, call: Call) -> Argnum:
        """An index into the positional arguments, or the name of a keyword argument."""
        if isinstance(argnum, str):
            return self._resolve_name(argnum, call)
        count = len(call.args)
        if not count:
            raise ArgumentError(
                f"{self.name} was called without positional arguments, and a derivative is with respect to an argument",
                do="call the derivative with the arguments of the function, or give argnums the name of one",
            )
        if not -count <= argnum < count:
            given = f"{count} positional argument{'s' * (count != 1)}"
            raise ArgumentError(
                f"argnums={argnum} is out of range: {self.name} was called with {given}",
                do=f"use {'0' if count == 1 else f'a number from 0 to {count - 1}'}, or the name of a parameter",
            )
        return argnum % count

    def _resolve_name(self, name: str, call: Call) -> Argnum:
        positional = [p.name for p in self.parameters if p.kind in _POSITIONAL]
        if name in positional:
            return positional.index(name)
        if name in call.kwargs:
            return name
        names = [*positional, *call.kwargs]
        raise ArgumentError(
            f"argnums={name!r} is not a parameter of {self.name}",
            do=f"use one of {', '.join(map(repr, names))}" if names else "",
        )

    def label(self, argnum: Argnum) -> str:
        """What to call an argument in a message."""
        match argnum:
            case str():
                return repr(argnum)
            case int() if argnum < len(self.parameters) and self.parameters[argnum].kind in _POSITIONAL:
                return repr(self.parameters[argnum].name)
        return str(argnum)


def _keys(given: tuple[object, ...] | dict[str, object]) -> int | tuple[str, ...]:
    """What `*args` or `**kwargs` was given: how many, or which."""
    return tuple(given) if isinstance(given, dict) else len(given)


def name_of(function: object) -> str:
    inner = getattr(function, "func", function)
    return str(getattr(function, "__name__", None) or getattr(inner, "__name__", None) or type(function).__name__)


def _signature(function: Callable[..., object]) -> inspect.Signature | None:
    """None where it isn't known. A ufunc takes its operands alone."""
    if isinstance(function, np.ufunc):
        kind = inspect.Parameter.POSITIONAL_ONLY
        return inspect.Signature([inspect.Parameter(name, kind) for name in "xyzuvw"[: function.nin]])
    try:
        if hasattr(function, "__wrapped__") and called_in_python(function) and not hasattr(function, "__signature__"):
            own = MethodType(inspect.getattr_static(type(function), "__call__"), function)
            return signature_of(own)  # an instance that wraps a function takes what its class says
        return signature_of(function)
    except (TypeError, ValueError):
        return None


def _has_source(function: Callable[..., object]) -> bool:
    """Whether this is a function in Python, of a user's: not NumPy's or a builtin."""
    target = inspect.unwrap(getattr(function, "func", function))
    module = str(getattr(target, "__module__", None) or "").partition(".")[0]
    builtin = inspect.isbuiltin(target) or inspect.ismethoddescriptor(target) or isinstance(target, np.ufunc)
    return not (builtin or module in ("numpy", "scipy", "math"))


# ---- what can be differentiated


def differentiable_argnums(args: Sequence[object]) -> tuple[int, ...]:
    """The positional arguments that have a gradient."""
    return tuple(k for k, value in enumerate(args) if any(_leaf_kinds(value)))


def check_differentiable(value: object, label: str) -> None:
    """Refuse an argument that has no gradient: an int, a string, an array of ints."""
    if not any(_leaf_kinds(value)):
        raise ArgumentError(
            f"argument {label} can't be differentiated: it is {_describe(value)}",
            why="a derivative is with respect to floats and complex numbers, or arrays and containers of these",
            do=_advice(value),
        )


def _leaf_kinds(value: object) -> Iterator[str]:
    """The kinds of the leaves: "f", "c", or "" for what has no gradient."""
    parts = children(value)
    if parts is not None:
        for part in parts:
            yield from _leaf_kinds(part)
        return
    match value:
        case np.ndarray() | np.generic():
            yield value.dtype.kind if value.dtype.kind in "fc" else ""
        case float():
            yield "f"
        case complex():
            yield "c"
        case _:
            yield ""


def _describe(value: object) -> str:
    match value:
        case np.ndarray():
            return f"an array of {value.dtype}"
        case _ if children(value) is not None:
            return f"a {type(value).__name__} without floats"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def _advice(value: object) -> str:
    match value:
        case np.ndarray() if value.dtype.kind in "iub":
            return "pass it as floats, with x.astype(float), or name another argument in argnums"
        case int() | np.integer() | np.bool_():
            return f"pass {float(value)!r} instead of {value!r}, or name another argument in argnums"
    for kind, way in ((Mapping, "dict"), (Sequence, "list"), (deque, "list")):
        if isinstance(value, kind) and not isinstance(value, (str, bytes, tuple, list, dict)):
            return f"pass it as a {way}, with {way}(...), or name another argument in argnums"
    if hasattr(value, "__array__"):
        return "pass it as an array, with np.asarray(...), or name another argument in argnums"
    if type(value).__flags__ & HEAP_TYPE and hasattr(value, "__dict__") and children(value) is None:
        return (
            f"make {type(value).__name__} a dataclass, or say srcad.register_container({type(value).__name__}), "
            "or name another argument in argnums"
        )
    if children(value):
        return "pass floats (1.0 instead of 1), or name another argument in argnums"
    return "name another argument in argnums"
