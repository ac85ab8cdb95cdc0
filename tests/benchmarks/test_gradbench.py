"""srcad as a tool of GradBench, over the protocol: the answers against references that are written here, with SciPy
and by definition, and the derivatives against closed forms or differences of these references."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(0)


class Tool:
    """A running adaptor: messages go in, answers come out."""

    def __init__(self, given: IO[str], told: IO[str]) -> None:
        self.given, self.told, self.count = given, told, itertools.count()

    def send(self, **message: Any) -> dict[str, Any]:
        sent = next(self.count)
        self.given.write(json.dumps({"id": sent, **message}) + "\n")
        self.given.flush()
        answer: dict[str, Any] = json.loads(self.told.readline())
        assert answer.pop("id") == sent
        return answer

    def __call__(self, module: str, function: str, given: Any) -> Any:
        answer = self.send(kind="evaluate", module=module, function=function, input=given)
        assert answer["success"], answer["error"]
        return answer["output"]


@pytest.fixture(scope="module", params=["numpy", "native"])
def tool(request: pytest.FixtureRequest) -> Iterator[Tool]:
    if request.param == "native" and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SRCAD_BACKEND": request.param, "SRCAD_CFLAGS": "-O1"}
    command = [sys.executable, "-m", "benchmarks.gradbench"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdin and process.stdout
        yield Tool(process.stdin, process.stdout)
        process.stdin.close()
    assert process.returncode == 0


def draw(*shape: int) -> list[Any]:
    drawn: list[Any] = RNG.normal(size=shape).tolist()
    return drawn


def differences(function: Callable[[np.ndarray], Any], x: Any) -> np.ndarray:
    """The Jacobian by central differences: a column for each element of x."""
    x = np.asarray(x, dtype=float)
    columns = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = 1e-5
        step = step.reshape(x.shape)
        columns.append((np.asarray(function(x + step)) - np.asarray(function(x - step))) / 2e-5)
    return np.stack([np.ravel(one) for one in columns], axis=1)


def near(found: Any, wanted: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.ravel(found), np.ravel(wanted), rtol=tolerance, atol=tolerance)


# ---- the protocol


def test_start_says_who_answers(tool: Tool) -> None:
    said = tool.send(kind="start", eval="hello")
    assert said["tool"] == "srcad"
    assert said["config"]["backend"] in ("numpy", "native")


def test_modules_are_known_or_refused(tool: Tool) -> None:
    assert tool.send(kind="define", module="gmm")["success"]
    said = tool.send(kind="define", module="nothing")
    assert not said["success"]
    assert "no module 'nothing'" in said["error"]


def test_other_messages_are_acknowledged(tool: Tool) -> None:
    assert tool.send(kind="analysis", of=0, valid=False, error="no") == {}


def test_failures_are_told(tool: Tool) -> None:
    said = tool.send(kind="evaluate", module="det", function="gradient", input={"A": [1.0], "ell": 2})
    assert not said["success"]
    assert "ValueError" in said["error"]
    assert tool("hello", "square", 3.0) == 9.0  # and the next message is answered


def test_runs_are_as_many_and_as_long_as_asked(tool: Tool) -> None:
    given = {"x": [1.0, 2.0], "min_runs": 3, "min_seconds": 0.0}
    many = tool.send(kind="evaluate", module="lse", function="primal", input=given)["timings"]
    assert [one["name"] for one in many] == ["evaluate"] * 3
    long = tool.send(kind="evaluate", module="lse", function="primal", input=given | {"min_seconds": 0.01})["timings"]
    assert sum(one["nanoseconds"] for one in long) >= 1e7


# ---- the evals


def test_hello(tool: Tool) -> None:
    assert tool("hello", "square", 3.0) == 9.0
    assert tool("hello", "double", 3.0) == 6.0


def test_det(tool: Tool) -> None:
    A = np.array(draw(4, 4))
    given = {"A": A.ravel().tolist(), "ell": 4}
    near(tool("det", "primal", given), np.linalg.det(A))
    near(tool("det", "gradient", given), np.linalg.det(A) * np.linalg.inv(A).T)


def test_lse(tool: Tool) -> None:
    x = 30.0 * RNG.normal(size=6)
    near(tool("lse", "primal", {"x": x.tolist()}), np.log(np.sum(np.exp(x))))
    near(tool("lse", "gradient", {"x": x.tolist()}), np.exp(x) / np.sum(np.exp(x)))


def test_llsq(tool: Tool) -> None:
    x, n = np.array(draw(5)), 9
    t = np.array([-1.0 + 2.0 * i / (n - 1) for i in range(n)])
    powers = np.array([[one**j for j in range(len(x))] for one in t])
    left = np.sign(t) - powers @ x
    given = {"x": x.tolist(), "n": n}
    near(tool("llsq", "primal", given), 0.5 * left @ left)
    near(tool("llsq", "gradient", given), -powers.T @ left)


def test_ode(tool: Tool) -> None:
    """The solution is a product of the first x, times a power of t that such steps follow exactly."""
    x = np.array([0.5, -1.5, 2.0, 0.7])
    exact = np.cumprod(x) * np.array([2.0, 2.0, 4.0 / 3.0, 2.0 / 3.0])
    near(tool("ode", "primal", {"x": x.tolist(), "s": 3}), exact)
    near(tool("ode", "gradient", {"x": x.tolist(), "s": 3}), exact[-1] / x)


def test_kmeans(tool: Tool) -> None:
    points = np.array(draw(30, 2))
    centroids = points[-3:]
    squares = np.sum((points[:, None] - centroids) ** 2, axis=2)
    mine = np.argmin(squares, axis=1)
    given = {"points": points.tolist(), "centroids": centroids.tolist()}
    near(tool("kmeans", "cost", given), np.sum(np.min(squares, axis=1)))
    near(tool("kmeans", "dir", given), [centroids[j] - np.mean(points[mine == j], axis=0) for j in range(3)])


def posterior(alpha: Any, mu: Any, q: Any, l: Any, x: Any, m: int, gamma: float) -> float:
    k, d = np.shape(mu)
    Q = np.zeros((k, d, d))
    for one in range(k):
        below = iter(l[one])
        for j in range(d):
            Q[one, j, j] = np.exp(q[one][j])
            for i in range(j + 1, d):
                Q[one, i, j] = next(below)
    precisions = [one.T @ one for one in Q]
    shares = np.exp(alpha) / np.sum(np.exp(alpha))
    densities = sum(
        share * stats.multivariate_normal.pdf(x, mean, np.linalg.inv(precision))
        for share, mean, precision in zip(shares, mu, precisions, strict=True)
    )
    prior = sum(stats.wishart.logpdf(precision, d + m + 1, np.eye(d) / gamma**2) for precision in precisions)
    return float(np.sum(np.log(densities)) + prior)


def test_gmm(tool: Tool) -> None:
    d, k, n = 3, 2, 5
    free = {"alpha": draw(k), "mu": draw(k, d), "q": draw(k, d), "l": draw(k, d * (d - 1) // 2)}
    fixed = {"x": draw(n, d), "m": 1, "gamma": 1.2}
    given = free | fixed | {"d": d, "k": k, "n": n}
    near(tool("gmm", "objective", given), posterior(**free, **fixed))
    found = tool("gmm", "jacobian", given)
    assert set(found) == set(free)
    for name, value in free.items():
        near(found[name], differences(lambda v, name=name: posterior(**(free | {name: v}), **fixed), value), 1e-6)


def sequence_loss(main: Any, extra: Any, state: Any, sequence: Any) -> float:
    """Element by element, as no element meets another but in the logarithm."""

    def squashed(x: float) -> float:
        return 1.0 / (1.0 + np.exp(-x))

    width, layers = len(extra[0]), len(state) // 2
    hidden, cell = [list(state[2 * i]) for i in range(layers)], [list(state[2 * i + 1]) for i in range(layers)]
    total = 0.0
    for x, following in itertools.pairwise(sequence):
        y = [x[b] * extra[0][b] for b in range(width)]
        for i in range(layers):
            w, bias = main[2 * i], main[2 * i + 1]
            for b in range(width):
                f, g, o, c = (b + gate * width for gate in range(4))
                forget, entry = squashed(y[b] * w[f] + bias[f]), squashed(hidden[i][b] * w[g] + bias[g])
                out, change = squashed(y[b] * w[o] + bias[o]), np.tanh(hidden[i][b] * w[c] + bias[c])
                cell[i][b] = cell[i][b] * forget + entry * change
                hidden[i][b] = y[b] = out * np.tanh(cell[i][b])
        y = [y[b] * extra[1][b] + extra[2][b] for b in range(width)]
        rest = np.log(2.0 + sum(np.exp(one) for one in y))
        total += sum(following[b] * (y[b] - rest) for b in range(width))
    return float(-total / (width * (len(sequence) - 1)))


def test_lstm(tool: Tool) -> None:
    width = 3
    main, extra = np.array(draw(4, 4 * width)), np.array(draw(3, width))
    state, sequence = draw(4, width), RNG.integers(0, 2, size=(5, width)).tolist()
    given = {"main_params": main.tolist(), "extra_params": extra.tolist(), "state": state, "sequence": sequence}
    near(tool("lstm", "objective", given), sequence_loss(main, extra, state, sequence))
    by_main = differences(lambda one: sequence_loss(one, extra, state, sequence), main)
    by_extra = differences(lambda one: sequence_loss(main, one, state, sequence), extra)
    near(tool("lstm", "jacobian", given), np.concatenate([by_main, by_extra], axis=1), 1e-6)


def reprojection(camera: Any, point: Any, weight: float, feature: Any) -> np.ndarray:
    local = Rotation.from_rotvec(camera[:3]).apply(point - camera[3:6])
    p = local[:2] / local[2]
    r2 = p @ p
    error: np.ndarray = weight * (
        camera[6] * (1.0 + camera[9] * r2 + camera[10] * r2**2) * p + camera[7:9] - np.array(feature)
    )
    return error


@pytest.mark.parametrize("rotation", [[0.3, -0.2, 0.5], [0.0, 0.0, 0.0]])
def test_ba(tool: Tool, rotation: list[float]) -> None:
    n, m, p = 2, 3, 7
    camera, point, feature = (
        np.array([*rotation, 0.1, 0.2, -6.0, 1.1, 0.1, 0.2, 0.01, 0.02]),
        np.array(draw(3)),
        draw(2),
    )
    given = {"n": n, "m": m, "p": p, "cam": camera.tolist(), "x": point.tolist(), "w": 0.4, "feat": feature}

    errors = reprojection(camera, point, 0.4, feature)
    objective = tool("ba", "objective", given)
    assert objective["reproj_error"]["repeated"] == objective["w_err"]["repeated"] == p
    near(objective["reproj_error"]["elements"], errors)
    near(objective["w_err"]["element"], 1.0 - 0.4**2)

    found = tool("ba", "jacobian", given)
    together = np.concatenate([camera, point, [0.4]])
    block = differences(lambda v: reprojection(v[:11], v[11:14], v[14], feature), together)
    near(found["vals"][:30], block, 1e-6)
    near(found["vals"][30], -0.8)
    starts = [*range(0, 30 * p, 15), *range(30 * p, 31 * p + 1)]
    assert found["rows"] == [*starts[:30], 31 * p]
    row = [*range(11), *range(11 * n, 11 * n + 3), 11 * n + 3 * m]
    assert found["cols"] == [*row, *row, 11 * n + 3 * m + p - 1]


def hand(theta: np.ndarray, model: dict[str, Any]) -> np.ndarray:
    """The vertices, by following each bone to its root."""
    bones = model["bone_count"]
    angles, k = np.zeros((bones, 3)), 6
    for finger in range(5):
        first = 2 + 4 * finger
        angles[first, :2], angles[first + 1, 0], angles[first + 2, 0] = theta[k : k + 2], theta[k + 2], theta[k + 3]
        k += 4

    def placed(bone: int) -> np.ndarray:
        own = np.eye(4)
        own[:3, :3] = Rotation.from_euler("xyz", angles[bone, [0, 2, 1]]).as_matrix()
        local = np.array(model["base_relatives"][bone]) @ own
        parent = model["parents"][bone]
        return local if parent == -1 else placed(parent) @ local

    total = np.zeros((len(model["base_positions"]), 3))
    for bone in range(bones):
        transform = placed(bone) @ np.array(model["inverse_base_absolutes"][bone])
        total += np.array(model["weights"])[:, bone, None] * (np.array(model["base_positions"]) @ transform.T)[:, :3]
    if model["is_mirrored"]:
        total = total * [-1.0, 1.0, 1.0]
    moved: np.ndarray = Rotation.from_rotvec(theta[:3]).apply(total) + theta[3:6]
    return moved


def hand_input(bones: int, size: int, points: int, mirrored: bool) -> dict[str, Any]:
    model = {
        "bone_count": bones,
        "bone_names": [f"bone{k}" for k in range(bones)],
        "parents": [-1, *(int(RNG.integers(0, k)) for k in range(1, bones))],
        "base_relatives": (np.eye(4) + 0.1 * RNG.normal(size=(bones, 4, 4))).tolist(),
        "inverse_base_absolutes": (np.eye(4) + 0.1 * RNG.normal(size=(bones, 4, 4))).tolist(),
        "base_positions": draw(size, 4),
        "weights": RNG.uniform(size=(size, bones)).tolist(),
        "triangles": RNG.integers(0, size, size=(4, 3)).tolist(),
        "is_mirrored": mirrored,
    }
    data = {"model": model, "correspondences": RNG.integers(0, 4, size=points).tolist(), "points": draw(points, 3)}
    return {"theta": draw(26), "data": data}


@pytest.mark.parametrize("mirrored", [False, True])
def test_ht_at_vertices(tool: Tool, mirrored: bool) -> None:
    given = hand_input(22, 6, 5, mirrored) | {"us": []}
    data = given["data"]

    def errors(theta: np.ndarray) -> np.ndarray:
        return np.array(data["points"]) - hand(theta, data["model"])[data["correspondences"]]

    near(tool("ht", "objective", given), errors(np.array(given["theta"])))
    near(tool("ht", "jacobian", given), differences(errors, given["theta"]), 1e-6)


def test_ht_within_triangles(tool: Tool) -> None:
    points = 3
    given = hand_input(22, 6, points, False) | {"us": RNG.uniform(size=(points, 2)).tolist()}
    data = given["data"]
    corners = np.array(data["model"]["triangles"])[data["correspondences"]]

    def errors(free: np.ndarray) -> np.ndarray:
        change, surface = free[:2], hand(free[2:], data["model"])
        us = np.array(given["us"]) + change
        shares = np.concatenate([us, 1.0 - np.sum(us, axis=1, keepdims=True)], axis=1)
        return np.array(data["points"]) - np.sum(shares[:, :, None] * surface[corners], axis=1)

    free = np.concatenate([np.zeros(2), given["theta"]])
    near(tool("ht", "objective", given), errors(free))
    found = np.array(tool("ht", "jacobian", given))
    assert found.shape == (3 * points, 28)
    near(found, differences(errors, free), 1e-6)


MODES = ["".join(pair) for pair in itertools.product("rf", repeat=2)]


@pytest.mark.parametrize("modes", MODES)
def test_saddle(tool: Tool, modes: str) -> None:
    """The saddle is at 0; the descent ends where a step is shorter than 1e-5."""
    np.testing.assert_allclose(tool("saddle", modes, {"start": [1.0, -0.5]}), np.zeros(4), atol=1e-4)


def crossing(w: float) -> float:
    """Where the particle crosses the axis; the field is written by hand."""
    x, velocity = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    while True:
        apart = [x - charge for charge in (np.array([10.0, 10.0 - w]), np.array([10.0, 0.0]))]
        force = sum(one / np.linalg.norm(one) ** 3 for one in apart)
        x = x + 0.1 * velocity
        if x[1] <= 0.0:
            return float(x[0] - x[1] / velocity[1] * velocity[0])
        velocity = velocity + 0.1 * force


@pytest.mark.parametrize("modes", MODES)
def test_particle(tool: Tool, modes: str) -> None:
    """From near the solution, as what each step of the descent costs is the same everywhere."""
    found = tool("particle", modes, {"w": 0.2})
    assert abs(found - 0.2) > 1e-3
    assert abs(crossing(found)) < 1e-3
