"""The parameters of functions that don't tell them: those of C in NumPy before 2.4, and what **kwargs stands for.

Where the function as installed says what it takes, that counts, and not this table.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

Parameters = MappingProxyType[str, object]
NOTHING = np._NoValue


def _parameters(**defaults: object) -> Parameters:
    return MappingProxyType(defaults)


_RUNNING = _parameters(casting="same_kind", order="K", dtype=None, subok=True, signature=None)
OF_UFUNCS = _parameters(where=True, **_RUNNING)
OF_GUFUNCS = _parameters(axes=NOTHING, axis=NOTHING, keepdims=False, **_RUNNING)
_OF_SUMS = _parameters(keepdims=False, initial=NOTHING, where=True)
_OF_MEANS = _parameters(keepdims=False, where=True)
_OF_SPREADS = _parameters(keepdims=False, where=True, mean=NOTHING)

# the keywords that a function takes as **kwargs
KEYWORDS: dict[str, Parameters] = {
    "np.clip": OF_UFUNCS,
    ".clip": OF_UFUNCS,
    "np.pad": _parameters(stat_length=None, constant_values=0, end_values=0, reflect_type="even"),
    "np.einsum": _parameters(dtype=None, order="K", casting="safe"),
    "scipy.special.softplus": OF_UFUNCS,
    "ufunc.outer": _parameters(out=None, **OF_UFUNCS),
    "ufunc.reduce": _OF_SUMS,
    ".sum": _OF_SUMS,
    ".prod": _OF_SUMS,
    ".max": _OF_SUMS,
    ".min": _OF_SUMS,
    ".mean": _OF_MEANS,
    ".var": _OF_SPREADS,
    ".std": _OF_SPREADS,
}

# functions that may not say what they take
STATED: dict[str, Callable[..., None]] = {
    "builtins.bool": lambda x=False, /: None,
    "builtins.int": lambda x=0, /, base=NOTHING: None,
    "cmath.log": lambda z, base=NOTHING, /: None,
    "math.hypot": lambda *coordinates: None,
    "math.log": lambda x, base=NOTHING, /: None,
    "np.arange": lambda start=None, stop=None, step=None, dtype=None, *, device=None, like=None: None,
    "np.array": lambda object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, ndmax=0, like=None: None,
    "np.asanyarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "np.asarray": lambda a, dtype=None, order=None, *, device=None, copy=None, like=None: None,
    "np.ascontiguousarray": lambda a, dtype=None, *, like=None: None,
    "np.asfortranarray": lambda a, dtype=None, *, like=None: None,
    "np.bincount": lambda x, /, weights=None, minlength=0: None,
    "np.concatenate": lambda arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind": None,
    "np.dot": lambda a, b, out=None: None,
    "np.empty": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "np.empty_like": lambda prototype, /, dtype=None, order="K", subok=True, shape=None, *, device=None: None,
    "np.generic": lambda value=0, /: None,
    "np.inner": lambda a, b, /: None,
    "np.lexsort": lambda keys, axis=-1: None,
    "np.ndarray": lambda shape, dtype=None, buffer=None, offset=0, strides=None, order=None: None,
    "np.unravel_index": lambda indices, shape, order="C": None,
    "np.reshape": lambda a, /, shape, order="C", *, copy=None: None,
    "np.vdot": lambda a, b, /: None,
    "np.where": lambda condition, x=None, y=None, /: None,
    "np.zeros": lambda shape, dtype=None, order="C", *, device=None, like=None: None,
    "scipy.special.sph_harm_y": lambda n, m, theta, phi, /, *, diff_n=0: None,
    "ufunc.accumulate": lambda array, /, axis=0, dtype=None, out=None: None,
    "ufunc.at": lambda a, indices, b=None, /: None,
    "ufunc.outer": lambda A, B, /, **kwargs: None,
    "ufunc.reduce": lambda array, /, axis=0, dtype=None, out=None, **kwargs: None,
    "ufunc.reduceat": lambda array, /, indices, axis=0, dtype=None, out=None: None,
    ".all": lambda self, /, axis=None, out=None, keepdims=False, *, where=True: None,
    ".any": lambda self, /, axis=None, out=None, keepdims=False, *, where=True: None,
    ".argmax": lambda self, /, axis=None, out=None, *, keepdims=False: None,
    ".argmin": lambda self, /, axis=None, out=None, *, keepdims=False: None,
    ".argpartition": lambda self, kth, /, axis=-1, kind="introselect", order=None: None,
    ".argsort": lambda self, /, axis=-1, kind=None, order=None, *, stable=None: None,
    ".astype": lambda self, /, dtype, order="K", casting="unsafe", subok=True, copy=True: None,
    ".choose": lambda self, /, choices, out=None, mode="raise": None,
    ".clip": lambda self, /, min=None, max=None, out=None, **kwargs: None,
    ".compress": lambda self, /, condition, axis=None, out=None: None,
    ".conj": lambda self, /: None,
    ".conjugate": lambda self, /: None,
    ".copy": lambda self, /, order="C": None,
    ".cumprod": lambda self, /, axis=None, dtype=None, out=None: None,
    ".cumsum": lambda self, /, axis=None, dtype=None, out=None: None,
    ".diagonal": lambda self, /, offset=0, axis1=0, axis2=1: None,
    ".dot": lambda self, other, /, out=None: None,
    ".flatten": lambda self, /, order="C": None,
    ".item": lambda self, /, *args: None,
    ".max": lambda self, /, axis=None, out=None, **kwargs: None,
    ".mean": lambda self, /, axis=None, dtype=None, out=None, **kwargs: None,
    ".min": lambda self, /, axis=None, out=None, **kwargs: None,
    ".nonzero": lambda self, /: None,
    ".prod": lambda self, /, axis=None, dtype=None, out=None, **kwargs: None,
    ".ravel": lambda self, /, order="C": None,
    ".repeat": lambda self, repeats, /, axis=None: None,
    ".reshape": lambda self, /, *shape, order="C", copy=None: None,
    ".round": lambda self, /, decimals=0, out=None: None,
    ".searchsorted": lambda self, v, /, side="left", sorter=None: None,
    ".squeeze": lambda self, /, axis=None: None,
    ".std": lambda self, /, axis=None, dtype=None, out=None, ddof=0, **kwargs: None,
    ".sum": lambda self, /, axis=None, dtype=None, out=None, **kwargs: None,
    ".swapaxes": lambda self, axis1, axis2, /: None,
    ".take": lambda self, indices, /, axis=None, out=None, mode="raise": None,
    ".tolist": lambda self, /: None,
    ".trace": lambda self, /, offset=0, axis1=0, axis2=1, dtype=None, out=None: None,
    ".transpose": lambda self, /, *axes: None,
    ".var": lambda self, /, axis=None, dtype=None, out=None, ddof=0, **kwargs: None,
}
