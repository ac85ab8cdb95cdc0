"""Derivatives of float32 and of complex64 at special points: against mpmath, in their own precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad
from tests.modules import module_at
from tests.rules.references import OF_FLOATS, OF_SCIPY
from tests.rules.test_limits import limit

pytest.importorskip("scipy.special")

PLACES = (0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-8, -1e-30, 30.0, -30.0, 80.0, 1e5, -1e15)
FEW = (0.0, 1.0, 0.5, 2.0, -2.0, 30.0)
WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "reverse": lambda f, x: srcad.grad(lambda x: np.sum(f(x)))(x),
    "forward": lambda f, x: srcad.jvp(f, (x,), (np.ones_like(x),))[1],
}
# other functions than those of `math`, of which each makes a float64, and of what are no elements
TEXTS = [text for text in OF_FLOATS if text.startswith("np.") and "array(" not in text]
TEXTS += [f"special.{text}" for text in OF_SCIPY if "(x)" in text and "[" not in text]
CALLS = {**OF_FLOATS, **{f"special.{text}": f for text, f in OF_SCIPY.items()}}

EPS = float(np.finfo(np.float32).eps)
COMPLEX: dict[str, Callable[[Any], Any]] = {
    **{n: getattr(mpmath, n) for n in "exp expm1 log log1p sqrt sin cos tan sinh cosh tanh".split()},
    **{f"arc{n}": getattr(mpmath, f"a{n}") for n in "sin cos tan sinh cosh tanh".split()},
    "exp2": lambda z: mpmath.mpf(2) ** z,
    "reciprocal": lambda z: 1 / z,
    "square": lambda z: z * z,
    "log10": lambda z: mpmath.log(z) / mpmath.log(10),
}
PLANE = (0.3 + 0.4j, -1.2 + 0.1j, 0.5 - 2.0j, 1e-6 + 1e-6j, 3.0 + 1e-4j, -20.0 + 3.0j, 1e4 - 1e3j, 1j * 0.999)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    lines = ["import numpy as np", "from scipy import special", ""]
    lines += [f"def f{k}(x):\n    return {text}\n" for k, text in enumerate(TEXTS)]
    lines += [f"def {name}(z):\n    return np.{name}(z)\n" for name in COMPLEX]
    path = tmp_path_factory.mktemp("narrow_limits") / "narrow_points.py"
    path.write_text("\n".join(lines))
    return module_at(path)


pytestmark = pytest.mark.usefixtures("quiet")


def close(found: Any, due: Any, value: Any, moved: float) -> bool:
    """To a few digits of float32: of the derivative, and of the value, which slopes are made of as 1 - y**2 is.

    `moved`: how much the derivative moves by, where the place is rounded.
    """
    slack = 200 * EPS * abs(due) + 4 * EPS * (max(1.0, min(abs(value), 1e4)) + moved)
    return bool(abs(found - due) <= slack)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", [pytest.param(k, id=text) for k, text in enumerate(TEXTS)])
def test_single_precision(k: int, programs: Any) -> None:
    f, reference = getattr(programs, f"f{k}"), CALLS[TEXTS[k]]
    for place in FEW if TEXTS[k].startswith("special.") else PLACES:
        x = np.array([place], np.float32)
        at, value = float(x[0]), f(x)
        if value.dtype != np.float32 or not np.isfinite(value).all():
            continue
        due = limit(reference, at, 1)
        if due is None or not 1e-30 < abs(due) < 1e30:
            continue
        moved = abs(at * (limit(reference, at, 2) or 0.0))
        for way, derivative in WAYS.items():
            found = derivative(f, x)
            what = f"{way}, {TEXTS[k]} at {at}"
            assert found.dtype == np.float32, what
            assert close(float(found[0]), due, float(value[0]), moved), f"{what}: {found[0]}, and not {due}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COMPLEX)
def test_complex_numbers_of_single_precision(name: str, programs: Any) -> None:
    f = getattr(programs, name)
    for place in PLANE:
        z = np.array([place], np.complex64)
        value = f(z)
        if not np.isfinite(value).all():
            continue
        with mpmath.workdps(40):
            at = mpmath.mpc(complex(z[0]))
            due, bend = (complex(mpmath.diff(COMPLEX[name], at, order)) for order in (1, 2))
        if not 1e-30 < abs(due) < 1e30:
            continue
        found = srcad.jvp(f, (z,), (np.ones_like(z),))[1]
        back = srcad.vjp(f, z)[1](np.ones_like(z))[0]
        assert found.dtype == back.dtype == np.complex64
        for one in (found, back):
            assert close(complex(one[0]), due, complex(value[0]), abs(place * bend)), (
                f"{name} at {place}: {one[0]}, and not {due}"
            )


def test_there_are_many() -> None:
    assert len(TEXTS) > 100
