"""Hand tracking: how far measured points are from the surface of a hand of bones, which are posed by 26 numbers.

Where `us` is given, a point belongs to a triangle of the surface, at barycentric coordinates of its own; elsewhere to
a vertex. All points move by the same change of their own two coordinates: as no other point depends on these, two
columns hold what the Jacobian has by all coordinates.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.evaluation import Evaluation, compiled, listed

FINGERS = 5


def posed_angles(theta, bones):
    """Three angles for each bone: a finger bends at its three joints, and turns at the first."""
    angles = np.zeros((bones, 3))
    k, bone = 6, 2
    for _ in range(FINGERS):
        angles[bone, 0], angles[bone, 1] = theta[k], theta[k + 1]
        angles[bone + 1, 0], angles[bone + 2, 0] = theta[k + 2], theta[k + 3]
        k, bone = k + 4, bone + 4
    return angles


def rotation(angles):
    """About x by the first angle, then about y by the last, then about z by the second."""
    c, s = np.cos(angles), np.sin(angles)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, c[0], -s[0]], [0.0, s[0], c[0]]])
    about_y = np.array([[c[2], 0.0, s[2]], [0.0, 1.0, 0.0], [-s[2], 0.0, c[2]]])
    about_z = np.array([[c[1], -s[1], 0.0], [s[1], c[1], 0.0], [0.0, 0.0, 1.0]])
    return about_z @ about_y @ about_x


def about_axis(w):
    """The rotation about w by its length; none if that is hardly anything."""
    angle = np.sqrt(np.sum(w**2))
    if angle < 1e-4:
        return np.eye(3)
    x, y, z = w / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross


def vertices(theta, parents, relatives, inverses, positions, weights, mirrored):
    """The surface: each vertex is moved by its bones, by its weights for these, and the whole hand by a rotation."""
    angles = posed_angles(theta, len(parents))
    placed = np.empty((len(parents), 4, 4))
    moved = np.zeros((len(positions), 3))
    for bone in range(len(parents)):
        own = np.eye(4)
        own[:3, :3] = rotation(angles[bone])
        own = relatives[bone] @ own
        placed[bone] = own if parents[bone] == -1 else placed[parents[bone]] @ own
        moved += weights[:, bone, None] * (positions @ (placed[bone] @ inverses[bone]).T)[:, :3]
    if mirrored:
        moved[:, 0] *= -1.0
    return moved @ about_axis(theta[:3]).T + theta[3:6]


def errors(theta, points, corners, *model):
    return points - vertices(theta, *model)[corners]


def errors_within(theta, change, us, points, corners, *model):
    surface = vertices(theta, *model)
    u, v = us[:, :1] + change[0], us[:, 1:] + change[1]
    a, b, c = surface[corners[:, 0]], surface[corners[:, 1]], surface[corners[:, 2]]
    return points - (u * a + v * b + (1.0 - u - v) * c)


slopes = srcad.jacfwd(errors)
slopes_within = srcad.jacfwd(errors_within, argnums=("theta", "change"))
compiled_errors, compiled_errors_within = compiled(errors), compiled(errors_within)


def objective(theta, us, *data):
    if us.size == 0:
        return compiled_errors(theta, *data)
    return compiled_errors_within(theta, np.zeros(2), us, *data)


def jacobian(theta, us, *data):
    if us.size == 0:
        return slopes(theta, *data)
    by_theta, by_change = slopes_within(theta, np.zeros(2), us, *data)
    return np.concatenate([by_change, by_theta], axis=2)


def arguments(given):
    data, model = given["data"], given["data"]["model"]
    us, correspondences = np.array(given["us"]), np.array(data["correspondences"])
    corners = np.array(model["triangles"])[correspondences] if us.size else correspondences
    names = ("base_relatives", "inverse_base_absolutes", "base_positions", "weights")
    arrays = (np.array(model[name]) for name in names)
    theta, points = np.array(given["theta"]), np.array(data["points"])
    return theta, us, points, corners, np.array(model["parents"]), *arrays, model["is_mirrored"]


FUNCTIONS = {
    "objective": Evaluation(arguments, objective, lambda found: listed(found.ravel())),
    "jacobian": Evaluation(arguments, jacobian, lambda found: listed(found.reshape(-1, found.shape[2]))),
}
