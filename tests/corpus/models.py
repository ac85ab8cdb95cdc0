"""Models that learn, and prices."""

import math

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def init_gpt(n_embd, n_vocab, n_head, n_layer, n_ctx):
    k = [0]

    def w(*s):
        k[0] += 1
        return normal(*s, seed=k[0], scale=0.3)

    return {
        "wte": w(n_vocab, n_embd),
        "wpe": w(n_ctx, n_embd),
        "blocks": [
            {
                "ln_1": {"g": 1 + w(n_embd), "b": w(n_embd)},
                "ln_2": {"g": 1 + w(n_embd), "b": w(n_embd)},
                "attn": {
                    "c_attn": {"w": w(n_embd, 3 * n_embd), "b": w(3 * n_embd)},
                    "c_proj": {"w": w(n_embd, n_embd), "b": w(n_embd)},
                },
                "mlp": {
                    "c_fc": {"w": w(n_embd, 2 * n_embd), "b": w(2 * n_embd)},
                    "c_proj": {"w": w(2 * n_embd, n_embd), "b": w(n_embd)},
                },
            }
            for _ in range(n_layer)
        ],
        "ln_f": {"g": 1 + w(n_embd), "b": w(n_embd)},
    }


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softmax(x):
    exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return exp_x / np.sum(exp_x, axis=-1, keepdims=True)


def layer_norm(x, g, b, eps: float = 1e-5):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.var(x, axis=-1, keepdims=True)
    return g * (x - mean) / np.sqrt(variance + eps) + b


def linear(x, w, b):
    return x @ w + b


def ffn(x, c_fc, c_proj):
    return linear(gelu(linear(x, **c_fc)), **c_proj)


def attention(q, k, v, mask):
    return softmax(q @ k.T / np.sqrt(q.shape[-1]) + mask) @ v


def mha(x, c_attn, c_proj, n_head):
    x = linear(x, **c_attn)
    qkv_heads = list(map(lambda x: np.split(x, n_head, axis=-1), np.split(x, 3, axis=-1)))
    causal_mask = (1 - np.tri(x.shape[0], dtype=x.dtype)) * -1e10
    out_heads = [attention(q, k, v, causal_mask) for q, k, v in zip(*qkv_heads)]
    return linear(np.hstack(out_heads), **c_proj)


def transformer_block(x, mlp, attn, ln_1, ln_2, n_head):
    x = x + mha(layer_norm(x, **ln_1), **attn, n_head=n_head)
    x = x + ffn(layer_norm(x, **ln_2), **mlp)
    return x


def gpt2(inputs, wte, wpe, blocks, ln_f, n_head):
    x = wte[inputs] + wpe[range(len(inputs))]
    for block in blocks:
        x = transformer_block(x, **block, n_head=n_head)
    return layer_norm(x, **ln_f) @ wte.T


def gpt_loss(params, tokens, n_head):
    x, y = tokens[:-1], tokens[1:]
    logits = gpt2(x, **params, n_head=n_head)
    logp = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y])


program(gpt_loss, init_gpt(4, 5, 2, 2, 6), [1, 3, 0, 2, 4], 2, step=1e-3)


def lstm_cell(x, h, c, Wx, Wh, b):
    n = h.shape[1]
    a = x @ Wx + h @ Wh + b
    sig = lambda z: 1.0 / (1.0 + np.exp(-z))
    i, f, o, g = sig(a[:, :n]), sig(a[:, n : 2 * n]), sig(a[:, 2 * n : 3 * n]), np.tanh(a[:, 3 * n :])
    c = f * c + i * g
    return o * np.tanh(c), c


def lstm_sequence(x, h0, Wx, Wh, b, V):
    N, T, D = x.shape
    H = h0.shape[1]
    hs = np.zeros((N, T, H))
    h, c = h0, np.zeros_like(h0)
    for t in range(T):
        h, c = lstm_cell(x[:, t, :], h, c, Wx, Wh, b)
        hs[:, t, :] = h
    y = hs.reshape(N * T, H) @ V
    return np.mean(y**2)


program(
    lstm_sequence,
    normal(2, 3, 2),
    normal(2, 2),
    normal(2, 8),
    normal(2, 8, seed=1),
    normal(8),
    normal(2, 3),
    argnums=(0, 1, 2, 3, 4, 5),
    also=((normal(3, 4, 2), normal(3, 2), normal(2, 8), normal(2, 8, seed=1), normal(8), normal(2, 3)),),
)


def vae_elbo(enc, dec, x, eps):
    h = np.tanh(x @ enc["W1"] + enc["b1"])
    mu, logvar = np.split(h @ enc["W2"] + enc["b2"], 2, axis=1)
    z = mu + np.exp(0.5 * logvar) * eps
    h = np.maximum(0, z @ dec["W1"] + dec["b1"])
    logits = h @ dec["W2"] + dec["b2"]
    recon = np.sum(np.logaddexp(0, logits) - x * logits, axis=1)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=1)
    return np.mean(recon + kl)


program(
    vae_elbo,
    {"W1": normal(4, 3), "b1": normal(3), "W2": normal(3, 4, seed=2), "b2": normal(4, seed=1)},
    {"W1": normal(2, 5), "b1": normal(5), "W2": normal(5, 4), "b2": normal(4, seed=8)},
    uniform(3, 4),
    normal(3, 2),
    argnums=(0, 1, 2, 3),
    step=1e-4,
)


def get_im2col_indices(shape, k, pad, stride):
    N, C, H, W = shape
    oh, ow = (H + 2 * pad - k) // stride + 1, (W + 2 * pad - k) // stride + 1
    i0 = np.tile(np.repeat(np.arange(k), k), C)
    i1 = stride * np.repeat(np.arange(oh), ow)
    j0 = np.tile(np.arange(k), k * C)
    j1 = stride * np.tile(np.arange(ow), oh)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    c = np.repeat(np.arange(C), k * k).reshape(-1, 1)
    return c, i, j, oh, ow


def conv_im2col(x, w, b, pad=1, stride=1):
    F, C, k, _ = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    c, i, j, oh, ow = get_im2col_indices(x.shape, k, pad, stride)
    cols = xp[:, c, i, j]
    cols = cols.transpose(1, 2, 0).reshape(k * k * C, -1)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(F, oh, ow, x.shape[0]).transpose(3, 0, 1, 2)


def batch_norm(x, gamma, beta, running, momentum=0.9):
    mu = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    running["mean"] = momentum * running["mean"] + (1 - momentum) * mu.squeeze()
    return gamma[None, :, None, None] * (x - mu) / np.sqrt(var + 1e-5) + beta[None, :, None, None]


def cnn(params, x, labels):
    running = {"mean": np.zeros(2)}
    h = conv_im2col(x, params["w1"], params["b1"])
    h = np.maximum(batch_norm(h, params["g"], params["bt"], running), 0)
    N, C, H, W = h.shape
    h = h.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    scores = h.reshape(N, -1) @ params["W"]
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[range(N), labels]).mean() + 0.1 * np.sum(running["mean"] ** 2)


program(
    cnn,
    {"w1": normal(2, 1, 3, 3), "b1": normal(2), "g": 1 + uniform(2), "bt": normal(2, seed=2), "W": normal(8, 3)},
    normal(2, 1, 4, 4),
    np.array([0, 2]),
    argnums=(0, 1),
    step=1e-4,
)


def baum_welch(A, B, pi, obs, rounds):
    n, T = len(pi), len(obs)
    for _ in range(rounds):
        alpha, beta, c = np.zeros((T, n)), np.zeros((T, n)), np.zeros(T)
        alpha[0] = pi * B[:, obs[0]]
        c[0] = 1 / alpha[0].sum()
        alpha[0] *= c[0]
        for t in range(1, T):
            alpha[t] = alpha[t - 1] @ A * B[:, obs[t]]
            c[t] = 1 / alpha[t].sum()
            alpha[t] *= c[t]
        beta[-1] = c[-1]
        for t in range(T - 2, -1, -1):
            beta[t] = c[t] * (A @ (B[:, obs[t + 1]] * beta[t + 1]))
        gamma = alpha * beta
        gamma /= gamma.sum(axis=1, keepdims=True)
        xi = np.zeros((n, n))
        for t in range(T - 1):
            joint = alpha[t][:, None] * A * (B[:, obs[t + 1]] * beta[t + 1])[None, :]
            xi += joint / joint.sum()
        A = xi / xi.sum(axis=1, keepdims=True)
        new_B = np.zeros_like(B)
        for t, o in enumerate(obs):
            new_B[:, o] += gamma[t]
        B = new_B / gamma.sum(axis=0)[:, None]
        pi = gamma[0]
    return -np.sum(np.log(c)) + np.sum(A**2)


program(
    baum_welch,
    np.array([[0.7, 0.3], [0.4, 0.6]]),
    np.array([[0.5, 0.3, 0.2], [0.1, 0.4, 0.5]]),
    np.array([0.6, 0.4]),
    [0, 2, 1, 0],
    2,
    argnums=(0, 1, 2),
    step=1e-4,
)


def word2vec_skipgram(emb, ctx, corpus_ids, window, negatives):
    loss, pairs = 0.0, 0
    for i, center in enumerate(corpus_ids):
        for j in range(max(0, i - window), min(len(corpus_ids), i + window + 1)):
            if j == i:
                continue
            v = emb[center]
            score = v @ ctx[corpus_ids[j]]
            loss += np.log1p(np.exp(-score))
            for neg in negatives[i]:
                loss += np.log1p(np.exp(v @ ctx[neg]))
            pairs += 1
    return loss / pairs


program(
    word2vec_skipgram,
    normal(5, 3),
    normal(5, 3, seed=1),
    [0, 3, 2, 4],
    1,
    [[1, 2], [0, 4], [3, 3], [1, 0]],
    argnums=(0, 1),
)


class Adam:
    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m, self.v, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        b1, b2 = self.betas
        for key in params:
            if key not in self.m:
                self.m[key] = np.zeros_like(params[key])
                self.v[key] = np.zeros_like(params[key])
            self.m[key] = b1 * self.m[key] + (1 - b1) * grads[key]
            self.v[key] = b2 * self.v[key] + (1 - b2) * grads[key] ** 2
            mhat = self.m[key] / (1 - b1**self.t)
            vhat = self.v[key] / (1 - b2**self.t)
            params[key] -= self.lr * mhat / (np.sqrt(vhat) + self.eps)


def train_with_adam(W, b, X, y, lr, steps):
    params = {"W": W.copy(), "b": b.copy()}
    opt = Adam(lr)
    for _ in range(steps):
        e = X @ params["W"] + params["b"] - y
        opt.update(params, {"W": X.T @ e / len(X), "b": e.mean(axis=0)})
    e = X @ params["W"] + params["b"] - y
    return np.sum(e**2)


program(
    train_with_adam, normal(3, 2), normal(2), normal(5, 3), normal(5, 2), 0.1, 3, argnums=(0, 1, 2, 3, 4), step=1e-3
)


def lbfgs_loop(x, A, memory, iters):
    grad = lambda x: A @ x + 0.1 * x**3
    s_list, y_list = [], []
    g = grad(x)
    for _ in range(iters):
        q = g
        alphas = []
        for s, y in zip(reversed(s_list), reversed(y_list)):
            a = (s @ q) / (y @ s)
            alphas.append(a)
            q = q - a * y
        if s_list:
            q = q * (s_list[-1] @ y_list[-1]) / (y_list[-1] @ y_list[-1])
        for s, y, a in zip(s_list, y_list, reversed(alphas)):
            q = q + s * (a - (y @ q) / (y @ s))
        step = 0.3
        new = x - step * q
        gn = grad(new)
        s_list.append(new - x)
        y_list.append(gn - g)
        if len(s_list) > memory:
            s_list.pop(0)
            y_list.pop(0)
        x, g = new, gn
    return x @ A @ x


program(lbfgs_loop, normal(3), definite(3), 2, 4, argnums=(0, 1), step=1e-3)


def ppo_gae(theta, w, obs, acts, rews, old_logp, clip, lam):
    values = obs @ w
    adv = np.zeros_like(rews)
    last = 0
    for t in reversed(range(len(rews))):
        nxt = values[t + 1] if t + 1 < len(rews) else 0
        delta = rews[t] + 0.99 * nxt - values[t]
        adv[t] = last = delta + 0.99 * lam * last
    ret = adv + values
    logits = obs @ theta
    logp_all = logits - np.log(np.sum(np.exp(logits), axis=1))[:, None]
    logp = np.take_along_axis(logp_all, acts[:, None], axis=1)[:, 0]
    ratio = np.exp(logp - old_logp)
    pg = -np.minimum(ratio * adv, np.clip(ratio, 1 - clip, 1 + clip) * adv).mean()
    return pg + 0.5 * np.mean((ret - 0.3) ** 2)


program(
    ppo_gae,
    normal(3, 2),
    normal(3),
    normal(4, 3),
    np.array([0, 1, 1, 0]),
    normal(4),
    normal(4, seed=2) * 0.1 - 0.7,
    0.2,
    0.95,
    argnums=(0, 1, 4, 7),
    step=1e-4,
)


def mlp_lists(layers, x):
    for k, (W, b) in enumerate(layers):
        x = [sum(wij * xj for wij, xj in zip(row, x)) + bi for row, bi in zip(W, b)]
        if k < len(layers) - 1:
            x = [max(0.0, v) for v in x]
    top = max(x)
    total = sum(math.exp(v - top) for v in x)
    return -(x[0] - top - math.log(total))


program(
    mlp_lists,
    [([[0.1, -0.4], [0.7, 0.2], [0.3, 0.3]], [0.1, 0.0, 0.2]), ([[0.5, 0.1, -0.3], [0.2, 0.2, 0.2]], [0.0, 0.3])],
    [0.6, -0.8],
    argnums=(0, 1),
    step=1e-3,
)


def kmeans_soft(X, centers, beta, rounds):
    for r in range(rounds):
        D = ((X[:, np.newaxis] - centers) ** 2).sum(axis=2)
        R = np.exp(-beta * D)
        R /= R.sum(axis=1)[:, np.newaxis]
        for k in range(len(centers)):
            centers[k] = (R[:, k : k + 1] * X).sum(axis=0) / R[:, k].sum()
    return np.sum(R * D)


def kmeans_call(X, centers, beta):
    return kmeans_soft(X, np.array(centers), beta, 2)


program(kmeans_call, normal(5, 2), normal(2, 2, seed=2), 0.8, argnums=(0, 1, 2))


def american_put_trinomial(S, K, r, sigma, T, N):
    dt = T / N
    u = math.exp(sigma * math.sqrt(2 * dt))
    a, b = math.exp(r * dt / 2), math.exp(sigma * math.sqrt(dt / 2))
    pu = ((a - 1 / b) / (b - 1 / b)) ** 2
    pd = ((b - a) / (b - 1 / b)) ** 2
    pm = 1 - pu - pd
    prices = [S * u ** (j - N) for j in range(2 * N + 1)]
    values = [max(K - p, 0.0) for p in prices]
    for n in range(N - 1, -1, -1):
        for j in range(2 * n + 1):
            cont = math.exp(-r * dt) * (pd * values[j] + pm * values[j + 1] + pu * values[j + 2])
            exercise = K - S * u ** (j - n)
            values[j] = max(cont, exercise)
        values = values[: 2 * n + 1]
    return values[0]


program(american_put_trinomial, 100.3, 105.0, 0.05, 0.3, 1.0, 4, argnums=(0, 1, 2, 3, 4), step=1e-4)


def bootstrap_curve(rates, maturities):
    """Discount factors from par swap rates, one per year; Newton on each last one."""
    dfs = {0: 1.0}
    for rate, m in zip(rates, maturities):
        known = sum(dfs[k] for k in sorted(dfs) if 0 < k < m)
        last = max(dfs)
        gap = m - last
        z = dfs[last]
        x = z
        for _ in range(20):
            annuity, d_annuity = known, 0.0
            for i in range(1, gap + 1):
                w = i / gap
                annuity += z ** (1 - w) * x**w
                d_annuity += w * z ** (1 - w) * x ** (w - 1)
            f = rate * annuity + x - 1.0
            x -= f / (rate * d_annuity + 1.0)
        for i in range(1, gap + 1):
            dfs[last + i] = z ** (1 - i / gap) * x ** (i / gap)
    return dfs[max(dfs)] + sum(dfs.values())


program(bootstrap_curve, [0.02, 0.025, 0.03], [1, 2, 5], step=1e-3)


def sabr_smile(alpha, beta, rho, nu, F, strikes, T):
    vols = []
    for K in strikes:
        fk = (F * K) ** ((1 - beta) / 2)
        logfk = math.log(F / K)
        z = nu / alpha * fk * logfk
        if abs(z) < 1e-8:
            ratio = 1.0
        else:
            xz = math.log((math.sqrt(1 - 2 * rho * z + z * z) + z - rho) / (1 - rho))
            ratio = z / xz
        a = (1 - beta) ** 2
        denominator = fk * (1 + a / 24 * logfk**2 + a**2 / 1920 * logfk**4)
        correction = (
            1 + (a / 24 * alpha**2 / fk**2 + rho * beta * nu * alpha / 4 / fk + (2 - 3 * rho**2) / 24 * nu**2) * T
        )
        vols.append(alpha / denominator * ratio * correction)
    return vols


program(sabr_smile, 0.3, 0.7, -0.4, 0.5, 1.1, [0.9, 1.0, 1.2], 2.0, argnums=(0, 1, 2, 3, 4, 6), step=1e-3)


def bilateral_list(img, ss, sr):
    h, w = len(img), len(img[0])
    out = [[0.0] * w for _ in range(h)]
    for y in range(h):
        for x in range(w):
            acc = norm = 0.0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    yy, xx = min(max(y + dy, 0), h - 1), min(max(x + dx, 0), w - 1)
                    d = img[yy][xx] - img[y][x]
                    g = math.exp(-(dx * dx + dy * dy) / (2 * ss**2) - d * d / (2 * sr**2))
                    acc += g * img[yy][xx]
                    norm += g
            out[y][x] = acc / norm
    return sum(v * v for row in out for v in row)


program(bilateral_list, [[0.1, 0.5, 0.3], [0.9, 0.2, 0.4]], 1.1, 0.4, argnums=(0, 1, 2), step=1e-3)


def sdf_scene(centre, radius, box, k, rays):
    def smooth_union(a, b):
        h = np.clip(0.5 + 0.5 * (b - a) / k, 0.0, 1.0)
        return b * (1 - h) + a * h - k * h * (1 - h)

    def scene(p):
        sphere = np.linalg.norm(p - centre) - radius
        q = np.abs(p) - box
        cube = np.linalg.norm(np.maximum(q, 0.0)) + min(max(q[0], max(q[1], q[2])), 0.0)
        return smooth_union(sphere, cube)

    total = 0.0
    for origin, direction in rays:
        t = 0.0
        for _ in range(6):
            d = scene(origin + t * direction)
            if d < 1e-4:
                break
            t += d
        total += t
    return total


program(
    sdf_scene,
    np.array([0.3, 0.2, 0.1]),
    0.5,
    np.array([0.6, 0.5, 0.4]),
    0.7,
    [
        (np.array([0.1, 0.2, 2.0]), np.array([0.0, 0.0, -1.0])),
        (np.array([2.0, 0.15, 0.1]), np.array([-1.0, 0.05, 0.0])),
    ],
    argnums=(0, 1, 2, 3),
    step=1e-4,
)
