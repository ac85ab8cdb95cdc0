"""Interpolation of scipy.interpolate between points that lie anywhere.

Which points surround a place, or are the nearest to it, rests; what is between them moves with places, points, values.
"""

from __future__ import annotations

import numpy as np
from scipy import interpolate, linalg, spatial

from srcad.definitions.words import entry, fixed, floats, found, held, nearest, part, refused, run

__all__ = ["LinearNDInterpolator", "NearestNDInterpolator", "Rbf", "griddata"]


def coordinates(points):
    """Points as rows: of an array, or of a tuple with an array for each coordinate."""
    if isinstance(points, tuple):
        return np.stack(np.broadcast_arrays(*[np.asarray(floats(p)) for p in points]), axis=-1)
    points = np.asarray(floats(points))
    return points[:, None] if np.ndim(points) == 1 else points


def places_of(args, dim):
    """The places of a call: an array with coordinates along the last axis, or an array for each coordinate."""
    xi = args[0] if len(args) == 1 else tuple(args)
    if isinstance(xi, (tuple, list)):
        xi = tuple(xi)
        return coordinates(xi)
    xi = np.asarray(floats(xi))
    return np.reshape(xi, (*np.shape(xi), 1)) if dim == 1 else xi


def spread_of(points):
    """Of each coordinate the middle and the range, by which points are made comparable."""
    points = held(points)
    spread = np.max(points, axis=0) - np.min(points, axis=0)
    return np.mean(points, axis=0), np.where(spread > 0.0, spread, 1.0)


def at_places(values, value, places, out, fill):
    """Values in the shape of the places; `out`: where there is none."""
    if out is not None:
        value = np.where(np.reshape(out, (-1, *[1 for _ in range(np.ndim(values) - 1)])), fill, value)
    return np.reshape(value, (*np.shape(places)[:-1], *np.shape(values)[1:]))


class LinearNDInterpolator:
    """A function that is linear on each simplex of a triangulation of its points."""

    def __init__(self, points, values, fill_value=np.nan, rescale=False):
        self.points, self.values = coordinates(points), np.asarray(floats(values))
        self.fill_value, self.rescale = fill_value, rescale

    def __call__(self, *args):
        places = places_of(args, self.points.shape[1])
        middle, spread = spread_of(self.points) if self.rescale else (0.0, 1.0)
        triangulation = run(spatial.Delaunay, (held(self.points) - middle) / spread)
        corners = part("int32", 2, triangulation, "simplices")
        flat = np.reshape(places, (-1, self.points.shape[1]))
        inside = found("int32", 1, triangulation.find_simplex, (held(flat) - middle) / spread)
        return on_simplices(self.points, self.values, corners, inside, flat, places, self.fill_value)


def on_simplices(points, values, corners, inside, flat, places, fill):
    """By barycentric coordinates, in which a place is the mean of the corners around it."""
    around = points[corners[np.maximum(inside, 0)]]
    last = around[:, -1]
    edges = np.swapaxes(around[:, :-1] - last[:, None, :], 1, 2)
    shares = np.linalg.solve(edges, (flat - last)[:, :, None])[:, :, 0]
    shares = np.concatenate([shares, 1.0 - np.sum(shares, axis=1, keepdims=True)], axis=1)
    heights = values[corners[np.maximum(inside, 0)]]
    shares = np.reshape(shares, (*np.shape(shares), *[1 for _ in range(np.ndim(values) - 1)]))
    return at_places(values, np.sum(shares * heights, axis=1), places, inside < 0, fill)


def given_linear(self, *args):
    """Of one from outside of the program."""
    if self.scale is not None:
        refused("a LinearNDInterpolator from outside of the program with rescale=True", "make it in the function.")
    if self.is_complex:
        refused("a LinearNDInterpolator of complex values", "interpolate the real and the imaginary part.")
    points, values = np.asarray(self.points), np.reshape(self.values, (len(self.points), *self.values_shape))
    places = places_of(args, points.shape[1])
    flat = np.reshape(places, (-1, points.shape[1]))
    inside = found("int32", 1, spatial.Delaunay.find_simplex, self.tri, held(flat))
    return on_simplices(points, values, self.tri.simplices, inside, flat, places, self.fill_value)


class NearestNDInterpolator:
    """The value at the nearest point."""

    def __init__(self, x, y, rescale=False, tree_options=None):
        if tree_options is not None:
            refused("a NearestNDInterpolator with tree_options=", "leave it out.")
        self.points, self.values, self.rescale = coordinates(x), np.asarray(floats(y)), rescale

    def __call__(self, *args):
        places = places_of(args, self.points.shape[1])
        middle, spread = spread_of(self.points) if self.rescale else (0.0, 1.0)
        flat = (np.reshape(held(places), (-1, self.points.shape[1])) - middle) / spread
        near = nearest((held(self.points) - middle) / spread, flat, 1, 2.0)
        return at_places(self.values, self.values[near], places, None, np.nan)


def given_nearest(self, *args):
    """Of one from outside of the program."""
    if self.scale is not None:
        refused("a NearestNDInterpolator from outside of the program with rescale=True", "make it in the function.")
    places = places_of(args, self.points.shape[1])
    near = nearest(self.points, np.reshape(held(places), (-1, self.points.shape[1])), 1, 2.0)
    return at_places(self.values, self.values[near], places, None, np.nan)


def griddata(points, values, xi, method="linear", fill_value=np.nan, rescale=False):
    points = coordinates(points)
    dim = fixed(points.shape[1])
    if dim == 1:
        return on_a_line(points[:, 0], np.asarray(floats(values)), xi, method, fill_value)
    if method == "nearest":
        return NearestNDInterpolator(points, values, rescale)(xi)
    if method == "linear":
        return LinearNDInterpolator(points, values, fill_value, rescale)(xi)
    refused(f"griddata of several dimensions by the method {method}", "use 'linear', or an RBFInterpolator.")


def on_a_line(points, values, xi, method, fill):
    if isinstance(xi, tuple):
        (xi,) = xi
    beyond = "extrapolate" if method == "nearest" else fill
    made = interpolate.interp1d(points, values, kind=method, axis=0, bounds_error=False, fill_value=beyond)
    return made(xi)


# ---- radial functions, as Rbf has them

RADIAL = {
    "multiquadric": lambda square, e: np.sqrt(square / e**2 + 1.0),
    "inverse": lambda square, e: 1.0 / np.sqrt(square / e**2 + 1.0),
    "gaussian": lambda square, e: np.exp(-square / e**2),
    "linear": lambda square, e: root(square),
    "cubic": lambda square, e: square * root(square),
    "quintic": lambda square, e: square**2 * root(square),
    "thin_plate": lambda square, e: 0.5 * square * np.log(np.where(square > 0.0, square, 1.0)),
}


def root(square):
    """A square root that rests at 0."""
    apart = square > 0.0
    return np.where(apart, np.sqrt(np.where(apart, square, 1.0)), 0.0)


class Rbf:
    """A sum of radial functions through points, whose coordinates and values are given one after the other."""

    def __init__(self, *args, function="multiquadric", epsilon=None, smooth=0.0, norm="euclidean", mode="1-D"):
        if norm != "euclidean" or mode != "1-D":
            refused("Rbf with norm= or mode=", "use an RBFInterpolator.")
        if not isinstance(function, str):
            refused("Rbf with a function as its kernel", "name one of SciPy's.")
        self.points = np.stack([np.ravel(np.asarray(floats(a))) for a in args[:-1]], axis=1)
        self.kernel = entry(RADIAL, function, "the function")
        n = len(self.points)
        if epsilon is None:
            epsilon = mean_distance(self.points)
        self.epsilon = epsilon
        matrix = self.kernel(squares(self.points, self.points), self.epsilon) - np.eye(n) * smooth
        self.nodes = linalg.solve(matrix, np.ravel(np.asarray(floats(args[-1]))))

    def __call__(self, *args):
        places = np.stack([np.ravel(np.asarray(floats(a))) for a in args], axis=1)
        value = self.kernel(squares(places, self.points), self.epsilon) @ self.nodes
        return np.reshape(value, np.shape(args[0]))


def squares(a, b):
    return np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=-1)


def mean_distance(points):
    """About how far points are apart: of the box around them, the part of each."""
    edges = np.max(points, axis=0) - np.min(points, axis=0)
    flat = held(edges) == 0.0
    return (np.prod(np.where(flat, 1.0, edges)) / len(points)) ** (1.0 / np.sum(~flat))


METHODS = {"LinearNDInterpolator.__call__": given_linear, "NearestNDInterpolator.__call__": given_nearest}
