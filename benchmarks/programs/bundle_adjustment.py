"""The Jacobian of bundle adjustment: for each observation the derivatives of its errors by what it depends on.

Whoever has no Jacobians of batches takes the gradients of the two columns' sums.
"""

from __future__ import annotations

import numpy as np

import srcad
from benchmarks.gradbench.ba import errors
from benchmarks.programs.row import Row, written_for


def by_hand(cameras, points, weights, features):
    w, X = cameras[:, :3], points - cameras[:, 3:6]
    angle = np.sqrt(np.sum(w * w, axis=1))[:, None]
    a, c, s = w / angle, np.cos(angle), np.sin(angle)
    along, across = np.sum(a * X, axis=1)[:, None], np.cross(a, X)
    local = X * c + across * s + a * along * (1.0 - c)
    turn = across * c + (a * along - X) * s  # of the local point by the angle
    p = local[:, :2] / local[:, 2:]
    r2 = np.sum(p * p, axis=1)
    f, k1, k2 = cameras[:, 6], cameras[:, 9], cameras[:, 10]
    L = 1.0 + k1 * r2 + k2 * r2 * r2
    blocks = np.zeros((len(w), 2, 15))
    for k in range(2):
        p_bar = (2.0 * weights * f * p[:, k] * (k1 + 2.0 * k2 * r2))[:, None] * p
        p_bar[:, k] += weights * f * L
        g = np.concatenate([p_bar, -np.sum(p_bar * p, axis=1)[:, None]], axis=1) / local[:, 2:]
        g_along = np.sum(g * a, axis=1)[:, None]
        a_bar = s * np.cross(X, g) + (1.0 - c) * (along * g + g_along * X)
        a_bar -= np.sum(a_bar * a, axis=1)[:, None] * a
        blocks[:, k, :3] = np.sum(g * turn, axis=1)[:, None] * a + a_bar / angle
        X_bar = g * c - np.cross(a, g) * s + a * g_along * (1.0 - c)
        blocks[:, k, 3:6], blocks[:, k, 11:14] = -X_bar, X_bar
        blocks[:, k, 6] = weights * L * p[:, k]
        blocks[:, k, 7 + k] = weights
        blocks[:, k, 9] = weights * f * r2 * p[:, k]
        blocks[:, k, 10] = blocks[:, k, 9] * r2
        blocks[:, k, 14] = f * L * p[:, k] + cameras[:, 7 + k] - features[:, k]
    return blocks[:, :, :11], blocks[:, :, 11:14], blocks[:, :, 14]


def by_columns(gradient):
    """From a tool's gradient to the blocks: an observation's error depends on no other's copies."""

    def derivative(errors, argnums):
        def column(cameras, points, weights, features, k):
            return errors(cameras, points, weights, features)[:, k].sum()

        rows = gradient(column, argnums)

        def jacobian(*args):
            return tuple(np.stack(pair, axis=1) for pair in zip(rows(*args, 0), rows(*args, 1), strict=True))

        return jacobian

    return derivative


def for_jax():
    import jax.numpy as jnp

    def error(camera, point, weight, feature):
        w, X = camera[:3], point - camera[3:6]
        angle = jnp.sqrt(jnp.sum(w * w))
        a = w / angle
        local = X * jnp.cos(angle) + jnp.cross(a, X) * jnp.sin(angle) + a * (a @ X) * (1.0 - jnp.cos(angle))
        p = local[:2] / local[2]
        r2 = p @ p
        return weight * (camera[6] * (1.0 + camera[9] * r2 + camera[10] * r2**2) * p + camera[7:9] - feature)

    return error


def in_jax(error, argnums):
    import jax

    return jax.jit(jax.vmap(jax.jacrev(error, argnums)))


def for_torch():
    import torch

    def error(camera, point, weight, feature):
        w, X = camera[:3], point - camera[3:6]
        angle = torch.sqrt(torch.sum(w * w))
        a = w / angle
        turned = torch.linalg.cross(a, X) * torch.sin(angle) + a * (a @ X) * (1.0 - torch.cos(angle))
        local = X * torch.cos(angle) + turned
        p = local[:2] / local[2]
        r2 = p @ p
        return weight * (camera[6] * (1.0 + camera[9] * r2 + camera[10] * r2**2) * p + camera[7:9] - feature)

    return error


def in_torch(error, argnums):
    from torch.func import jacrev, vmap

    return vmap(jacrev(error, argnums))


def in_autograd(errors, argnums):
    import autograd

    return by_columns(autograd.grad)(errors, argnums)


P = 10_000
rng = np.random.default_rng(0)
CAMERAS = np.concatenate(
    [rng.normal(scale=0.2, size=(P, 3)), rng.normal([0.0, 0.0, -6.0], 0.3, size=(P, 3)), np.ones((P, 5))], axis=1
)
CAMERAS[:, 7:] *= [0.1, 0.2, 0.01, 0.001]
ROWS = [
    Row(
        "bundle adjustment, Jacobian of 10000",
        errors,
        (CAMERAS, rng.normal(size=(P, 3)), rng.uniform(size=P), rng.normal(size=(P, 2))),
        (0, 1, 2),
        by_hand,
        autograd=lambda: written_for("autograd.numpy", errors),
        jax=for_jax,
        torch=for_torch,
        derivatives={"srcad": by_columns(srcad.grad), "autograd": in_autograd, "jax": in_jax, "torch": in_torch},
    )
]
