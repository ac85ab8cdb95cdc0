"""Each elementwise operation, on numbers and arrays of every dtype that is lowered, special values included."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.native.lower.elementwise import FORMULAS, ORDERINGS
from tests.modules import module_at

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-300, 1e300, np.inf, -np.inf, np.nan, 2.0, 0.1, -0.7, 20.0, -745.2]
DTYPES = ("float64", "float32", "int64", "int32", "bool")
ULPS = {"float64": 4, "float32": 4}
# not NumPy's names, or none of their own
OTHERS = frozenset(
    ("not_", "truth", "clip", "math_erf", "math_erfc", "erf", "erfc", "expit", "log_expit", "accumulate")
)
OTHERS |= frozenset(("xlogy", "xlog1py", "python_max", "python_min", "fraction"))
OF_INTS = frozenset(("invert",))
NAMES = sorted((set(FORMULAS) | set(ORDERINGS)) - OTHERS)
ARITY = {name: getattr(np, name).nin for name in NAMES if hasattr(getattr(np, name, None), "nin")}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A function for each operation: NumPy's, of one operand or two."""
    lines = ["import numpy as np", ""]
    for name in NAMES:
        operands = ", ".join("ab"[: ARITY.get(name, 1)])
        lines += [f"def {name}({operands}):", f"    return np.{name}({operands})", ""]
    path: Path = tmp_path_factory.mktemp("native") / "elementwise_programs.py"
    path.write_text("\n".join(lines))
    return module_at(path)


def operands(name: str, dtype: str) -> tuple[np.ndarray, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = np.array(SPECIAL if dtype.startswith("float") else [0, 1, 2, 3, 5], dtype="float64").astype(dtype)
    if ARITY.get(name, 1) == 1:
        return (values,)
    left, right = np.meshgrid(values, values)
    return left.ravel(), right.ravel()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_arrays(name: str, dtype: str, programs: Any) -> None:
    given = operands(name, dtype)
    with np.errstate(all="ignore"):
        try:
            due = getattr(np, name)(*given)
        except (TypeError, ValueError):  # it isn't for this dtype
            return
        if due.dtype == np.float16 or (name == "conjugate" and dtype == "bool"):  # that is none of bools
            return
        found = srcad.jit(getattr(programs, name))(*given)
    assert found.dtype == due.dtype
    close(found, due)


def close(found: Any, due: Any) -> None:
    """Equal, signs of zeros included, or within some units in the last place."""
    if due.dtype.name not in ULPS:
        np.testing.assert_array_equal(found, due)
        return
    exact = (found == due) | (np.isnan(found) & np.isnan(due))
    spacing = np.spacing(np.abs(np.where(np.isfinite(due), due, 1.0)).astype(due.dtype))
    with np.errstate(all="ignore"):
        near = np.abs(found - due) <= ULPS[due.dtype.name] * spacing
    assert np.all(exact | near), (found[~(exact | near)], due[~(exact | near)])
    zeros = exact & (due == 0) & np.isfinite(due)
    np.testing.assert_array_equal(np.signbit(found[zeros]), np.signbit(due[zeros]))


@pytest.mark.parametrize("name", [name for name in NAMES if ARITY.get(name, 1) == 1 and name not in OF_INTS])
def test_numbers(name: str, programs: Any) -> None:
    jitted = srcad.jit(getattr(programs, name))
    for value in SPECIAL:
        with np.errstate(all="ignore"):
            due = getattr(np, name)(np.float64(value))
            found = jitted(np.float64(value))
        close(np.asarray(found), np.asarray(due))
