"""Every function of the catalogue, by calls as users write them: value, tangent, adjoint, second order, float32.

The tangent is compared with differences of the program, the adjoint with the tangent of a number that is curved in all
results, and second derivatives, made in both orders, with differences of the gradient.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.definitions.numpy.families import SERIES
from srcad.definitions.numpy.table import PROGRAMS
from srcad.ops.catalogue import ATTRIBUTES, BY_NAME, LOWERINGS, METHODS
from srcad.rules.catalogue import RULES
from srcad.trace.walk import walk
from tests import reference
from tests.rules.register.cases import CASES, FLAT_CASES
from tests.rules.register.programs import Case, load, real_parts, with_totals

pytest.importorskip("scipy.special")

# what goes through float32 on the way is no more exact than that, and no smoother
COARSE = {".astype", "np.float16", "np.float32", "np.complex64"}
# defined only to be refused
REFUSED = {np.lib.stride_tricks.as_strided}
# keys that stand for constructs of the language or for many functions together
CONSTRUCTS = {"complex", "operator", "subscripts", "stores", "lists", "flow", "builtins.sorted"}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("register")
    return with_totals(CASES, load(CASES, folder, "calls"), folder, "totals")


@pytest.fixture(scope="session")
def gradients(programs: Any) -> Callable[[int], Any]:
    """The gradient of the total of each case: compiled once for all tests."""
    return functools.cache(lambda k: srcad.grad(getattr(programs, f"total{k}"), CASES[k].active))


@pytest.fixture(scope="session")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("narrow")
    return with_totals(CASES, load(CASES, folder, "calls"), folder, "narrow", np.float32)


@pytest.fixture(scope="session")
def flat_programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load(FLAT_CASES, tmp_path_factory.mktemp("flat"), "flat_calls")


pytestmark = pytest.mark.usefixtures("quiet")


def named(cases: list[Case]) -> list[Any]:
    return [pytest.param(k, id=f"{k}-{case.key}") for k, case in enumerate(cases)]


# ---- is everything here?


def functions() -> dict[str, Any]:
    """All that the catalogue knows, by the names that the register uses."""
    found: dict[str, Any] = {f".{name}": name for name in METHODS}
    found |= {f"@{name}": name for name in ATTRIBUTES}
    found |= {name: name for name in BY_NAME}
    found |= {_name(f): f for f in LOWERINGS if not _name(f).startswith("_operator.")}
    return found | {_name(f): f for f in (*PROGRAMS, *SERIES) if f not in REFUSED}


def _name(f: Any) -> str:
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{f.__name__}"
    return f"{f.__module__}.{f.__name__}".replace("numpy", "np", 1)


def test_every_function_is_in_the_register() -> None:
    keys = {case.key for case in (*CASES, *FLAT_CASES)}
    missing, unknown = sorted(set(functions()) - keys), sorted(keys - set(functions()) - CONSTRUCTS)
    assert missing == [], "these are in the catalogue, and have no call in the register"
    assert unknown == [], "these are in the register, and not in the catalogue"


def test_calls_are_of_the_function_that_they_stand_under() -> None:
    for key in {case.key for case in (*CASES, *FLAT_CASES)} - CONSTRUCTS:
        spelled = key.removeprefix("builtins.").replace("@", ".")
        assert any(spelled in case.text for case in (*CASES, *FLAT_CASES) if case.key == key), key


# rules that the programs below and their gradients don't contain, and where they are tested
ELSEWHERE = {
    "custom": "tests/test_custom_rules.py",
    **dict.fromkeys(("implicit", "regular", "solve_regular", "times"), "tests/test_implicit.py"),
    **dict.fromkeys(("integral", "trajectory"), "tests/frontend/derivatives/test_solvers.py"),
    **dict.fromkeys(("sparse_product", "sparse_solve"), "tests/definitions/test_sparse.py"),
    "as_float": "an object of the run as a float: nothing that moves is in it",
    **dict.fromkeys(("moves_as", "squared_modulus"), "tests/transform/test_roots.py"),
    "known_as": "tests/frontend/test_slots.py",
    "to_float": "of float32, in test_float32_stays",
    "only_square": "tests/rules/test_linalg.py",
    "band_times": "of tangents, in test_right",
    **dict.fromkeys(("only_wide", "inverse_or_nan", "reflected", "folded"), "tests/rules/test_complex_matrices.py"),
    "only_regular": "test_third_order",
    "cofactor_change": "test_third_order",
    "cumprod_tangent": "test_third_order",
    "recurrence": "test_third_order",
    "product_of_others_adjoint": "test_third_order",
    "math_trigamma": "test_third_order",
}


def test_every_rule_is_used(gradients: Callable[[int], Any]) -> None:
    """In a program of the register or in its derivatives, which are differentiated again."""
    used: set[str] = set()
    for k, case in enumerate(CASES):
        if not case.active:
            continue
        gradient = gradients(k)
        gradient(*case.values())
        program = gradient._last.specialisation.program
        for trace in (program.primal, *program.traces):
            used |= {equation.op for equation in walk(trace.body)}
    missing = sorted({name for name, rule in RULES.items() if not rule.flat} - used - set(ELSEWHERE))
    assert missing == [], str(missing)


# ---- is it right?


def floats(tree: Any) -> np.ndarray:
    """All floats of a result as one vector."""
    return np.concatenate([np.zeros(0), *(np.ravel(part) for _, part in real_parts(tree) if part is not None)])


def like(result: Any, tangent: Any) -> Any:
    """A tangent with zeros in the place of None where the result has a float."""
    if isinstance(result, (tuple, list)):
        parts = [None] * len(result) if tangent is None else tangent
        return [like(r, t) for r, t in zip(result, parts, strict=True)]
    return np.zeros_like(result) if tangent is None else tangent


def moved(case: Case, t: float) -> tuple[Any, ...]:
    pairs = zip(case.values(), case.tangents(), strict=True)
    return tuple(a if d is None else float(a + t * d) if isinstance(a, float) else a + t * d for a, d in pairs)


def agrees(what: str, case: Case, phi: Callable[[float], np.ndarray], got: np.ndarray, rtol: float) -> None:
    coarse = case.key in COARSE
    due = reference.ridders(phi, 0.5 if coarse else 1e-3)
    assert due.value.shape == got.shape, f"{what} of {case.text}"
    size = max(1.0, np.max(np.abs(due.value), initial=0.0))
    rtol = 1e-2 if coarse else rtol
    assert due.error < (1e-2 if coarse else 1e-3) * size, f"no reference for {what} of {case.text}"
    assert np.max(np.abs(due.value - got), initial=0.0) <= rtol * size + 2 * due.error, f"{what} of {case.text}"


@pytest.mark.parametrize("k", named(CASES))
def test_right(k: int, programs: Any, gradients: Callable[[int], Any]) -> None:
    case = CASES[k]
    f, total, slope = (getattr(programs, f"{name}{k}") for name in ("f", "total", "slope"))
    args, dots = case.values(), case.tangents()
    due = f(*args)
    value, dot = srcad.jvp(f, args, dots)
    np.testing.assert_allclose(floats(value), floats(due), rtol=1e-10, atol=1e-12)
    agrees("the tangent", case, lambda t: floats(f(*moved(case, t))), floats(like(due, dot)), 1e-7)

    gradient = gradients(k)
    bars, directions = gradient(*args), tuple(dots[i] for i in case.active)
    assert [np.shape(bar) for bar in bars] == [np.shape(args[i]) for i in case.active]
    along = np.array([sum(np.sum(bar * d) for bar, d in zip(bars, directions, strict=True))])
    agrees("the adjoint", case, lambda t: np.array([float(total(*moved(case, t)))]), along, 1e-7)

    def bent(t: float) -> np.ndarray:
        return floats(gradient(*moved(case, t)))

    agrees("forward over reverse", case, bent, floats(srcad.hvp(total, case.active)(*args, directions)), 1e-6)
    agrees("reverse over forward", case, bent, floats(srcad.grad(slope, case.active)(*args)), 1e-6)


THIRD = [
    k
    for k, case in enumerate(CASES)
    if case.key.split(".")[-1] in ("prod", "cumprod", "det", "gamma", "lgamma", "exp", "norm", "stores", "flow")
    and "np.outer(x, y) + np.outer" not in case.text
]


def test_third_derivatives_of_singular_determinants_fail(programs: Any) -> None:
    (k,) = (k for k, case in enumerate(CASES) if case.text == "np.linalg.det(np.outer(x, y) + np.outer(y, w))")
    with pytest.raises(np.linalg.LinAlgError, match="third derivative"):
        srcad.grad(getattr(programs, f"bend{k}"), CASES[k].active)(*CASES[k].values())


@pytest.mark.parametrize("k", [pytest.param(k, id=f"{k}-{CASES[k].key}") for k in THIRD])
def test_third_order(k: int, programs: Any) -> None:
    """The gradient of a second tangent, against differences of the gradient of the first one."""
    case = CASES[k]
    gradient, bent = (srcad.grad(getattr(programs, f"{name}{k}"), case.active) for name in ("slope", "bend"))
    found = floats(bent(*case.values()))
    agrees("the third order", case, lambda t: floats(gradient(*moved(case, t))), found, 1e-6)


def leaves(tree: Any) -> list[Any]:
    return list(itertools.chain.from_iterable(map(leaves, tree))) if isinstance(tree, (tuple, list)) else [tree]


# numbers that are Python's floats in the program may be NumPy's of float32 in the derivative
WEAK = {"lists", "flow", ".tolist", "np.interp", "math.hypot", "builtins.float"}


@pytest.mark.parametrize("k", named(CASES))
def test_float32_stays(k: int, narrow: Any) -> None:
    """Of arrays of float32, also beside Python floats: tangents have the dtype of their results, gradients theirs.

    A Python float that the run picks from numbers of both kinds has none: its tangent may have that of the others.
    """
    case = CASES[k]
    args, dots = case.values(np.float32), case.tangents(np.float32)
    due = getattr(narrow, f"f{k}")(*args)
    value, dot = srcad.jvp(getattr(narrow, f"f{k}"), args, dots)
    for wanted, got, moved_by in zip(leaves(due), leaves(value), leaves(like(value, dot)), strict=True):
        assert case.key in WEAK or np.asarray(got).dtype == np.asarray(wanted).dtype, case.text
        moves = np.asarray(got).dtype.kind in "fc" and float not in (type(moved_by), type(got))
        assert not moves or np.asarray(moved_by).dtype == np.asarray(got).dtype, case.text
    directions = tuple(dots[i] for i in case.active)
    bars = srcad.grad(getattr(narrow, f"total{k}"), case.active)(*args)
    bent = srcad.hvp(getattr(narrow, f"total{k}"), case.active)(*args, directions)
    for i, bar, second in zip(case.active, bars, bent, strict=True):
        weak = case.key in WEAK and isinstance(args[i], float)
        assert weak or np.asarray(bar).dtype == np.asarray(second).dtype == np.asarray(args[i]).dtype, case.text


@pytest.mark.parametrize("k", named(FLAT_CASES))
def test_flat(k: int, flat_programs: Any) -> None:
    """The value is NumPy's, and nothing moves."""
    case, f = FLAT_CASES[k], getattr(flat_programs, f"f{k}")
    args, dots = case.values(), case.tangents()
    value, dot = srcad.jvp(f, args, dots)
    for got, due in zip(leaves(value), leaves(f(*args)), strict=True):
        np.testing.assert_array_equal(got, due)
    assert all(part is None or not np.any(part) for part in leaves(dot))
    if case.active:
        bars = srcad.vjp(f, *args)[1](value)
        assert all(bar is None or not np.any(bar) for bar in bars)
