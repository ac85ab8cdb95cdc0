"""Lists that start with nothing, grow in a loop, and are looked into there."""

import numpy as np
import pytest

import srcad
from tests.frontend import Programs, second_orders, tangents

programs = Programs()
PARENTS = np.array([-1, 0, 0, 1, 2, 1])
TREES = (np.array([-1, -1, 1, 0]), np.array([-1, 0]))


def angles(n, seed=0):
    return np.random.default_rng([seed, n]).normal(size=n)


def matrices(n, seed=0):
    return np.random.default_rng([seed, n]).normal(size=(n, 2, 2))


def joint(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.3 * angle], [s, c, 1.0], [0.0, 0.0, 1.0]])


@programs(angles(6), PARENTS, also=tuple((angles(len(tree)), tree) for tree in TREES))
def kinematics(q, parents):
    placed = []
    for bone in range(len(parents)):
        own = joint(q[bone])
        if parents[bone] < 0:
            placed.append(own)
        else:
            placed.append(placed[parents[bone]] @ own)
    return sum(np.sum(place[:2, 2] ** 2) for place in placed)


@programs(angles(6), PARENTS, also=((angles(2), TREES[1]),))
def by_an_expression(q, parents):
    placed = []
    for angle, parent in zip(q, parents):
        placed.append(joint(angle) if parent < 0 else placed[parent] @ joint(angle))
    return np.sum(np.array(placed)[:, :2, 2] ** 2)


@programs(angles(6), PARENTS)
def by_a_helper(q, parents):
    placed = []

    def base(bone):
        return np.eye(3) if parents[bone] < 0 else placed[parents[bone]]

    for bone in range(len(parents)):
        placed.append(base(bone) @ joint(q[bone]))
    return np.sum(placed[-1][:2] * placed[len(q) // 2][:2])


@programs(matrices(6), PARENTS)
def in_a_while(a, parents):
    out, k = [], 0
    while k < len(parents):
        out.append(a[k] if parents[k] < 0 else out[parents[k]] @ a[k])
        k += 1
    return np.sum(out[-1] * out[3])


@programs(matrices(6), PARENTS)
def of_pairs(a, parents):
    out = []
    for k in range(len(parents)):
        if parents[k] < 0:
            out.append((a[k], a[k, 0]))
        else:
            turn, shift = out[parents[k]]
            out.append((turn @ a[k], turn @ a[k, 0] + shift))
    return np.sum(out[-1][0] * out[3][1])


@programs(matrices(6), PARENTS)
def of_lists(a, parents):
    out = []
    for k in range(len(parents)):
        if parents[k] < 0:
            out.append([a[k, 0, 0], a[k, 1, 1]])
        else:
            p, q = out[parents[k]]
            out.append([np.sin(p) + q * a[k, 0, 1], p * q])
    out[2][1] += a[0, 1, 0] ** 2
    return out[-1][0] * out[3][1] + out[2][1]


class Link:
    def __init__(self, turn, shift):
        self.turn, self.shift = turn, shift

    def __matmul__(self, other):
        return Link(self.turn @ other.turn, self.turn @ other.shift + self.shift)


@programs(matrices(6), PARENTS)
def of_objects(a, parents):
    out = []
    for k in range(len(parents)):
        own = Link(a[k], a[k, 0])
        out.append(own if parents[k] < 0 else out[parents[k]] @ own)
    return np.sum(out[-1].turn * out[3].shift)


@programs(matrices(4), np.array([-1, 0, 7, 1]))
def handled(a, parents):
    out = []
    for k in range(len(parents)):
        try:
            out.append(out[parents[k]] @ a[k])
        except IndexError:
            out.append(2.0 * a[k])
    return np.sum(out[-1] ** 2)


def never_begun(a, parents):
    out = []
    for k in range(len(parents)):
        out.append(out[parents[k]] @ a[k])
    return np.sum(a) + len(out)


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)


def test_nothing_is_in_the_list() -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        srcad.grad(never_begun)(matrices(3), np.array([0, 0, 1]))
    np.testing.assert_array_equal(srcad.grad(never_begun)(matrices(3), np.array([], int)), np.ones((3, 2, 2)))


def test_native() -> None:
    due = srcad.grad(kinematics)(angles(6), PARENTS)
    np.testing.assert_allclose(srcad.grad(kinematics, backend="native")(angles(6), PARENTS), due, rtol=1e-10)
