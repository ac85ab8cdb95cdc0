"""Which function of `numpy.polynomial` is which program of `series`, for which family."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from numpy import polynomial

from srcad.definitions.numpy import series

PREFIXES = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
ENDINGS: dict[str, Callable[..., Any]] = {
    "val": series.val,
    "val2d": series.val2d,
    "val3d": series.val3d,
    "grid2d": series.grid2d,
    "grid3d": series.grid3d,
    "vander": series.vander,
    "vander2d": series.vander2d,
    "vander3d": series.vander3d,
    "fit": series.fit,
    "der": series.der,
    "int": series.integ,
    "add": series.add,
    "sub": series.sub,
    "mul": series.mul,
    "mulx": series.mulx,
    "pow": series.power,
    "fromroots": series.fromroots,
    "roots": series.roots,
    "2poly": series.to_powers,
    "valfromroots": series.valfromroots,
}


def _functions() -> Iterator[tuple[Hashable, tuple[Callable[..., Any], str]]]:
    for family, prefix in PREFIXES.items():
        module = getattr(polynomial, family)
        for ending, program in ENDINGS.items():
            found = getattr(module, prefix + ending, None)
            if found is not None:
                yield found, (program, family)
        converted = getattr(module, f"poly2{prefix}", None)
        if converted is not None:
            yield converted, (series.from_powers, family)


SERIES: Mapping[Hashable, tuple[Callable[..., Any], str]] = MappingProxyType(dict(_functions()))
