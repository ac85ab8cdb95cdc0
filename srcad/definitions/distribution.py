"""What a distribution is: its formulas for the location 0 and the scale 1, and the domain of its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Distribution:
    """Formulas of a distribution, each of a place (or a probability) and the shape parameters.

    logpdf, pdf    one of the two; those that are missing here follow from those that stand here
    ppf, isf       at a probability from 0 to 1
    lower, upper   the ends of the support; `ends` where they depend on the shape parameters
    open           whether the ends don't belong to it
    infinite       whether probabilities hold at infinite places
    inside         a place inside the support, at which all formulas are smooth; `within` where it depends on them
    shapes         of each shape parameter: "p" for one that must be positive, "n" not negative, "r" real
    valid          what else must hold of the shape parameters
    mean, var      of the shape parameters alone, as is the entropy
    """

    logpdf: Formula | None = None
    pdf: Formula | None = None
    cdf: Formula | None = None
    sf: Formula | None = None
    logcdf: Formula | None = None
    logsf: Formula | None = None
    ppf: Formula | None = None
    isf: Formula | None = None
    lower: float = -math.inf
    upper: float = math.inf
    ends: Formula | None = None
    open: bool = False
    infinite: bool = True
    inside: float = 1.0
    within: Formula | None = None
    shapes: str = ""
    valid: Formula | None = None
    mean: Formula | None = None
    var: Formula | None = None
    entropy: Formula | None = None


@dataclass(frozen=True)
class Counts:
    """Formulas of a distribution of whole numbers.

    pmf, logpmf   one of the two
    lower, upper  the ends of the support; `ends` where they depend on the shape parameters
    shapes        of each shape parameter: "p", "n", "r" as above, "u" for one from 0 to 1, "i" for a whole number >= 0
    """

    logpmf: Formula | None = None
    pmf: Formula | None = None
    cdf: Formula | None = None
    sf: Formula | None = None
    lower: float = 0.0
    upper: float = math.inf
    ends: Formula | None = None
    shapes: str = ""
    valid: Formula | None = None
    mean: Formula | None = None
    var: Formula | None = None
