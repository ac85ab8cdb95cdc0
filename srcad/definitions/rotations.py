"""scipy.spatial.transform.Rotation: rotations as quaternions (x, y, z, w), one or several along the first axes."""

from __future__ import annotations

import math

import numpy as np

from srcad.definitions.words import floats


def times(p, q):
    """The product of quaternions: q first."""
    x, y, z, w = p[..., 0], p[..., 1], p[..., 2], p[..., 3]
    a, b, c, d = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    return np.stack(
        [
            w * a + d * x + y * c - z * b,
            w * b + d * y + z * a - x * c,
            w * c + d * z + x * b - y * a,
            w * d - x * a - y * b - z * c,
        ],
        axis=-1,
    )


def normalised(q):
    return q / np.linalg.norm(q, axis=-1, keepdims=True)


def radians(angle, degrees):
    return np.deg2rad(floats(angle)) if degrees else floats(angle)


def quat_of(self):
    """The quaternions of any rotation."""
    if isinstance(self, TurnedBy):
        return self.quat
    return self._quat[0] if self._single else self._quat


class TurnedBy:
    """A rotation, or several of them."""

    def __init__(self, quat):
        self.quat = quat

    @property
    def single(self):
        return np.ndim(self.quat) == 1

    def __len__(self):
        return len(self.quat)

    def __mul__(self, other):
        return product(self, other)

    def __getitem__(self, k):
        return TurnedBy(self.quat[k])

    def apply(self, vectors, inverse=False):
        return apply(self, vectors, inverse)

    def inv(self):
        return inverse_of(self)

    def magnitude(self):
        return magnitude(self)

    def as_matrix(self):
        return as_matrix(self)

    def as_quat(self, canonical=False, scalar_first=False):
        return as_quat(self, canonical, scalar_first)

    def as_rotvec(self, degrees=False):
        return as_rotvec(self, degrees)

    def as_euler(self, seq, degrees=False, suppress_warnings=False):
        return as_euler(self, seq, degrees)


def from_quat(quat, scalar_first=False):
    q = np.asarray(floats(quat))
    if scalar_first:
        q = np.concatenate([q[..., 1:], q[..., :1]], axis=-1)
    return TurnedBy(normalised(q))


def from_rotvec(rotvec, degrees=False):
    v = np.asarray(radians(rotvec, degrees))
    squared = np.sum(v**2, axis=-1, keepdims=True)
    small = squared <= 1e-6
    angle = np.sqrt(np.where(small, 1.0, squared))
    scale = np.where(small, 0.5 - squared / 48.0 + squared**2 / 3840.0, np.sin(angle / 2.0) / angle)
    cosine = np.where(small, 1.0 - squared / 8.0 + squared**2 / 384.0, np.cos(angle / 2.0))
    return TurnedBy(np.concatenate([scale * v, cosine], axis=-1))


def about(axis, angle):
    """Quaternions of rotations about one of the axes."""
    sine, cosine = np.sin(angle / 2.0), np.cos(angle / 2.0)
    zero = 0.0 * sine
    return np.stack([sine if axis == k else zero for k in (0, 1, 2)] + [cosine], axis=-1)


def from_euler(seq, angles, degrees=False):
    axes = [{"x": 0, "y": 1, "z": 2}[letter] for letter in seq.lower()]
    intrinsic = seq.isupper()
    angles = radians(angles, degrees)
    if len(axes) == 1:
        if np.ndim(angles) == 2:
            angles = angles[:, 0]
        return TurnedBy(about(axes[0], angles))
    angles = np.asarray(angles)
    q = about(axes[0], angles[..., 0])
    for k in [*range(1, len(axes))]:
        step = about(axes[k], angles[..., k])
        q = times(q, step) if intrinsic else times(step, q)
    return TurnedBy(q)


def orthogonal(m):
    """The rotation that is nearest to a matrix which is one up to rounding, with its derivatives."""
    for _ in (0, 1):
        m = 0.5 * (m + np.swapaxes(np.linalg.inv(m), -1, -2))
    return m


def from_matrix(matrix, assume_valid=False):
    m = np.asarray(floats(matrix))
    if not assume_valid:
        m = orthogonal(m)
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    sizes = np.stack([m[..., 0, 0], m[..., 1, 1], m[..., 2, 2], trace], axis=-1)
    choice = np.argmax(sizes, axis=-1)
    parts = [m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1], 1.0 + trace]
    q = np.stack(parts, axis=-1)
    for i in (0, 1, 2):
        j, k = (i + 1) % 3, (i + 2) % 3
        named = {
            i: 1.0 - trace + 2.0 * m[..., i, i],
            j: m[..., j, i] + m[..., i, j],
            k: m[..., k, i] + m[..., i, k],
            3: m[..., k, j] - m[..., j, k],
        }
        other = np.stack([named[0], named[1], named[2], named[3]], axis=-1)
        q = np.where(np.expand_dims(choice == i, -1), other, q)
    return TurnedBy(normalised(q))


def identity(num=None):
    one = np.array([0.0, 0.0, 0.0, 1.0])
    return TurnedBy(one if num is None else np.tile(one, (num, 1)))


def as_matrix(self):
    q = quat_of(self)
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    first = [x * x - y * y - z * z + w * w, 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)]
    second = [2.0 * (x * y + z * w), -x * x + y * y - z * z + w * w, 2.0 * (y * z - x * w)]
    third = [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), -x * x - y * y + z * z + w * w]
    return np.stack([np.stack(row, axis=-1) for row in (first, second, third)], axis=-2)


def as_quat(self, canonical=False, scalar_first=False):
    q = quat_of(self)
    if canonical:
        q = positive(q)
    return np.concatenate([q[..., 3:], q[..., :3]], axis=-1) if scalar_first else q


def positive(q):
    """Of the two quaternions of a rotation, the one whose real part isn't negative."""
    return np.where(q[..., 3:] < 0.0, -q, q)


def as_rotvec(self, degrees=False):
    q = positive(quat_of(self))
    v, w = q[..., :3], q[..., 3:]
    squared = np.sum(v**2, axis=-1, keepdims=True)
    small = squared <= 2.5e-7
    s = np.sqrt(np.where(small, 1.0, squared))
    u = squared / np.where(small, w, 1.0) ** 2
    near = 2.0 / np.where(small, w, 1.0) * (1.0 - u * (1.0 / 3.0 - u * (1.0 / 5.0 - u / 7.0)))
    vector = np.where(small, near, 2.0 * np.arctan2(s, w) / s) * v
    return np.rad2deg(vector) if degrees else vector


def as_euler(self, seq, degrees=False, suppress_warnings=False):
    q = quat_of(self)
    axes = [{"x": 0, "y": 1, "z": 2}[letter] for letter in seq.lower()]
    extrinsic = not seq.isupper()
    i, j, k = axes if extrinsic else axes[::-1]
    symmetric = i == k
    k = 3 - i - j if symmetric else k
    sign = (i - j) * (j - k) * (k - i) // 2
    if symmetric:
        a, b, c, d = q[..., 3], q[..., i], q[..., j], q[..., k] * sign
    else:
        a, b = q[..., 3] - q[..., j], q[..., i] + q[..., k] * sign
        c, d = q[..., j] + q[..., 3], q[..., k] * sign - q[..., i]
    middle = 2.0 * np.arctan2(np.hypot(c, d), np.hypot(a, b))
    half_sum, half_difference = np.arctan2(b, a), np.arctan2(d, c)
    first, third = half_sum - half_difference, half_sum + half_difference
    if not symmetric:
        third, middle = third * sign, middle - math.pi / 2.0
    ends = (first, third) if extrinsic else (third, first)
    angles = np.stack([wrapped(ends[0]), middle, wrapped(ends[1])], axis=-1)
    return np.rad2deg(angles) if degrees else angles


def wrapped(angle):
    """An angle between -pi and pi."""
    return np.where(angle < -math.pi, angle + 2.0 * math.pi, np.where(angle > math.pi, angle - 2.0 * math.pi, angle))


def apply(self, vectors, inverse=False):
    matrix, v = as_matrix(self), np.asarray(floats(vectors))
    if inverse:
        matrix = np.swapaxes(matrix, -1, -2)
    if np.ndim(matrix) == 2:
        return v @ matrix.T
    return np.sum(matrix * v[..., None, :], axis=-1)


def product(self, other):
    return TurnedBy(normalised(times(quat_of(self), quat_of(other))))


def inverse_of(self):
    q = quat_of(self)
    return TurnedBy(np.concatenate([-q[..., :3], q[..., 3:]], axis=-1))


def magnitude(self):
    q = quat_of(self)
    return 2.0 * np.arctan2(np.linalg.norm(q[..., :3], axis=-1), np.abs(q[..., 3]))


METHODS = {
    "Rotation.__mul__": product,
    "Rotation.apply": apply,
    "Rotation.inv": inverse_of,
    "Rotation.magnitude": magnitude,
    "Rotation.as_matrix": as_matrix,
    "Rotation.as_quat": as_quat,
    "Rotation.as_rotvec": as_rotvec,
    "Rotation.as_euler": as_euler,
}
STATIC = {
    "Rotation.from_quat": from_quat,
    "Rotation.from_rotvec": from_rotvec,
    "Rotation.from_euler": from_euler,
    "Rotation.from_matrix": from_matrix,
    "Rotation.identity": identity,
}
