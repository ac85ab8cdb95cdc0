"""In which order the results of NumPy's functions lie in memory: whether .ravel() of them is a view depends on it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from srcad.frontend.library.lowered import has_own_order
from srcad.ops.catalogue import LOWERINGS
from tests.rules.register.cases import CASES
from tests.rules.register.programs import load


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load(CASES, tmp_path_factory.mktemp("orders"), "orders")


OF_ANOTHER = ("np.asfortranarray", "np.array", "np.asarray", "np.real", "np.imag")  # asked for, or a view of a new one
FUNCTIONS = {f"np.{f.__name__}": f for f in LOWERINGS if getattr(np, getattr(f, "__name__", ""), None) is f}


@pytest.mark.parametrize(
    "k", [k for k, case in enumerate(CASES) if case.key in FUNCTIONS and "order=" not in case.text]
)
def test_new_arrays_are_in_c_order_unless_it_is_said(k: int, functions: Any) -> None:
    values = CASES[k].values()
    if has_own_order(FUNCTIONS[CASES[k].key]) or CASES[k].key in OF_ANOTHER:
        return
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    if ".T" in CASES[k].text or not all(a.flags.c_contiguous for a in arrays):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = getattr(functions, f"f{k}")(*values)
    for made in result if isinstance(result, (tuple, list)) else (result,):
        if isinstance(made, np.ndarray) and not any(np.shares_memory(made, a) for a in arrays):
            assert made.flags.c_contiguous or not made.flags.writeable, CASES[k].text
