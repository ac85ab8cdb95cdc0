"""Calls of `numpy.polynomial`: each function for each family."""

from __future__ import annotations

PREFIXES = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
CALLS = {
    "val": "{f}(xc, l), {f}(s, y), {f}(xc, A), {f}(q, A, tensor=False), {f}(x, o)",
    "val2d": "{f}(xc, yc, A)",
    "val3d": "{f}(xc, yc, w, T)",
    "grid2d": "{f}(xc, q, A)",
    "grid3d": "{f}(xc, yc, s, T)",
    "vander": "{f}(xc, 3), {f}(A, 1), {f}(xc, 0) * s",
    "vander2d": "{f}(xc, yc, [1, 2])",
    "vander3d": "{f}(xc, yc, w, (1, 1, 1))",
    "fit": "{f}(np.array([-0.7, -0.2, 0.1, 0.5, 0.8]), l, 2), {f}(lc, lp, 1, w=lu), {f}(xc, A, 1)",
    "der": "{f}(l), {f}(l, 2, 1.5), {f}(A, axis=1), {f}(x, 5)",
    "int": "{f}(x), {f}(x, 2, [s, 1.0], 0.3, 2.0), {f}(A, axis=1), {f}(x, k=s, lbnd=t)",
    "add": "{f}(x, l), {f}(l, x), {f}(x, s)",
    "sub": "{f}(x, l), {f}(l, x)",
    "mul": "{f}(x, q), {f}(x, s)",
    "mulx": "{f}(x)",
    "pow": "{f}(x, 2), {f}(x, 1), {f}(x, 0) * s",
    "fromroots": "{f}(x)",
    "roots": "np.sum({f}(np.array([sp, -3.0 * tp, -2.0, 1.0])) ** 2).real",
}
OF_POWERS = {"valfromroots": "{f}(x, q), {f}(s, y)"}
OF_OTHERS = {"2poly": "{f}(l)"}


def _calls() -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    for family, prefix in PREFIXES.items():
        where = f"np.polynomial.{family}."
        for ending, text in {**CALLS, **(OF_POWERS if prefix == "poly" else OF_OTHERS)}.items():
            made[f"{where}{prefix}{ending}"] = (text.format(f=f"{where}{prefix}{ending}"),)
        if prefix != "poly":
            made[f"{where}poly2{prefix}"] = (f"{where}poly2{prefix}(l)",)
    return made


SERIES_CALLS = _calls()
