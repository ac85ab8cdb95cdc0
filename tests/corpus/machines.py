"""Arms, vehicles, orbits, circuits, molecules."""

import math
from collections import deque, namedtuple
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.linalg import inv

from tests.corpus import Corpus, definite, normal

corpus = Corpus(__name__)
program = corpus.program


def dh(theta, d, a, alpha):
    ct, st, ca, sa = np.cos(theta), np.sin(theta), np.cos(alpha), np.sin(alpha)
    return np.array([[ct, -st * ca, st * sa, a * ct], [st, ct * ca, -ct * sa, a * st], [0, sa, ca, d], [0, 0, 0, 1]])


def arm_jacobian(q, table):
    T = np.eye(4)
    zs, os = [T[:3, 2]], [T[:3, 3]]
    for qi, (d, a, alpha) in zip(q, table):
        T = T @ dh(qi, d, a, alpha)
        zs.append(T[:3, 2])
        os.append(T[:3, 3])
    end = os[-1]
    J = np.zeros((3, len(q)))
    for i in range(len(q)):
        J[:, i] = np.cross(zs[i], end - os[i])
    return end, J


def inverse_kinematics(q, table, target, damping, iterations):
    for _ in range(iterations):
        p, J = arm_jacobian(q, table)
        e = target - p
        q = q + J.T @ np.linalg.solve(J @ J.T + damping**2 * np.eye(3), e)
    p, _ = arm_jacobian(q, table)
    return np.sum((target - p) ** 2) + q[0]


TABLE = np.array([[0.3, 0.1, np.pi / 2], [0.0, 0.6, 0.0], [0.1, 0.5, 0.3]])


program(
    inverse_kinematics,
    np.array([0.3, -0.4, 0.9]),
    TABLE,
    np.array([0.5, 0.3, 0.6]),
    0.2,
    2,
    argnums=(0, 1, 2, 3),
    step=1e-3,
)


def recursive_newton_euler_planar(q, qd, qdd, m, l, g=9.81):
    n = len(q)
    w = 0.0
    wd = 0.0
    acc = np.array([0.0, g])
    forces, inertial, rot = [], [], []
    for i in range(n):
        R = np.array([[math.cos(q[i]), -math.sin(q[i])], [math.sin(q[i]), math.cos(q[i])]])
        w += qd[i]
        wd += qdd[i]
        acc = R.T @ acc
        ac = acc + np.array([-w * w * l[i] / 2, wd * l[i] / 2])
        forces.append(m[i] * ac)
        inertial.append(m[i] * l[i] ** 2 / 12 * wd)
        rot.append(R)
        acc = acc + np.array([-w * w * l[i], wd * l[i]])
    f, tau = np.zeros(2), 0.0
    torques = [0.0] * n
    for i in range(n)[::-1]:
        if i < n - 1:
            f = rot[i + 1] @ f
        moment = inertial[i] + l[i] / 2 * forces[i][1] + l[i] * f[1] + tau
        f = f + forces[i]
        torques[i] = tau = moment
    return torques


program(
    recursive_newton_euler_planar,
    [0.1, 0.5, -0.3],
    [1.0, 0.2, 0.4],
    [0.5, 0.1, 2.0],
    [1.0, 2.0, 0.5],
    [1.0, 0.7, 0.4],
    argnums=(0, 1, 2, 3, 4),
    step=1e-3,
)


def quat_mul(a, b):
    w1, x1, y1, z1 = a
    w2, x2, y2, z2 = b
    return (
        w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
        w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
        w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
        w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
    )


def rotate(q, v):
    w, x, y, z = q
    return quat_mul(quat_mul(q, (0.0, *v)), (w, -x, -y, -z))[1:]


def madgwick(q, gyro, acc, beta, dt):
    for g, a in zip(gyro, acc):
        n = math.sqrt(sum(c * c for c in a))
        ax, ay, az = [c / n for c in a]
        w, x, y, z = q
        f = (2 * (x * z - w * y) - ax, 2 * (w * x + y * z) - ay, 2 * (0.5 - x * x - y * y) - az)
        grad = (
            -2 * y * f[0] + 2 * x * f[1],
            2 * z * f[0] + 2 * w * f[1] - 4 * x * f[2],
            -2 * w * f[0] + 2 * z * f[1] - 4 * y * f[2],
            2 * x * f[0] + 2 * y * f[1],
        )
        norm = math.sqrt(sum(c * c for c in grad))
        qdot = quat_mul(q, (0.0, *g))
        q = tuple(c + (0.5 * d - beta * e / norm) * dt for c, d, e in zip(q, qdot, grad))
        length = math.sqrt(sum(c * c for c in q))
        q = tuple(c / length for c in q)
    end = rotate(q, (1.0, 0.0, 0.0))
    return end[0] + 2 * end[1] * end[2]


program(
    madgwick,
    (0.9, 0.1, 0.3, -0.2),
    [(0.1, 0.2, 0.3), (0.0, -0.1, 0.4)],
    [(0.1, 0.3, 9.7), (0.5, 0.2, 9.6)],
    0.1,
    0.05,
    argnums=(0, 1, 2, 3),
    step=1e-3,
)


def icp_2d(source, target, iterations):
    R_total, t_total = np.eye(2), np.zeros(2)
    src = source.copy()
    for _ in range(iterations):
        d = np.sum((src[:, None, :] - target[None, :, :]) ** 2, axis=2)
        nearest = np.argmin(d, axis=1)
        tgt = target[nearest]
        ms, mt = src.mean(axis=0), tgt.mean(axis=0)
        a, b = src - ms, tgt - mt
        s = np.sum(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        c = np.sum(a * b)
        theta = np.arctan2(s, c)
        R = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        t = mt - R @ ms
        src = src @ R.T + t
        R_total, t_total = R @ R_total, R @ t_total + t
    return np.sum((src - target[nearest]) ** 2) + R_total[0, 1] + t_total[0]


program(icp_2d, normal(5, 2), normal(5, 2) + 0.05 * normal(5, 2, seed=3), 2, argnums=(0, 1), step=1e-4)


def bundle_adjustment(cameras, points, observations, focal):
    """Rodrigues, projection, radial distortion, Huber loss."""
    cost = 0.0
    for cam, pt, x, y in observations:
        rv, t, k1 = cameras[cam][:3], cameras[cam][3:6], cameras[cam][6]
        theta2 = np.dot(rv, rv)
        if theta2 > 1e-10:
            theta = np.sqrt(theta2)
            axis = rv / theta
            p = points[pt]
            rotated = (
                p * np.cos(theta) + np.cross(axis, p) * np.sin(theta) + axis * np.dot(axis, p) * (1 - np.cos(theta))
            )
        else:
            rotated = points[pt] + np.cross(rv, points[pt])
        X = rotated + t
        u, v = -X[0] / X[2], -X[1] / X[2]
        r2 = u * u + v * v
        scale = focal * (1 + k1 * r2)
        e = (scale * u - x) ** 2 + (scale * v - y) ** 2
        cost += e if e < 1 else 2 * np.sqrt(e) - 1
    return cost


program(
    bundle_adjustment,
    0.2 * normal(2, 7) + np.array([0, 0, 0, 0, 0, 5.0, 0]),
    normal(3, 3),
    [(0, 0, 0.1, 0.3), (0, 1, 1.0, 3.0), (1, 2, 0.4, 0.1), (1, 0, 0.0, 0.2)],
    1.3,
    argnums=(0, 1, 3),
    step=1e-3,
)


def ilqr_backward(xs, us, A, B, Q, R):
    """Backward pass of LQR with lists of gains, then the rollout."""
    V, v = Q, Q @ xs[-1]
    gains = []
    for x, u in zip(reversed(xs[:-1]), reversed(us)):
        Qx, Qu = Q @ x + A.T @ v, R @ u + B.T @ v
        Qxx, Quu, Qux = Q + A.T @ V @ A, R + B.T @ V @ B, B.T @ V @ A
        K, k = -np.linalg.solve(Quu, Qux), -np.linalg.solve(Quu, Qu)
        gains.insert(0, (K, k))
        V = Qxx + Qux.T @ K
        v = Qx + Qux.T @ k
    x = xs[0]
    cost = 0.0
    for t, (K, k) in enumerate(gains):
        u = us[t] + k + K @ (x - xs[t])
        cost += 0.5 * x @ Q @ x + 0.5 * u @ R @ u
        x = A @ x + B @ u
    return cost


program(
    ilqr_backward,
    [normal(2), normal(2, seed=1), normal(2, seed=2)],
    [normal(1), normal(1, seed=4)],
    normal(2, 2),
    normal(2, 1),
    definite(2),
    definite(1),
    argnums=(0, 1, 2, 3, 4, 5),
)


def ekf_bearing(x, P, controls, bearings, beacon, Q, R, dt):
    loglik = 0.0
    for u, z in zip(controls, bearings):
        v, w = u
        th = x[2]
        x = x + dt * np.array([v * np.cos(th), v * np.sin(th), w])
        F = np.eye(3)
        F[0, 2] = -dt * v * np.sin(th)
        F[1, 2] = dt * v * np.cos(th)
        P = F @ P @ F.T + Q
        dx, dy = beacon[0] - x[0], beacon[1] - x[1]
        q = dx**2 + dy**2
        H = np.array([[-dx / np.sqrt(q), -dy / np.sqrt(q), 0.0], [dy / q, -dx / q, -1.0]])
        h = np.array([np.sqrt(q), np.arctan2(dy, dx) - x[2]])
        y = z - h
        y[1] = (y[1] + np.pi) % (2 * np.pi) - np.pi
        S = H @ P @ H.T + R
        K = P @ H.T @ inv(S)
        x = x + K @ y
        P = (np.eye(3) - K @ H) @ P
        loglik -= 0.5 * (y @ inv(S) @ y + np.log(np.linalg.det(S)))
    return loglik


program(
    ekf_bearing,
    normal(3),
    definite(3),
    normal(3, 2),
    normal(3, 2, seed=2) + 2,
    np.array([2.0, 3.0]),
    0.1 * np.eye(3),
    0.2 * np.eye(2),
    0.1,
    argnums=(0, 1, 2, 3, 4, 5, 6, 7),
    step=1e-3,
)


def particle_filter(particles, noise, ys, sigma, drift):
    n = len(particles)
    logw = np.full(n, -math.log(n))
    evidence = 0.0
    for t, y in enumerate(ys):
        particles = drift * particles + np.sin(particles) + noise[t]
        logw = logw - 0.5 * ((y - particles) / sigma) ** 2 - np.log(sigma)
        top = logw.max()
        total = top + np.log(np.exp(logw - top).sum())
        evidence += total
        logw -= total
        ess = 1 / np.sum(np.exp(2 * logw))
        if ess < n / 2:
            mean = np.sum(np.exp(logw) * particles)
            particles = 0.5 * particles + 0.5 * mean
            logw = np.full(n, -np.log(n))
    return evidence


program(particle_filter, normal(6), 0.3 * normal(4, 6), normal(4, seed=4), 0.5, 0.9, argnums=(0, 1, 2, 3, 4), step=1e-3)


def biquad_cascade(sections, x):
    y = list(x)
    for b0, b1, b2, a1, a2 in sections:
        x1 = x2 = y1 = y2 = 0.0
        for n, s in enumerate(y):
            out = b0 * s + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x1, x2 = s, x1
            y1, y2 = out, y1
            y[n] = out
    return sum(s * s for s in y) / len(y)


program(biquad_cascade, [(0.2, 0.3, 0.1, -0.4, 0.2), (0.5, -0.1, 0.3, 0.3, 0.1)], [0.3, -0.5, 1.2, 0.7], argnums=(0, 1))


def karplus_strong(buffer, decay, samples):
    line = deque(buffer)
    out = []
    for _ in range(samples):
        first = line.popleft()
        line.append(decay * 0.5 * (first + line[0]))
        out.append(first)
    return np.sum(np.array(out) ** 2 * np.arange(samples))


program(karplus_strong, normal(4), 0.95, 10, argnums=(0, 1))


def cloth(pos, k, rest, gravity, dt, steps):
    n, m = pos.shape[:2]
    pos = pos.copy()
    prev = pos.copy()
    for _ in range(steps):
        force = np.zeros_like(pos)
        force[..., 1] -= gravity
        for di, dj in [(0, 1), (1, 0), (1, 1)]:
            a = pos[: n - di, : m - dj]
            b = pos[di:, dj:]
            d = b - a
            length = np.sqrt((d**2).sum(axis=-1, keepdims=True))
            f = k * (length - rest * np.hypot(di, dj)) * d / length
            force[: n - di, : m - dj] += f
            force[di:, dj:] -= f
        force[0] = 0.0
        pos, prev = 2 * pos - prev + dt**2 * force, pos
    return np.sum(pos[-1] ** 2)


grid = np.stack([*np.meshgrid(np.arange(3.0), np.arange(3.0), indexing="ij"), np.zeros((3, 3))], axis=-1)


program(cloth, grid + 0.1 * normal(3, 3, 3), 3.0, 0.8, 0.5, 0.1, 3, argnums=(0, 1, 2, 3, 4), step=1e-3)


Reaction = namedtuple("Reaction", "rate reactants products")


def reaction_network(rates, initial, dt, steps):
    species = {"A": initial[0], "B": initial[1], "C": initial[2]}
    reactions = [
        Reaction(rates[0], {"A": 1, "B": 1}, {"C": 1}),
        Reaction(rates[1], {"C": 1}, {"A": 1, "B": 1}),
        Reaction(rates[2], {"B": 2}, {"A": 1}),
    ]
    for _ in range(steps):
        change = {name: 0.0 for name in species}
        for r in reactions:
            speed = r.rate
            for name, order in r.reactants.items():
                speed = speed * species[name] ** order
            for name, count in r.reactants.items():
                change[name] -= count * speed
            for name, count in r.products.items():
                change[name] += count * speed
        for name in species:
            species[name] += dt * change[name]
    return species["C"] ** 2 + species["A"]


program(reaction_network, [0.5, 0.3, 0.2], [1.0, 2.0, 0.1], 0.05, 4, argnums=(0, 1, 2))


def ising_free_energy(J, h, beta):
    n = len(h)
    energies = []
    for spins in product([-1, 1], repeat=n):
        e = 0.0
        for i in range(n):
            e -= h[i] * spins[i]
            e -= J[i] * spins[i] * spins[(i + 1) % n]
        energies.append(e)
    z = sum(np.exp(-beta * e) for e in energies)
    return -np.log(z) / beta


program(ising_free_energy, normal(3), normal(3, seed=1), 0.7, argnums=(0, 1, 2))


def lennard_jones_md(x, v, box, eps, sigma, cutoff, dt, steps):
    n = len(x)

    def forces(x):
        f = np.zeros_like(x)
        energy = 0.0
        for i in range(n - 1):
            for j in range(i + 1, n):
                r = x[i] - x[j]
                r -= box * np.round(r / box)
                r2 = r @ r
                if r2 > cutoff**2:
                    continue
                s6 = (sigma**2 / r2) ** 3
                energy += 4 * eps * (s6**2 - s6)
                fij = 24 * eps * (2 * s6**2 - s6) / r2 * r
                f[i] += fij
                f[j] -= fij
        return f, energy

    f, energy = forces(x)
    for _ in range(steps):
        v = v + 0.5 * dt * f
        x = x + dt * v
        x %= box
        f, energy = forces(x)
        v += 0.5 * dt * f
    return energy + 0.5 * np.sum(v**2)


program(
    lennard_jones_md,
    np.array([[0.5, 0.5], [1.6, 0.6], [0.6, 1.7], [3.2, 3.1]]),
    0.1 * normal(4, 2),
    4.0,
    1.1,
    1.0,
    1.8,
    0.01,
    2,
    argnums=(0, 1, 3, 4),
    step=1e-4,
)


def lennard_jones_neighbours(x, eps, cutoff):
    """Vectorised with a pair list of indices."""
    i, j = np.triu_indices(len(x), k=1)
    d = x[i] - x[j]
    r2 = np.einsum("ij,ij->i", d, d)
    near = r2 < cutoff**2
    inv6 = r2[near] ** -3.0
    force = np.zeros_like(x)
    pair = (24 * eps * (2 * inv6**2 - inv6) / r2[near])[:, None] * d[near]
    np.add.at(force, i[near], pair)
    np.subtract.at(force, j[near], pair)
    return 4 * eps * np.sum(inv6**2 - inv6) + np.sum(np.abs(force))


program(
    lennard_jones_neighbours,
    np.array([[0.5, 0.5], [1.6, 0.6], [0.6, 1.7], [3.2, 3.1]]),
    1.3,
    2.0,
    argnums=(0, 1),
    step=1e-4,
)


def universal_kepler(r0, v0, mu, t):
    def stumpff(z):
        if z > 1e-6:
            s = np.sqrt(z)
            return (1 - np.cos(s)) / z, (s - np.sin(s)) / s**3
        elif z < -1e-6:
            s = np.sqrt(-z)
            return (np.cosh(s) - 1) / -z, (np.sinh(s) - s) / s**3
        return 0.5 - z / 24, 1 / 6 - z / 120

    r = np.linalg.norm(r0)
    vr = r0 @ v0 / r
    alpha = 2 / r - v0 @ v0 / mu
    chi = np.sqrt(mu) * abs(alpha) * t
    ratio, it = 1.0, 0
    while abs(ratio) > 1e-12 and it < 50:
        z = alpha * chi**2
        C, S = stumpff(z)
        F = r * vr / np.sqrt(mu) * chi**2 * C + (1 - alpha * r) * chi**3 * S + r * chi - np.sqrt(mu) * t
        dF = r * vr / np.sqrt(mu) * chi * (1 - z * S) + (1 - alpha * r) * chi**2 * C + r
        ratio = F / dF
        chi -= ratio
        it += 1
    C, S = stumpff(alpha * chi**2)
    f = 1 - chi**2 / r * C
    g = t - chi**3 / np.sqrt(mu) * S
    return f * r0 + g * v0


program(
    universal_kepler, np.array([1.0, 0.2, 0.1]), np.array([0.1, 0.9, 0.2]), 1.0, 0.7, argnums=(0, 1, 2, 3), step=1e-3
)


def circuit_transient(R, L, C, diode_is, source, dt):
    """RLC with a diode, Newton at each implicit step."""
    v, i = 0.0, 0.0
    history = [v]
    for vs in source:
        vn, i_n = v, i
        for _ in range(8):
            d = diode_is * (math.exp(vn / 0.5) - 1)
            f1 = C * (vn - v) / dt - i_n + d
            f2 = L * (i_n - i) / dt + R * i_n + vn - vs
            j11, j12 = C / dt + diode_is / 0.5 * math.exp(vn / 0.5), -1.0
            j21, j22 = 1.0, L / dt + R
            det = j11 * j22 - j12 * j21
            dv, di = (f1 * j22 - f2 * j12) / det, (j11 * f2 - j21 * f1) / det
            vn, i_n = vn - dv, i_n - di
        v, i = vn, i_n
        history.append(v)
    return max(history) + sum(h * h for h in history)


program(circuit_transient, 1.0, 0.5, 0.3, 0.01, [0.5, 1.0, 0.3, -0.5], 0.1, argnums=(0, 1, 2, 3, 4, 5), step=1e-3)


@dataclass
class Rocket:
    mass: float
    thrust: float
    burn: float
    cd: float = 0.3
    log: list = field(default_factory=list)

    def step(self, state, t, dt):
        h, v = state
        firing = t < 2.0
        force = self.thrust if firing else 0.0
        if firing:
            self.mass -= self.burn * dt
        drag = 0.5 * 1.2 * np.exp(-h / 8.0) * self.cd * v * abs(v)
        a = (force - drag) / self.mass - 9.81
        self.log.append(a)
        return h + dt * v, v + dt * a


def rocket_apogee(mass, thrust, burn, dt):
    r = Rocket(mass, thrust, burn)
    state = (0.0, 0.0)
    t = 0.0
    best = 0.0
    for k in range(40):
        state = r.step(state, t, dt)
        t += 0.1
        if state[0] > best:
            best = state[0]
        if state[0] < 0:
            break
    return best + 0.01 * max(r.log)


program(rocket_apogee, 5.0, 90.0, 0.5, 0.1, argnums=(0, 1, 2), step=1e-4)


def dopri_adaptive(y, mu, t1, tol):
    A = [
        [],
        [1 / 5],
        [3 / 40, 9 / 40],
        [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
    E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
    f = lambda y: np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])
    t, h = 0.0, 0.3
    while t < t1:
        h = min(h, t1 - t)
        k = []
        for row in A:
            yi = y
            for a, ki in zip(row, k):
                yi = yi + h * a * ki
            k.append(f(yi))
        err = h * sum(e * ki for e, ki in zip(E, k))
        size = np.max(np.abs(err))
        if size <= tol:
            t += h
            y = yi
        h = h * 0.5 if size > tol else h * 1.5
    return y


program(dopri_adaptive, np.array([1.0, 0.5]), 0.8, 1.0, 1e-3, argnums=(0, 1), step=1e-4)


def verlet_chain(n, theta, k, dt, steps):
    pos = [(math.sin(theta) * i, -math.cos(theta) * i) for i in range(n)]
    old = list(pos)
    for _ in range(steps):
        for i in range(1, n):
            (x, y), (ox, oy) = pos[i], old[i]
            old[i] = pos[i]
            pos[i] = (2 * x - ox, 2 * y - oy - 9.81 * dt * dt)
        for _ in range(2):
            for i in range(n - 1):
                (x1, y1), (x2, y2) = pos[i], pos[i + 1]
                dx, dy = x2 - x1, y2 - y1
                d = math.hypot(dx, dy)
                corr = k * (d - 1.0) / d
                if i == 0:
                    pos[1] = (x2 - dx * corr, y2 - dy * corr)
                else:
                    pos[i] = (x1 + 0.5 * dx * corr, y1 + 0.5 * dy * corr)
                    pos[i + 1] = (x2 - 0.5 * dx * corr, y2 - 0.5 * dy * corr)
    return pos[-1][0] ** 2 + pos[-1][1]


program(verlet_chain, 4, 0.7, 0.9, 0.05, 3, argnums=(1, 2, 3), step=1e-3)
