"""What a ufunc makes of each kind of number is what the catalogue says: of Python's, NumPy's, and of arrays."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy import special

from srcad.calls.arguments import Binder
from srcad.calls.programs import program_of
from srcad.compile.requests import Request
from srcad.errors import SrcadError
from srcad.trace.types import dtype_of
from tests.modules import module_at

KINDS: dict[str, Any] = {
    "float": 0.4,
    "complex": 0.4 + 0.3j,
    "int": 2,
    "float64": np.float64(0.4),
    "float32": np.float32(0.4),
    "complex64": np.complex64(0.4 + 0.3j),
    "complex128": np.complex128(0.4 + 0.3j),
    "number": np.array(0.4),
    "complex number": np.array(0.4 + 0.3j),
    "floats": np.array([0.4, 0.6]),
    "floats of 32 bits": np.array([0.4, 0.6], np.float32),
    "complex numbers": np.array([0.4 + 0.3j] * 2),
    "complex numbers of 64 bits": np.array([0.4 + 0.3j] * 2, np.complex64),
    "ints": np.array([1, 2]),
    "ints of 32 bits": np.array([1, 2], np.int32),
    "bools": np.array([True, False]),
}


def calls(module: ModuleType, prefix: str) -> dict[str, str]:
    """A function for each call of each ufunc of a module, alone or beside a Python number."""
    made = {}
    for name in dir(module):
        ufunc = getattr(module, name)
        if isinstance(ufunc, np.ufunc) and not ufunc.signature and ufunc.nout == 1 and ufunc.nin < 3:
            forms = ("x",) if ufunc.nin == 1 else ("x, x", "x, 0.7", "2.0, x", "1, x")
            made |= {f"{prefix}_{name}_{k}": f"{prefix}.{name}({form})" for k, form in enumerate(forms)}
    return made


@pytest.mark.parametrize(("module", "prefix"), [(np, "np"), (special, "special")])
def test_dtypes(module: ModuleType, prefix: str, tmp_path: Path) -> None:
    path = tmp_path / "ufunc_calls.py"
    bodies = "".join(f"def {name}(x):\n    return {call}\n" for name, call in calls(module, prefix).items())
    path.write_text(f"import numpy as np\nfrom scipy import special\n{bodies}")
    functions = module_at(path)
    wrong, count = [], 0
    for name, call in calls(module, prefix).items():
        for kind, x in KINDS.items():
            function = getattr(functions, name)
            try:
                with np.errstate(all="ignore"):
                    found = np.asarray(function(x)).dtype
                binder = Binder(function)
                program = program_of(function, binder.bind((x,), {}), Request("primal", (0,), single=False))
            except (TypeError, ValueError, OverflowError, ZeroDivisionError, SrcadError):
                continue  # NumPy doesn't take it, or there is no rule
            count += 1
            said = dtype_of(program.primal.body.results[0].type)
            if said is not None and said != str(found):
                wrong.append(f"{call} of {kind}: {said} instead of {found}")
    assert wrong == []
    assert count > 400
