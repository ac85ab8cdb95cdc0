"""No argument of a function is dropped: a lowering uses it, or it is known not to matter, or the call is refused.

The signatures are walked as installed. What a lowering declares must also be used, and rightly: each of these arguments
stands in a call of the register or of `options.py`, whose value and derivatives are compared with NumPy's.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import textwrap
from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from srcad.ops.signatures import MISSTATED, bind, passed_on, signature_of, table_name, title
from srcad.ops.stated import STATED
from tests import reference
from tests.ops.options import OPTIONS
from tests.ops.sampled import FUNCTIONS, call_text, calls_in
from tests.rules.register.cases import CASES, FLAT_CASES
from tests.rules.register.operands import operand
from tests.rules.register.programs import Case, load, real_parts, with_totals

special = pytest.importorskip("scipy.special")
OPTION_CASES = [Case("options", text) for text in OPTIONS]


NAMES = [title(f) for f, _ in FUNCTIONS]


class Anything:
    """A value that is no default."""


def given(signature: Signature, name: str, value: object, by_position: bool) -> tuple[list[object], dict[str, object]]:
    """Arguments of a call with this one, by position or by name, and what else has to be there."""
    args: list[object] = []
    named: dict[str, object] = {} if by_position else {name: value}
    ahead = True
    by_name = any(
        p.kind is Parameter.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in signature.parameters.values()
    )
    for parameter in signature.parameters.values():
        ahead = ahead and parameter.name != name
        required = parameter.default is Parameter.empty and parameter.kind in POSITIONAL
        if parameter.kind is Parameter.VAR_POSITIONAL:
            args += [] if by_name else [Anything()]
        elif parameter.name == name:
            args += [value] if by_position else []
        elif required and (by_position or parameter.kind is Parameter.POSITIONAL_ONLY):
            args.append(Anything())
        elif required:
            named[parameter.name] = Anything()
        elif by_position and ahead and parameter.kind in POSITIONAL:
            args.append(parameter.default)
    return args, named


POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


# ---- nothing is dropped


@pytest.mark.parametrize(("function", "lowering"), FUNCTIONS, ids=NAMES)
def test_no_argument_is_dropped(function: Any, lowering: Callable[..., Any]) -> None:
    signature = signature_of(function)
    for parameter in signature.parameters.values():
        if parameter.kind is not Parameter.KEYWORD_ONLY and parameter.kind is not Parameter.VAR_POSITIONAL:
            assert_is_used_or_refused(function, lowering, parameter.name, by_position=True)
        if parameter.kind in (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
            assert_is_used_or_refused(function, lowering, parameter.name, by_position=False)


def assert_is_used_or_refused(function: Any, lowering: Callable[..., Any], name: str, by_position: bool) -> None:
    value = Anything()
    args, named = given(signature_of(function), name, value, by_position)
    try:
        call = bind(function, tuple(args), named)
        if call.out is not None:
            assert name.startswith("out")
            assert value is call.out or value in call.out
            return
        positional, keywords = passed_on(call, lowering)
    except NotYetSupported as refused:
        assert name in refused.what, f"{name} of {title(function)} is refused, and isn't named"
        assert title(function) in refused.what
        assert refused.why
        assert refused.do
        return
    assert any(value is one for one in (*positional, *keywords.values())), f"{title(function)} drops {name}"
    inspect.signature(lowering).bind(None, *positional, **keywords)


# arguments that older versions of NumPy don't have
LATE = {"descending"}


@pytest.mark.parametrize(("function", "lowering"), FUNCTIONS, ids=NAMES)
def test_a_lowering_declares_what_the_function_has(function: Any, lowering: Callable[..., Any]) -> None:
    """Or another function that it stands for; and it takes no keywords that it doesn't name."""
    shared = [signature_of(f).parameters for f, other in FUNCTIONS if other is lowering]
    known = {name for parameters in shared for name in parameters} | LATE
    unnamed = max(sum(p.kind is Parameter.POSITIONAL_ONLY for p in parameters.values()) for parameters in shared)
    for place, parameter in enumerate(list(inspect.signature(lowering).parameters.values())[1:]):
        assert parameter.kind is not Parameter.VAR_KEYWORD
        named = parameter.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY) and place >= unnamed
        assert not named or parameter.name in known, f"{title(function)} has no {parameter.name}"


@pytest.mark.parametrize(("function", "lowering"), FUNCTIONS, ids=NAMES)
def test_a_lowering_reads_what_it_declares(function: Any, lowering: Callable[..., Any]) -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(lowering)))
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    declared = list(inspect.signature(lowering).parameters)[1:]
    assert set(declared) <= read, title(function)


@pytest.mark.parametrize("name", [name for name in STATED if name not in MISSTATED])
def test_stated_signatures_are_those_of_the_functions(name: str) -> None:
    """Where these say what they take, but for what newer versions take by name in addition."""
    functions = [f for f, _ in FUNCTIONS if table_name(f) == name and f not in (np.complex64, np.complex128)]
    for function in functions[:1]:
        found = getattr(np.ndarray, function) if isinstance(function, str) else function
        try:
            installed = inspect.signature(found).parameters.values()
        except ValueError:
            continue
        stated = inspect.signature(STATED[name]).parameters.values()
        kinds = [[_told(p) for p in own if p.name not in {"self", *LATE}] for own in (installed, stated)]
        assert kinds[0] == kinds[1]


def _told(p: Parameter) -> tuple[object, ...]:
    """What a call depends on: nobody can give an argument that has only a place by its name."""
    return None if p.kind is Parameter.POSITIONAL_ONLY else p.name, p.kind, p.default


# ---- what is declared is used, and rightly


def test_every_declared_argument_is_in_a_call_that_is_checked() -> None:
    called: set[tuple[str, str]] = set()
    for case in (*CASES, *FLAT_CASES, *OPTION_CASES):
        for function, args, named in calls_in(case.text):
            called |= {(table_name(function), name) for name in bind(function, args, named).arguments}
    missing = {
        f"{name} of {table_name(f)}"
        for f, lowering in FUNCTIONS
        for name, parameter in signature_of(f).parameters.items()
        if name in inspect.signature(lowering).parameters and name != "out" and not isinstance(f, np.ufunc)
        if not (parameter.kind is Parameter.POSITIONAL_ONLY and parameter.default is Parameter.empty)
        if (table_name(f), name) not in called
    }
    assert not missing, sorted(missing)


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("options")
    return with_totals(OPTION_CASES, load(OPTION_CASES, folder, "calls"), folder, "totals")


@pytest.mark.parametrize("k", range(len(OPTIONS)), ids=[text.partition("(")[0] for text in OPTIONS])
def test_options(k: int, options: Any) -> None:
    check(OPTION_CASES[k], getattr(options, f"f{k}"), getattr(options, f"total{k}"))


def check(case: Case, f: Any, total: Any) -> None:
    """Value, tangent and adjoint of a program, against NumPy and differences."""
    args, dots = case.values(), case.tangents()
    with np.errstate(all="ignore"):
        value, dot = srcad.jvp(f, args, dots)
        due = floats(f(*args))
        np.testing.assert_allclose(floats(value), due, rtol=1e-6 if "float32" in case.text else 1e-10, atol=1e-12)
        agrees(case, lambda t: floats(f(*moved(case, t))), floats(like(value, dot)))
        bars = srcad.grad(total, case.active)(*args)
        along = np.array([sum(np.sum(bar * dots[i]) for bar, i in zip(bars, case.active, strict=True))])
        agrees(case, lambda t: np.array([float(total(*moved(case, t)))]), along)


def agrees(case: Case, phi: Callable[[float], np.ndarray], got: np.ndarray) -> None:
    coarse = "float32" in case.text
    due = reference.ridders(phi, 0.5 if coarse else 1e-3)
    size = max(1.0, np.max(np.abs(due.value), initial=0.0))
    assert np.max(np.abs(due.value - got), initial=0.0) <= (1e-2 if coarse else 1e-6) * size + 2 * due.error, case.text


def floats(tree: Any) -> np.ndarray:
    return np.concatenate([np.zeros(0), *(np.ravel(part) for _, part in real_parts(tree) if part is not None)])


def like(result: Any, tangent: Any) -> Any:
    """A tangent with zeros in the place of None."""
    if isinstance(result, (tuple, list)):
        parts = [None] * len(result) if tangent is None else tangent
        return [like(r, t) for r, t in zip(result, parts, strict=True)]
    return np.zeros_like(result) if tangent is None else tangent


def moved(case: Case, t: float) -> tuple[Any, ...]:
    pairs = zip(case.values(), case.tangents(), strict=True)
    return tuple(a if d is None else float(a + t * d) if isinstance(a, float) else a + t * d for a, d in pairs)


# ---- where results go

WRITERS = {title(f): f for f, _ in FUNCTIONS if any(name.startswith("out") for name in signature_of(f).parameters)}
for _unwritten in (np.fft.ifft2, np.fft.irfft2):  # refused: not all versions of NumPy write there
    del WRITERS[title(_unwritten)]
del WRITERS["the method 'choose' of an array"]  # NumPy's own finds fault with its places where there is an output
UNPLACED = ("any", "all")  # methods that say that it is the second argument, which it isn't


Sample = tuple[list[str], dict[str, str]]

# of a vector at the end, multi_dot makes a matrix, which it can't put into a vector
SAMPLES: dict[Any, Sample] = {np.linalg.multi_dot: (["[A, D, D.T]"], {})}


@functools.cache
def known_calls() -> tuple[tuple[Any, Sample], ...]:
    """Of functions of the catalogue, in calls that need no statements around them."""
    cases = [case for case in (*CASES, *FLAT_CASES, *OPTION_CASES) if "\n" not in case.text]
    return tuple(
        (function, ([ast.unparse(arg) for arg in args], {name: ast.unparse(arg) for name, arg in named.items()}))
        for case in cases
        for function, args, named in calls_in(case.text)
    )


def sample(function: Any) -> Sample:
    """The arguments of a call; of one that gives an array of floats, if there is one."""
    found = [
        call for f, call in known_calls() if (f is function or f == function) and not {"out", "where"} & {*call[1]}
    ]
    return SAMPLES.get(function) or min(found, key=lambda call: _rank_of_sample(result(call_text(function, *call))))


def _rank_of_sample(due: Any) -> tuple[bool, bool]:
    return np.asarray(due).dtype != float, np.ndim(due) == 0


def result(text: str) -> Any:
    scope = {"np": np, "scipy": importlib.import_module("scipy")}
    scope |= {name: operand(name) for name in Case("", text).names}
    with np.errstate(all="ignore"):
        return eval(text, scope)


def with_out_by_position(function: Any, args: list[str], named: dict[str, str], out: str) -> str:
    """The call with the output where it stands without a name."""
    if isinstance(function, np.ufunc):
        return call_text(function, [*args, out], named)
    signature = signature_of(function)
    bound = signature.bind(*args, **named)
    texts = []
    for parameter in signature.parameters.values():
        if parameter.name == "out":
            return call_text(
                function, [*texts, out], {k: v for k, v in named.items() if k not in bound_names(texts, signature)}
            )
        texts.append(bound.arguments.get(parameter.name, repr(parameter.default)))
    raise AssertionError


def bound_names(texts: list[str], signature: Signature) -> list[str]:
    return list(signature.parameters)[: len(texts)]


def out_program(function: Any) -> str:
    """A program that has the result put into arrays, by name, by position, in some places only, into an operand."""
    args, named = sample(function)
    due = result(call_text(function, args, named))
    if isinstance(due, tuple):
        if len(due) > 2:
            by_name = {**named, "out": "(a, b, c, d)"}
            lines = ["a, b, c, d = [np.zeros(3) for _ in range(4)]", call_text(function, args, by_name)]
            return "\n".join([*lines, "return a, b * 1.0, c * 2.0, d"])
        by_name, placed = {**named, "out": "(a, b)"}, [*args, "c"]
        lines = ["a, b, c, d = [np.zeros(3) for _ in range(4)]", call_text(function, args, by_name)]
        return "\n".join([*lines, call_text(function, placed, named), "return a, b * 1.0, c * 2.0, d"])
    array = f"np.full({np.shape(due)}, 4, dtype=np.{np.asarray(due).dtype.name})"
    lines = [f"a, b, c, d = {', '.join([array] * 4)}", f"r = {call_text(function, args, {**named, 'out': 'a'})}"]
    parameter = signature_of(function).parameters.get("out")
    if isinstance(function, np.ufunc) or (parameter is not None and parameter.kind in POSITIONAL):
        lines += [] if function in UNPLACED else [with_out_by_position(function, args, named, "b")]
    if isinstance(function, np.ufunc) and function.signature is None:
        lines += aliased(function, args, named, due) + masked(function, args, named, due)
    lines += ["r *= 2"] if np.asarray(due).dtype.kind == "f" and np.ndim(due) else []
    results = "abcdv" if "v = d[:2]" in lines else "abcd"
    return "\n".join([*lines, f"return {', '.join(f'{name} * 1.0' for name in results)}"])


def aliased(function: Any, args: list[str], named: dict[str, str], due: Any) -> list[str]:
    """The output is the operand itself, of which there is a view."""
    names = Case("", call_text(function, args, named)).names
    alike = all(arg in names and operand(arg).dtype == np.asarray(due).dtype == float for arg in args)
    start = f"{args[0]} * 1.0" if len(args) == 1 else f"np.abs({args[-1]}) + 0.3"
    if np.shape(due) != (3,) or not alike or len(args) > 2:
        return []
    if not np.all(np.isfinite(result(call_text(function, [start] * len(args), named)))):
        return []  # beyond its domain
    return [f"d = {start}", "v = d[:2]", call_text(function, ["d"] * (len(args) + 1), named)]


def masked(function: Any, args: list[str], named: dict[str, str], due: Any) -> list[str]:
    """In some places only. Not of SciPy's ufuncs, some of which overrun their arrays there."""
    mask = f"np.arange({np.size(due)}).reshape({np.shape(due)}) % 2 == 0"
    return [call_text(function, [*args, "c"], {**named, "where": mask})] if title(function).startswith("np.") else []


@pytest.mark.parametrize("function", WRITERS.values(), ids=WRITERS)
def test_outputs(function: Any, tmp_path: Path) -> None:
    case = Case("out", out_program(function))
    module = with_totals([case], load([case], tmp_path, "calls"), tmp_path, "totals")
    check(case, module.f0, module.total0)


# ---- what is refused, by name

REFUSED = {
    "np.median(x, overwrite_input=True)": "overwrite_input",
    "np.median(x, 0, None, True)": "overwrite_input",
    "np.unique(x, equal_nan=False)": "equal_nan",
    "np.linalg.svd(M, hermitian=True)": "hermitian",
    "np.linalg.svd(M, True, True, True)": "hermitian",
    "np.add(x, y, signature='dd->d')": "signature",
    "np.add(x, y, sig='dd->d')": "signature",
    "np.exp(x, where=x > 0)": "where",
    "np.modf(x, where=x > 0)": "where",
    "np.linalg.vecdot(A, B, axis=0) + np.vecdot(A, B, axes=[0, 0, ()])": "axes",
    "np.fft.ifft2(A, out=np.zeros((3, 4), complex))": "out",
    "scipy.special.lambertw(xp, tol=1e-3)": "tol",
    "np.reshape(A, (4, 3), copy=False)": "copy",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load([Case("refused", text) for text in REFUSED], tmp_path_factory.mktemp("refused"), "refused")


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(text: str, refused: Any) -> None:
    """At the call, with what to do; and where no derivative is asked for, as well."""
    place, case = list(REFUSED).index(text), Case("refused", text)
    with pytest.raises(srcad.SrcadError) as info:
        srcad.jvp(getattr(refused, f"f{place}"), case.values(), case.tangents())
    assert REFUSED[text] in info.value.what
    assert info.value.span is not None
    assert info.value.do
