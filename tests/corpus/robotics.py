"""Kinematics, rotations, estimation and control."""

import math
from functools import reduce

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def dh_matrix(theta, d, a, alpha):
    ct, st = np.cos(theta), np.sin(theta)
    ca, sa = np.cos(alpha), np.sin(alpha)
    return np.array([[ct, -st * ca, st * sa, a * ct], [st, ct * ca, -ct * sa, a * st], [0, sa, ca, d], [0, 0, 0, 1]])


def forward_kinematics(q, links, target):
    """Denavit-Hartenberg: the product of the transforms of all joints."""
    T = np.eye(4)
    for angle, (d, a, alpha) in zip(q, links):
        T = T @ dh_matrix(angle, d, a, alpha)
    p = T[:3, 3]
    return np.sum((p - target) ** 2) + 0.1 * np.trace(T[:3, :3])


LINKS = [(0.3, 0.0, math.pi / 2), (0.0, 0.5, 0.0), (0.1, 0.4, -0.3), (0.0, 0.2, 0.1)]
program(forward_kinematics, normal(4), LINKS, np.array([0.4, 0.2, 0.6]), argnums=(0, 1))


def rot_x(a):
    c, s = math.cos(a), math.sin(a)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def rot_y(a):
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rot_z(a):
    c, s = math.cos(a), math.sin(a)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def euler_chain(angles, axes, point):
    """A product of elementary rotations chosen by letters, by functools.reduce."""
    rotations = {"x": rot_x, "y": rot_y, "z": rot_z}
    matrices = [rotations[axis](angle) for axis, angle in zip(axes, angles)]
    R = reduce(np.matmul, matrices)
    return R @ point


program(euler_chain, [0.3, -0.7, 1.1, 0.2], "zyxz", normal(3), argnums=(0, 2))


def quaternion_multiply(p, q):
    w0, x0, y0, z0 = p
    w1, x1, y1, z1 = q
    return np.array(
        [
            -x1 * x0 - y1 * y0 - z1 * z0 + w1 * w0,
            x1 * w0 + y1 * z0 - z1 * y0 + w1 * x0,
            -x1 * z0 + y1 * w0 + z1 * x0 + w1 * y0,
            x1 * y0 - y1 * x0 + z1 * w0 + w1 * z0,
        ]
    )


def attitude_integration(q, omegas, dt):
    """Body rates to a quaternion, normalised every step."""
    for omega in omegas:
        norm = np.linalg.norm(omega)
        axis = omega / norm
        half = 0.5 * norm * dt
        dq = np.concatenate([[np.cos(half)], np.sin(half) * axis])
        q = quaternion_multiply(q, dq)
        q /= np.linalg.norm(q)
    w, x, y, z = q
    return np.arctan2(2 * (w * z + x * y), 1 - 2 * (y**2 + z**2)) + np.arcsin(2 * (w * y - z * x))


program(attitude_integration, np.array([0.9, 0.1, -0.2, 0.3]), normal(4, 3), 0.1, argnums=(0, 1, 2))


def skew(v):
    S = np.zeros((3, 3))
    S[0, 1], S[0, 2], S[1, 2] = -v[2], v[1], -v[0]
    S[1, 0], S[2, 0], S[2, 1] = v[2], -v[1], v[0]
    return S


def se3_exponential(xi, p):
    """Closed form, the series near zero."""
    w, v = xi[:3], xi[3:]
    theta = np.sqrt(w @ w)
    W = skew(w)
    if theta < 1e-6:
        R = np.eye(3) + W
        V = np.eye(3) + 0.5 * W
    else:
        A = np.sin(theta) / theta
        B = (1 - np.cos(theta)) / theta**2
        C = (1 - A) / theta**2
        R = np.eye(3) + A * W + B * W @ W
        V = np.eye(3) + B * W + C * W @ W
    return R @ p + V @ v


program(se3_exponential, normal(6), normal(3), argnums=(0, 1), also=((normal(6) * 3.0, normal(3)),))


def planar_inverse_kinematics(lengths, target, q0):
    """Damped least squares with the analytic Jacobian, unrolled."""
    q = np.array(q0)
    for it in range(8):
        angles = np.cumsum(q)
        x = np.sum(lengths * np.cos(angles))
        y = np.sum(lengths * np.sin(angles))
        J = np.zeros((2, len(q)))
        for i in range(len(q)):
            J[0, i] = -np.sum(lengths[i:] * np.sin(angles[i:]))
            J[1, i] = np.sum(lengths[i:] * np.cos(angles[i:]))
        e = target - np.array([x, y])
        q += J.T @ np.linalg.solve(J @ J.T + 0.01 * np.eye(2), e)
    return q @ q


program(planar_inverse_kinematics, np.array([1.0, 0.8, 0.5]), np.array([1.1, 0.9]), [0.3, 0.4, 0.2], argnums=(0, 1, 2))


def two_link_dynamics(q, qd, tau, params, h, n):
    """Mass matrix, Coriolis and gravity of a two-link arm, semi-implicit Euler."""
    m1, m2, l1, l2 = params["m1"], params["m2"], params["l1"], params["l2"]
    g = params.get("g", 9.81)
    for k in range(n):
        c2, s2 = np.cos(q[1]), np.sin(q[1])
        M = np.array(
            [
                [(m1 + m2) * l1**2 + m2 * l2**2 + 2 * m2 * l1 * l2 * c2, m2 * l2**2 + m2 * l1 * l2 * c2],
                [m2 * l2**2 + m2 * l1 * l2 * c2, m2 * l2**2],
            ]
        )
        C = np.array([-m2 * l1 * l2 * s2 * (2 * qd[0] * qd[1] + qd[1] ** 2), m2 * l1 * l2 * s2 * qd[0] ** 2])
        G = np.array(
            [(m1 + m2) * g * l1 * np.cos(q[0]) + m2 * g * l2 * np.cos(q[0] + q[1]), m2 * g * l2 * np.cos(q[0] + q[1])]
        )
        qdd = np.linalg.inv(M) @ (tau[k] - C - G)
        qd = qd + h * qdd
        q = q + h * qd
    return np.sum(q**2)


program(
    two_link_dynamics,
    np.array([0.3, 0.5]),
    np.array([0.1, -0.2]),
    normal(4, 2),
    {"m1": 1.2, "m2": 0.8, "l1": 1.0, "l2": 0.7},
    0.02,
    4,
    argnums=(0, 1, 2, 3),
)


def extended_kalman_slam(controls, measurements, landmarks, Q, R):
    """A unicycle that measures range and bearing to known landmarks; missing measurements are None."""
    mu = np.zeros(3)
    Sigma = 0.1 * np.eye(3)
    cost = 0.0
    for (v, w), z in zip(controls, measurements):
        theta = mu[2]
        mu = mu + np.array([v * np.cos(theta), v * np.sin(theta), w]) * 0.5
        G = np.eye(3)
        G[0, 2] = -v * np.sin(theta) * 0.5
        G[1, 2] = v * np.cos(theta) * 0.5
        Sigma = G @ Sigma @ G.T + Q
        if z is None:
            continue
        which, distance, bearing = z
        dx, dy = landmarks[which] - mu[:2]
        q = dx * dx + dy * dy
        r = np.sqrt(q)
        H = np.array([[-dx / r, -dy / r, 0.0], [dy / q, -dx / q, -1.0]])
        S = H @ Sigma @ H.T + R
        innovation = np.array([distance - r, bearing - (np.arctan2(dy, dx) - mu[2])])
        K = Sigma @ H.T @ np.linalg.inv(S)
        mu = mu + K @ innovation
        Sigma = (np.eye(3) - K @ H) @ Sigma
        cost += innovation @ np.linalg.solve(S, innovation) + np.log(np.linalg.det(S))
    return cost


program(
    extended_kalman_slam,
    [(1.0, 0.1), (0.9, -0.2), (1.1, 0.3)],
    [(0, 2.0, 0.5), None, (1, 1.8, -0.3)],
    np.array([[2.0, 1.0], [2.5, -0.8]]),
    0.1 * definite(3),
    0.2 * definite(2),
    argnums=(0, 2, 3, 4),
)


def lqr_riccati(A, B, Q, R, horizon):
    """Backward Riccati recursion, gains kept in a list and run forward."""
    P = Q
    gains = []
    for _ in range(horizon):
        K = np.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
        P = Q + A.T @ P @ (A - B @ K)
        gains.insert(0, K)
    x = np.ones(A.shape[0])
    cost = 0.0
    for K in gains:
        u = -K @ x
        cost += x @ Q @ x + u @ R @ u
        x = A @ x + B @ u
    return cost + x @ Q @ x


program(lqr_riccati, 0.5 * normal(3, 3), normal(3, 2), definite(3), definite(2), 4, argnums=(0, 1, 2, 3))


class PID:
    """A controller as they are written everywhere."""

    def __init__(self, kp, ki, kd, limit=None):
        self.kp, self.ki, self.kd = kp, ki, kd
        self.limit = limit
        self.integral = 0.0
        self.previous = None

    def update(self, error, dt):
        self.integral += error * dt
        derivative = 0.0 if self.previous is None else (error - self.previous) / dt
        self.previous = error
        out = self.kp * error + self.ki * self.integral + self.kd * derivative
        if self.limit is not None:
            out = max(-self.limit, min(self.limit, out))
        return out


def pid_loop(kp, ki, kd, setpoint, dt, steps):
    controller = PID(kp, ki, kd, limit=1.5)
    y, velocity, ise = 0.0, 0.0, 0.0
    for _ in range(steps):
        error = setpoint - y
        u = controller.update(error, dt)
        velocity += dt * (u - 0.5 * velocity - y)
        y += dt * velocity
        ise += error**2 * dt
    return ise


program(pid_loop, 1.2, 0.5, 0.3, 1.0, 0.1, 12, argnums=(0, 1, 2, 3), step=1e-3)


def trajectory_cost(waypoints, obstacles, radius, weight):
    """Smoothness and hinge penalties, as in gradient based planners (CHOMP)."""
    smooth = 0.5 * np.sum(np.diff(waypoints, n=2, axis=0) ** 2)
    penalty = 0.0
    for p in waypoints[1:-1]:
        for o in obstacles:
            d = np.linalg.norm(p - o) - radius
            if d < 0:
                penalty += -d + 0.5 * radius
            elif d < radius:
                penalty += (d - radius) ** 2 / (2 * radius)
    return smooth + weight * penalty


program(
    trajectory_cost,
    uniform(6, 2, high=3.0),
    np.array([[1.0, 1.2], [2.0, 0.7]]),
    0.6,
    2.0,
    argnums=(0, 1, 2, 3),
    step=1e-3,
)


def complementary_filter(gyro, accel, alpha, dt):
    angle = None
    history = []
    for w, (ax, az) in zip(gyro, accel):
        tilt = math.atan2(ax, az)
        if angle is None:
            angle = tilt
        else:
            angle = alpha * (angle + w * dt) + (1 - alpha) * tilt
        history.append(angle)
    return np.array(history)


program(complementary_filter, normal(5), normal(5, 2) + np.array([0.0, 3.0]), 0.95, 0.05, argnums=(0, 1, 2))


def icp_step(source, target):
    """Nearest neighbours by distance, then the best translation and scale in closed form."""
    d2 = ((source[:, None, :] - target[None, :, :]) ** 2).sum(axis=2)
    nearest = d2.argmin(axis=1)
    matched = target[nearest]
    mu_s, mu_t = source.mean(axis=0), matched.mean(axis=0)
    s0, t0 = source - mu_s, matched - mu_t
    scale = np.sum(s0 * t0) / np.sum(s0 * s0)
    moved = scale * s0 + mu_t
    return np.sum((moved - matched) ** 2)


program(icp_step, normal(5, 2), normal(6, 2, seed=1), argnums=(0, 1), step=1e-3)
