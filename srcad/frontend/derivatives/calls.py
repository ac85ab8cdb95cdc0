"""Calls of srcad's own functions, of derivatives, and of functions with rules of their own."""

from __future__ import annotations

from typing import Any

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.reading import Applies, Derivative, LinearMapValue, Makes, Maps, meaning_of
from srcad.frontend.core.values import Value
from srcad.frontend.derivatives.boundary import BOUNDARIES
from srcad.frontend.derivatives.custom import call_custom, has_rules
from srcad.frontend.derivatives.derivatives import apply, call_derivative, make
from srcad.frontend.derivatives.events import EVENTS
from srcad.frontend.derivatives.fits import FITS
from srcad.frontend.derivatives.iterations import ITERATIONS
from srcad.frontend.derivatives.linear_maps import call_map, make_map
from srcad.frontend.derivatives.older import OLDER
from srcad.frontend.derivatives.scipy import READERS, call_scipy
from srcad.frontend.library.calls import handled

SOLVERS = {**READERS, **FITS, **EVENTS, **ITERATIONS, **BOUNDARIES, **OLDER}


def derivative(m: Machine, function: Derivative, given: Arguments) -> Value:
    """A call of srcad.grad(f)."""
    return call_derivative(m, function, given.args, given.keywords)


def linear_map(m: Machine, function: LinearMapValue, given: Arguments) -> Value:
    """A call of what srcad.vjp(f, x) gave."""
    return call_map(m, function, given.args, given.keywords)


def with_rules(m: Machine, f: object, given: Arguments) -> Value | None:
    """A function with rules of its own."""
    return call_custom(m, f, given.args, given.keywords) if has_rules(f) else None


def own(m: Machine, f: Any, given: Arguments) -> Value | None:
    """A function of srcad."""
    meaning = meaning_of(f)
    match meaning:
        case None:
            return None
        case Makes():
            return make(m, f, given.args, given.keywords)
        case Applies():
            return apply(m, f, meaning, given.args, given.keywords)
        case Maps():
            return make_map(m, f.__name__, meaning, given.args, given.keywords)
    return handled(m, meaning.reader, given.args, given.keywords)


def solver(m: Machine, f: object, given: Arguments) -> Value | None:
    """A solver of SciPy."""
    return call_scipy(m, f, given.args, given.keywords, SOLVERS)
