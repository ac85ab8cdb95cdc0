"""A helper that raises what a store would raise, where nobody needs its result."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def check_stored(place: npt.ArrayLike, value: npt.ArrayLike) -> None:
    """Raise what NumPy raises for a value that can't be stored in a place of an array."""
    target, shape = np.shape(place), np.shape(value)
    lead = len(shape) - len(target)
    extra, own = shape[: max(lead, 0)], shape[max(lead, 0) :]
    fits = zip(reversed(own), reversed(target), strict=False)
    if any(n != 1 for n in extra) or any(n not in (1, m) for n, m in fits):
        texts = [str(one).replace(" ", "") for one in (shape, target)]
        raise ValueError(f"could not broadcast input array from shape {texts[0]} into shape {texts[1]}")
