"""scipy.spatial.transform.Rotation: from and to vectors, angles, quaternions and matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import Program, check, check_second, weighted

V = np.array([0.3, -0.5, 0.8])
SEVERAL, POINTS = np.random.default_rng(0).normal(size=(4, 3)), np.random.default_rng(1).normal(size=(4, 3))
ONE, MANY = Rotation.from_rotvec(V), Rotation.from_rotvec(SEVERAL)
SEQUENCES = ("xyz", "XYZ", "zyx", "ZXZ", "zxz", "yxy", "XZY")

PROGRAMS: dict[str, Program] = {
    "a vector": (lambda v, p: weighted(Rotation.from_rotvec(v).apply(p)), (V, POINTS)),
    "no rotation": (lambda v, p: weighted(Rotation.from_rotvec(v).apply(p)), (np.zeros(3), POINTS)),
    "several vectors": (lambda v, p: weighted(Rotation.from_rotvec(v).apply(p)), (SEVERAL, POINTS)),
    "inverses": (
        lambda v: (
            weighted(Rotation.from_rotvec(v).inv().as_matrix())
            + weighted(Rotation.from_rotvec(v).apply(POINTS, inverse=True))
        ),
        (V,),
    ),
    **{f"from {s}": (lambda a, s=s: weighted(Rotation.from_euler(s, a).as_matrix()), (V,)) for s in SEQUENCES},
    **{f"to {s}": (lambda v, s=s: weighted(Rotation.from_rotvec(v).as_euler(s)), (V,)) for s in SEQUENCES},
    "degrees": (lambda v: weighted(Rotation.from_rotvec(v).as_euler("xyz", degrees=True)), (SEVERAL,)),
    "one angle": (
        lambda a: (
            weighted(Rotation.from_euler("z", a).as_matrix())
            + weighted(Rotation.from_euler("x", a, degrees=True).as_matrix())
        ),
        (0.7,),
    ),
    "quaternions": (
        lambda q: weighted(Rotation.from_quat(q).as_matrix()) + weighted(Rotation.from_quat(q).as_rotvec()),
        (np.array([0.3, 0.2, -0.5, 0.8]),),
    ),
    "the other quaternion": (
        lambda q: weighted(Rotation.from_quat(q).as_rotvec()) + Rotation.from_quat(q).magnitude(),
        (np.array([0.3, 0.2, -0.5, -0.8]),),
    ),
    "products": (
        lambda a, b: weighted((Rotation.from_rotvec(a) * Rotation.from_euler("xyz", b)).as_matrix()),
        (V, V[::-1].copy()),
    ),
    "what lies between": (
        lambda a: weighted((Rotation.from_rotvec(V).inv() * Rotation.from_rotvec(a)).as_rotvec()),
        (V,),
    ),
    **{
        f"matrices of {angle}": (
            lambda a: weighted(Rotation.from_matrix(Rotation.from_rotvec(a).as_matrix()).as_quat()),
            (V / np.linalg.norm(V) * angle,),
        )
        for angle in (0.3, 1.9, 2.9)
    },
    "several matrices": (
        lambda a: weighted(Rotation.from_matrix(Rotation.from_rotvec(a).as_matrix()).as_rotvec()),
        (SEVERAL,),
    ),
    "from outside": (lambda p: weighted(ONE.apply(p)) + weighted(MANY.apply(p)), (POINTS,)),
    "products with one from outside": (
        lambda a: (
            weighted((ONE * Rotation.from_rotvec(a)).as_rotvec())
            + weighted((Rotation.from_rotvec(a) * ONE).as_rotvec())
        ),
        (V * 0.3,),
    ),
    "one of several": (lambda a: weighted(Rotation.from_rotvec(a)[1].as_matrix()), (SEVERAL,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_rotations(name: str) -> None:
    check(*PROGRAMS[name])


@pytest.mark.parametrize("name", ["a vector", "no rotation", "what lies between", "matrices of 1.9"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


def test_a_matrix_that_is_none_of_a_rotation_is_moved_to_the_nearest_one() -> None:
    """Off the rotations SciPy's value is that of the nearest rotation: so is the derivative."""
    matrix, h = ONE.as_matrix(), 1e-4

    def program(m: np.ndarray) -> float:
        return weighted(Rotation.from_matrix(m).as_quat())

    made = srcad.grad(program)(matrix)
    for place in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[place] = h
        np.testing.assert_allclose(made[place], (program(matrix + step) - program(matrix - step)) / (2 * h), atol=1e-6)


def test_what_is_missing_is_refused() -> None:
    with pytest.raises(NotYetSupported, match="'as_mrp'"):
        srcad.grad(lambda v: Rotation.from_rotvec(v).as_mrp()[0])(V)
