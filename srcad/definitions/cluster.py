"""scipy.cluster.vq: observations by their spread, and how far they are from the entries of a code book."""

from __future__ import annotations

import numpy as np

from srcad.definitions.words import floats, held, nearest

__all__ = ["vq", "whiten"]
METHODS: dict[str, object] = {}


def whiten(obs, check_finite=True):
    obs = np.asarray(floats(obs))
    spread = np.std(obs, axis=0)
    return obs / np.where(spread == 0.0, 1.0, spread)


def vq(obs, code_book, check_finite=True):
    """Which entry is the nearest rests; how far it is moves, and rests where it is met."""
    obs, book = np.asarray(floats(obs)), np.asarray(floats(code_book))
    rows = obs[:, None] if np.ndim(obs) == 1 else obs
    entries = book[:, None] if np.ndim(book) == 1 else book
    codes = nearest(held(entries), held(rows), 1, 2.0)
    square = np.sum((rows - entries[codes]) ** 2, axis=1)
    apart = square > 0.0
    return codes, np.where(apart, np.sqrt(np.where(apart, square, 1.0)), 0.0)
