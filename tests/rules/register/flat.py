"""Calls whose results don't move with the arguments: the tangent is zero, the adjoint nothing."""

from __future__ import annotations

FLAT: dict[str, tuple[str, ...]] = {
    **{
        f"np.{name}": (f"np.{name}(x, y), np.{name}(A, s)",)
        for name in ("less", "less_equal", "greater", "greater_equal")
    },
    **{
        f"np.{name}": (f"np.{name}(x, y)",)
        for name in ("equal", "not_equal", "logical_and", "logical_or", "logical_xor")
    },
    **{
        f"np.{name}": (f"np.{name}(x), np.{name}(A)",)
        for name in ("isnan", "isinf", "isfinite", "signbit", "logical_not")
    },
    **{
        f"np.{name}": (f"np.{name}(x), np.{name}(s)",)
        for name in ("sign", "floor", "ceil", "trunc", "rint", "fix", "spacing")
    },
    **{f"cmath.{name}": (f"cmath.{name}(s + 1j * t)",) for name in ("isnan", "isinf", "isfinite")},
    **{
        f"math.{name}": (f"math.{name}(s)",) for name in ("floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "ulp")
    },
    **{
        f"np.{name}": (f"np.{name}(A), np.{name}(A, axis=0)",)
        for name in ("argmax", "argmin", "nanargmax", "nanargmin", "any", "all", "count_nonzero")
    },
    **{f".{name}": (f"A.{name}(), A.{name}(axis=0)",) for name in ("argmax", "argmin", "any", "all")},
    **{
        f"np.{name}": (f"np.{name}(i, k)",)
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm")
    },
    **{
        f"np.{name}.outer": (f"np.{name}.outer(i, i)",)
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm")
    },
    **{
        f"np.{name}.outer": (f"np.{name}.outer(x, q)",)
        for name in (
            "less",
            "less_equal",
            "greater",
            "greater_equal",
            "equal",
            "not_equal",
            "logical_and",
            "logical_or",
            "logical_xor",
            "floor_divide",
        )
    },
    **{f"np.{name}": (f"np.{name}(s), np.{name}(x[0])",) for name in ("int8", "int16", "int32", "int64", "bool")},
    **{f"np.{name}": (f"np.{name}(sp)",) for name in ("uint8", "uint16", "uint32", "uint64")},
    **{f"np.{name}": (f"np.{name}(k + 3)",) for name in ("bartlett", "blackman", "hamming", "hanning")},
    "np.invert": ("np.invert(i), ~m",),
    "np.floor_divide": ("np.floor_divide(x, yp), x // 0.7",),
    "np.isclose": ("np.isclose(x, y)",),
    "np.allclose": ("np.allclose(x, y)",),
    "np.array_equal": ("np.array_equal(x, x), np.array_equal(x, A), np.array_equal(x, A, True)",),
    "np.round": ("np.round(x), np.round(A, 1), np.round(s)",),
    "np.around": ("np.around(x, decimals=1)",),
    ".round": ("x.round(), A.round(1)",),
    "scipy.special.round": ("scipy.special.round(x)",),
    "builtins.int": ("int(s), int(x[0])",),
    "builtins.bool": ("bool(s)",),
    "operator": (
        "operator.lt(s, t), operator.le(x, y), operator.gt(x, y), operator.ge(x, y), operator.eq(x, y)",
        "operator.ne(x, y), operator.floordiv(x, 0.7)",
    ),
    "np.logical_or.reduce": ("np.logical_or.reduce(A > 0)",),
    "np.logical_and.reduce": ("np.logical_and.reduce(A > 0)",),
    "np.linalg.matrix_rank": ("np.linalg.matrix_rank(M)",),
    "np.zeros": ("np.zeros(k), np.zeros((2, 3))",),
    "np.ones": ("np.ones(k)",),
    "np.empty": ("np.empty((k, 0))",),
    "np.ndarray": ("np.ndarray((k, 0)), np.ndarray((0, k), float, None, 0, None, 'C')",),
    "np.empty_like": ("np.empty_like(E)",),
    "np.eye": ("np.eye(k), np.eye(2, 3)",),
    "np.identity": ("np.identity(k)",),
    "np.tri": ("np.tri(k), np.tri(2, 3, 1)",),
    "np.indices": ("np.indices((2, 3))",),
    "np.argsort": ("np.argsort(x), np.argsort(A, axis=0)",),
    ".argsort": ("x.argsort()",),
    "np.argpartition": ("np.argpartition(l, 2)[2]",),
    ".argpartition": ("l.argpartition(2)[2]",),
    "np.argwhere": ("np.argwhere(A > 0)",),
    "np.searchsorted": ("np.searchsorted(np.sort(l), x)",),
    ".searchsorted": ("np.sort(l).searchsorted(x)",),
    "np.digitize": ("np.digitize(x, np.array([-0.5, 0.5]))",),
    "np.lexsort": ("np.lexsort((x, y))",),
    "np.fft.fftfreq": ("np.fft.fftfreq(k + 3)",),
    "np.fft.rfftfreq": ("np.fft.rfftfreq(k + 3)",),
}
