"""Calls as the functions themselves take them: which argument is which, and which of them a lowering may leave alone.

    np.median(x, None, o, keepdims=True)    ->    a=x, axis=None, keepdims=True, and the result goes to o

A call is bound to the signature of the function *as installed* before its lowering sees it, so that positions and
keywords come to the same, and `out` is found wherever it stands. The lowering gets what it declares, by the names that
the function has for it. What it doesn't declare has to be the default, or not to matter; else the call is refused, by
the name of the argument. So no lowering can drop an argument that changes the result.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import Parameter, Signature
from typing import cast

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.declare import Lowering
from srcad.ops.names import public_name
from srcad.ops.stated import KEYWORDS, OF_GUFUNCS, OF_UFUNCS, STATED
from srcad.trace.nodes import Const

# Arguments that don't change what a call computes, at these values: a lowering need not declare them.
INDIFFERENT: dict[str, tuple[object, ...]] = {
    "order": ("K", "A", "C", "F"),  # how the result lies in memory
    "subok": (True, False),  # about subclasses of ndarray, of which srcad has none
    "device": ("cpu",),
    # what a program sees of an argument that it lets be overwritten is nobody's business
    **dict.fromkeys(("overwrite_a", "overwrite_b", "overwrite_ab", "overwrite_x", "lwork"), (True, False)),
    **dict.fromkeys(("workers", "plan"), (None, *range(-64, 65))),
    "check_finite": (True, False),  # where the lowering doesn't read it, it is checked
    "casting": ("same_kind", "unsafe"),  # without a dtype: of operands that go in as they are, and are stored after
}
_NAMES_FIELDS = ("np.sort", "np.argsort", "np.partition", "np.argpartition", ".sort", ".argsort", ".argpartition")

_UNWRITTEN = ("np.fft.ifft2", "np.fft.irfft2")

_ADVICE = {
    "overwrite_input": "leave it out: the argument is kept for the derivative anyway",
    "signature": "say the dtype by dtype=, or cast the operands",
    "axes": "move the axes with np.moveaxis",
    "keepdims": "put the axes back with np.expand_dims",
    "equal_nan": "leave it out, and take the NaN out first",
}


@dataclass(frozen=True)
class BoundCall:
    """A call whose arguments have the names of the function's parameters; `out`: where the result is to go, if said."""

    function: object
    signature: Signature
    arguments: Mapping[str, object]
    out: object = None


def bind(function: object, args: tuple[object, ...], keywords: Mapping[str, object]) -> BoundCall:
    """The call of a function, or of the method of arrays with this name (its array comes first).

    Raises TypeError as the function itself does, where it takes no such arguments.
    """
    signature = signature_of(function)
    keywords = {"signature" if name == "sig" else name: value for name, value in keywords.items()}
    arguments = dict(signature.bind(*args, **keywords).arguments)
    placed = [arguments.pop(name, None) for name in _placed_outputs(function)]
    out = arguments.pop("out", None)
    if any(given is not None for given in placed):
        out = placed[0] if len(placed) == 1 else tuple(placed)
    if out is not None and table_name(function) in _UNWRITTEN:
        raise NotYetSupported(
            f"{title(function)} with out= isn't supported",
            why="whether the result is put there depends on the version of NumPy: some forget to",
            do="store the result: out[...] = ...",
        )
    return BoundCall(function, signature, arguments, out)


def passed_on(call: BoundCall, lowering: Lowering, skipped: int = 1) -> tuple[list[object], dict[str, object]]:
    """What a lowering gets behind its builder: the arguments that have no names by position, the others by name.

    `skipped`: how many parameters stand in front that are none of the function's.

    Where the result goes is the caller's affair; a lowering that declares `out` gets what is there now.

    Raises NotYetSupported for one that the lowering doesn't declare, and that matters.
    """
    own = list(_own_signature(lowering).parameters.values())[skipped:]
    unbounded = any(p.kind is Parameter.VAR_POSITIONAL for p in own)
    room = sum(p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD) for p in own)
    names = {p.name for p in own if p.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)}
    args: list[object] = []
    named: dict[str, object] = {}
    for parameter, value in _by_parameter(call):
        if parameter.kind is Parameter.POSITIONAL_ONLY and (unbounded or len(args) < room):
            args.append(value)
        elif parameter.kind is not Parameter.POSITIONAL_ONLY and parameter.name in names:
            named[parameter.name] = value
        elif not _may_be_dropped(call, parameter, value):
            _refuse(call, parameter, value)
    if call.out is not None and "out" in names:
        named["out"] = call.out
    return args, named


def _by_parameter(call: BoundCall) -> Iterator[tuple[Parameter, object]]:
    """The arguments one by one; those in front of *args, where there are such, have no names either."""
    several = next((p for p in call.signature.parameters.values() if p.kind is Parameter.VAR_POSITIONAL), None)
    in_front = several is not None and bool(call.arguments.get(several.name))
    for name, parameter in call.signature.parameters.items():
        if several is not None and name == several.name:
            in_front = False
            for value in cast("tuple[object, ...]", call.arguments.get(name, ())):
                yield parameter.replace(kind=Parameter.POSITIONAL_ONLY), value
        elif name in call.arguments:
            yield parameter.replace(kind=Parameter.POSITIONAL_ONLY) if in_front else parameter, call.arguments[name]


def _may_be_dropped(call: BoundCall, parameter: Parameter, value: object) -> bool:
    """Whether an argument says nothing: it is the default, or doesn't matter."""
    plain = value.value if isinstance(value, Const) else value
    if is_same(plain, parameter.default):
        return True
    if parameter.name == "order" and table_name(call.function) in _NAMES_FIELDS:
        return False
    return any(is_same(plain, harmless) for harmless in INDIFFERENT.get(parameter.name, ()))


def is_same(value: object, other: object) -> bool:
    """Whether two plain values are one and the same: True isn't 1, and an array is never a default."""
    return value is other or (type(value) is type(other) and isinstance(value, (int, float, str)) and value == other)


def _refuse(call: BoundCall, parameter: Parameter, value: object) -> None:
    name = f"{parameter.name}={value!r}" if isinstance(value, (bool, int, float, str)) else f"{parameter.name}="
    raise NotYetSupported(
        f"{title(call.function)} with {name} isn't supported yet",
        why=f"what {parameter.name!r} does to the result, and so to the derivative, isn't known to srcad",
        do=_ADVICE.get(parameter.name, "leave the argument out, or write out with other functions what it does"),
    )


# ---- what functions take


@cache
def signature_of(function: object) -> Signature:
    """The parameters of a function of NumPy, SciPy, math or Python, or of the method of arrays with this name.

    Raises ValueError for a function of C that says nothing of itself, and isn't in the table of those.
    """
    if isinstance(function, np.ufunc):
        return _ufunc_signature(function)
    name = table_name(function)
    stated = inspect.signature(STATED[name] if name in STATED and not _says(function) else _callable(function))
    return _with_keywords(stated, KEYWORDS[name]) if name in KEYWORDS else stated


@cache
def _own_signature(lowering: Lowering) -> Signature:
    return inspect.signature(lowering)


# what these say of themselves isn't what they take: a MultiUFunc of SciPy has names, and takes none of them
MISSTATED: tuple[str, ...] = ("np.arange", "scipy.special.sph_harm_y")
if np.lib.NumpyVersion(np.__version__) < "2.1.0":
    MISSTATED += ("np.reshape",)  # where `shape` is called `newshape`


def _says(function: object) -> bool:
    """Whether a function tells what it takes."""
    if table_name(function) in MISSTATED:
        return False
    try:
        inspect.signature(_callable(function))
    except ValueError:
        return False
    return True


def _callable(function: object) -> Callable[..., object]:
    found: object = getattr(np.ndarray, function) if isinstance(function, str) else function
    assert callable(found), f"{found!r} isn't a function"
    return found


def table_name(function: object) -> str:
    """A name for a function: np.dot, np.linalg.det, math.log, ufunc.reduce, and .sum for a method of arrays."""
    if isinstance(function, str):
        return f".{function}"
    name = str(getattr(function, "__name__", ""))
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return f"ufunc.{name}"
    if isinstance(function, type) and issubclass(function, np.generic):
        return "np.generic"
    if getattr(np, name, None) is function:
        return f"np.{name}"
    if isinstance(function, np.ufunc):
        return f"scipy.special.{name}"
    module = str(getattr(function, "__module__", None))
    public = ".".join(module.split(".")[:2]) if module.startswith("scipy.") else module
    return f"{public}.{name}".replace("numpy.", "np.", 1)


def title(function: object) -> str:
    """A function in a message."""
    if isinstance(function, str):
        return f"the method {function!r} of an array"
    return public_name(function)


def _ufunc_signature(ufunc: np.ufunc) -> Signature:
    """Of a ufunc, of which each output may also be given by position."""
    inputs = ["x"] if ufunc.nin == 1 else [f"x{k}" for k in range(1, ufunc.nin + 1)]
    parameters = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in inputs]
    parameters += [Parameter(name, Parameter.POSITIONAL_ONLY, default=None) for name in _placed_outputs(ufunc)]
    return Signature([*parameters, *_keyword_only({"out": None, **(OF_GUFUNCS if ufunc.signature else OF_UFUNCS)})])


def _placed_outputs(function: object) -> list[str]:
    """The names of the outputs of a ufunc where they stand by position."""
    return [f"out{k}" for k in range(1, function.nout + 1)] if isinstance(function, np.ufunc) else []


def _keyword_only(defaults: Mapping[str, object]) -> list[Parameter]:
    return [Parameter(name, Parameter.KEYWORD_ONLY, default=default) for name, default in defaults.items()]


def _with_keywords(signature: Signature, keywords: Mapping[str, object]) -> Signature:
    """A signature with names in the place of **kwargs."""
    known = [p for p in signature.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    names = [p.name for p in known]
    return Signature([*known, *(p for p in _keyword_only(keywords) if p.name not in names)])
