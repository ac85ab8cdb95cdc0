"""Polynomials as objects: `np.poly1d`, and the classes of `numpy.polynomial`.

What was made outside of the program has the same attributes as what is made in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.numpy import polynomials, series
from srcad.definitions.words import refused

Numbers = Any  # a number or an array


class Expansion:
    """A series of polynomials of a family, in x mapped from `domain` to `window`."""

    family = ""
    symbol = "x"
    domain: Any = (-1.0, 1.0)  # where none is given, that of the class
    window: Any = (-1.0, 1.0)

    def __init__(self, coef: Numbers, domain: Any = None, window: Any = None, symbol: str = "x") -> None:
        self.coef = np.atleast_1d(coef) + 0.0
        if domain is not None:
            self.domain = domain
        if window is not None:
            self.window = window
        if symbol != "x":
            self.symbol = symbol

    def mapparms(self) -> tuple[Numbers, Numbers]:
        (low, high), (bottom, top) = self.domain, self.window
        return (high * bottom - low * top) / (high - low), (top - bottom) / (high - low)

    def __call__(self, arg: Numbers) -> Numbers:
        offset, scale = self.mapparms()
        return series.val(self.family, offset + scale * arg, self.coef)

    def _with(self, coef: Numbers) -> Expansion:
        return self.__class__(coef, self.domain, self.window)

    def _coefficients(self, other: Any) -> Numbers:
        return other.coef if isinstance(other, Expansion) else other

    def __neg__(self) -> Expansion:
        return self._with(-self.coef)

    def __pos__(self) -> Expansion:
        return self

    def __add__(self, other: Any) -> Expansion:
        return self._with(series.add(self.family, self.coef, self._coefficients(other)))

    def __radd__(self, other: Any) -> Expansion:
        return self._with(series.add(self.family, other, self.coef))

    def __sub__(self, other: Any) -> Expansion:
        return self._with(series.sub(self.family, self.coef, self._coefficients(other)))

    def __rsub__(self, other: Any) -> Expansion:
        return self._with(series.sub(self.family, other, self.coef))

    def __mul__(self, other: Any) -> Expansion:
        return self._with(series.mul(self.family, self.coef, self._coefficients(other)))

    def __rmul__(self, other: Any) -> Expansion:
        return self._with(series.mul(self.family, other, self.coef))

    def __truediv__(self, other: Numbers) -> Expansion:
        return self._with(self.coef / other)

    def __pow__(self, other: int) -> Expansion:
        return self._with(series.power(self.family, self.coef, other))

    def __len__(self) -> int:
        return len(self.coef)

    def degree(self) -> int:
        return len(self.coef) - 1

    def copy(self) -> Expansion:
        return self._with(self.coef)

    def deriv(self, m: int = 1) -> Expansion:
        return self._with(series.der(self.family, self.coef, m, self.mapparms()[1]))

    def integ(self, m: int = 1, k: Any = (), lbnd: Any = None) -> Expansion:
        offset, scale = self.mapparms()
        bound = 0 if lbnd is None else offset + scale * lbnd
        return self._with(series.integ(self.family, self.coef, m, k, bound, 1.0 / scale))

    def roots(self) -> Numbers:
        offset, scale = self.mapparms()
        return (series.roots(self.family, self.coef) - offset) / scale

    def linspace(self, n: int = 100, domain: Any = None) -> tuple[Numbers, Numbers]:
        low, high = self.domain if domain is None else domain
        places = np.linspace(low, high, n)
        return places, self(places)

    def convert(self, **_: Any) -> Expansion:
        refused("the conversion of a series to another family", "use the functions cheb2poly, poly2cheb and the like.")


class Polynomial(Expansion):
    family = "polynomial"


class Chebyshev(Expansion):
    family = "chebyshev"


class Legendre(Expansion):
    family = "legendre"


class Hermite(Expansion):
    family = "hermite"


class HermiteE(Expansion):
    family = "hermite_e"


class Laguerre(Expansion):
    family = "laguerre"
    domain = (0.0, 1.0)
    window = (0.0, 1.0)


class Poly1d:
    """np.poly1d: the highest power first."""

    def __init__(self, c_or_r: Numbers, r: bool = False, variable: str = "x") -> None:
        given = np.atleast_1d(c_or_r) + 0.0
        self.coeffs = polynomials.without_leading(polynomials.poly(given) if r else given)
        self.variable = variable

    def __call__(self, val: Numbers) -> Numbers:
        return np.polyval(self.coeffs, val)

    def _of(self, other: Any) -> Numbers:
        return other.coeffs if isinstance(other, Poly1d) else other

    @property
    def c(self) -> Numbers:
        return self.coeffs

    @property
    def coef(self) -> Numbers:
        return self.coeffs

    @property
    def coefficients(self) -> Numbers:
        return self.coeffs

    @property
    def order(self) -> int:
        return len(self.coeffs) - 1

    @property
    def o(self) -> int:
        return len(self.coeffs) - 1

    @property
    def roots(self) -> Numbers:
        return polynomials.roots(self.coeffs)

    @property
    def r(self) -> Numbers:
        return polynomials.roots(self.coeffs)

    def __neg__(self) -> Poly1d:
        return Poly1d(-self.coeffs)

    def __add__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polyadd(self.coeffs, self._of(other)))

    def __radd__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polyadd(other, self.coeffs))

    def __sub__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polysub(self.coeffs, self._of(other)))

    def __rsub__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polysub(other, self.coeffs))

    def __mul__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polymul(self.coeffs, self._of(other)))

    def __rmul__(self, other: Any) -> Poly1d:
        return Poly1d(polynomials.polymul(other, self.coeffs))

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Poly1d):
            quotient, rest = polynomials.polydiv(self.coeffs, other.coeffs)
            return Poly1d(quotient), Poly1d(rest)
        return Poly1d(self.coeffs / other)

    def __pow__(self, val: int) -> Poly1d:
        result = Poly1d([1.0])
        for _ in range(val):
            result = result * self
        return result

    def __len__(self) -> int:
        return len(self.coeffs) - 1

    def __getitem__(self, val: int) -> Numbers:
        return self.coeffs[len(self.coeffs) - 1 - val]

    def deriv(self, m: int = 1) -> Poly1d:
        return Poly1d(np.polyder(self.coeffs, m))

    def integ(self, m: int = 1, k: Any = None) -> Poly1d:
        return Poly1d(polynomials.polyint(self.coeffs, m, k))
