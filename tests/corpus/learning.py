"""Small learning codes written by hand in NumPy."""

import math
from collections import namedtuple
from functools import partial

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program

LABELS = np.array([0, 2, 1, 1, 0])


def softmax_regression(W, b, X, y, reg):
    """The assignment everybody has done."""
    scores = X.dot(W) + b
    scores -= np.max(scores, axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(X.shape[0]), y])
    data_loss = np.sum(correct_logprobs) / X.shape[0]
    reg_loss = 0.5 * reg * np.sum(W * W)
    return data_loss + reg_loss


program(softmax_regression, normal(4, 3), normal(3), normal(5, 4), LABELS, 0.1, argnums=(0, 1, 2, 4), step=1e-3)


def svm_loss_naive(W, X, y, reg):
    """Hinge loss by loops."""
    loss = 0.0
    num_classes = W.shape[1]
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
    loss /= num_train
    loss += reg * np.sum(W * W)
    return loss


program(svm_loss_naive, normal(4, 3), normal(5, 4), LABELS, 0.1, argnums=(0, 1, 3), step=1e-3)


class Linear:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def __call__(self, x):
        return x @ self.w + self.b


class Tanh:
    def __call__(self, x):
        return np.tanh(x)


class Sequential:
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def penalty(self):
        return sum(np.sum(layer.w**2) for layer in self.layers if isinstance(layer, Linear))


def module_network(params, x, y):
    """Classes made inside the function, called in a list."""
    model = Sequential(Linear(params["w1"], params["b1"]), Tanh(), Linear(params["w2"], params["b2"]))
    out = model.forward(x)
    return np.mean((out - y) ** 2) + 1e-2 * model.penalty()


program(
    module_network,
    {"w1": normal(3, 4), "b1": normal(4), "w2": normal(4, 2), "b2": normal(2)},
    normal(5, 3),
    normal(5, 2),
    argnums=(0, 1),
)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


GRU = namedtuple("GRU", "Wz Wr Wh Uz Ur Uh bz br bh")


def gru_loss(p, V, xs, ts):
    """A gated recurrent unit over a sequence, hidden states kept."""
    h = np.zeros(p.bz.shape)
    hs = []
    for x in xs:
        z = sigmoid(p.Wz @ x + p.Uz @ h + p.bz)
        r = sigmoid(p.Wr @ x + p.Ur @ h + p.br)
        candidate = np.tanh(p.Wh @ x + p.Uh @ (r * h) + p.bh)
        h = (1 - z) * h + z * candidate
        hs.append(h)
    ys = np.array(hs) @ V
    return 0.5 * np.sum((ys - ts) ** 2)


program(
    gru_loss,
    GRU(*(normal(3, 2, seed=k) for k in range(3)), *(normal(3, 3, seed=k) for k in range(3)), *normal(3, 3, seed=9)),
    normal(3),
    normal(4, 2),
    normal(4),
    argnums=(0, 1),
)


def char_rnn(params, tokens, vocabulary):
    """min-char-rnn: one-hot inputs, states in dicts by time, hprev from key -1."""
    Wxh, Whh, Why, bh, by = params
    xs, hs, ps = {}, {}, {}
    hs[-1] = np.zeros((Whh.shape[0], 1))
    loss = 0
    for t in range(len(tokens) - 1):
        xs[t] = np.zeros((vocabulary, 1))
        xs[t][tokens[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(ps[t][tokens[t + 1], 0])
    return loss


program(
    char_rnn,
    (normal(3, 4), normal(3, 3), normal(4, 3), normal(3, 1), normal(4, 1)),
    [0, 3, 1, 2, 2],
    4,
)


def scaled_dot_attention(q, k, v, mask):
    """Loops over queries; masked keys are skipped by continue."""
    d = q.shape[-1]
    out = np.zeros((q.shape[0], v.shape[1]))
    for i in range(q.shape[0]):
        logits = np.full(k.shape[0], -1e30)
        for j in range(k.shape[0]):
            if not mask[i, j]:
                continue
            logits[j] = q[i] @ k[j] / math.sqrt(d)
        w = np.exp(logits - logits.max())
        w /= w.sum()
        out[i] = w @ v
    return out


program(
    scaled_dot_attention,
    normal(3, 2),
    normal(4, 2),
    normal(4, 3),
    np.array([[1, 0, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1]], dtype=bool),
    argnums=(0, 1, 2),
)


def conv_forward_naive(x, w, b, stride, pad):
    """Four nested loops over padded images."""
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = 1 + (H + 2 * pad - HH) // stride
    Wo = 1 + (W + 2 * pad - WW) // stride
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    patch = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out


def max_pool_naive(x, size):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            window = x[:, :, i * size : (i + 1) * size, j * size : (j + 1) * size]
            out[:, :, i, j] = np.max(window, axis=(2, 3))
    return out


def convnet(x, w, b, dense):
    h = conv_forward_naive(x, w, b, stride=1, pad=1)
    h = np.maximum(h, 0)
    h = max_pool_naive(h, 2)
    return np.sum(np.tanh(h.reshape(h.shape[0], -1) @ dense))


program(
    convnet,
    normal(2, 2, 4, 4),
    normal(2, 2, 3, 3),
    normal(2),
    normal(8, 2),
    argnums=(0, 1, 2, 3),
    step=1e-4,
    rtol=1e-6,
)


def layer_norm(x, gain=1.0, bias=0.0, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    std = x.std(axis=-1, keepdims=True)
    return gain * (x - mean) / (std + eps) + bias


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def transformer_block(params, tokens, embedding, positions):
    """Pre-norm block in the style of picoGPT: dicts of dicts passed by **."""

    def linear(x, w, b):
        return x @ w + b

    def mlp(x, c_fc, c_proj):
        return linear(gelu(linear(x, **c_fc)), **c_proj)

    def mha(x, c_attn, c_proj, n_head):
        x = linear(x, **c_attn)
        qkv_heads = list(map(lambda part: np.split(part, n_head, axis=-1), np.split(x, 3, axis=-1)))
        causal = (1 - np.tri(x.shape[0])) * -1e10
        heads = []
        for q, k, v in zip(*qkv_heads):
            scores = q @ k.T / np.sqrt(q.shape[-1]) + causal
            e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
            heads.append(e / np.sum(e, axis=-1, keepdims=True) @ v)
        return linear(np.hstack(heads), **c_proj)

    x = embedding[tokens] + positions[range(len(tokens))]
    x = x + mha(layer_norm(x, **params["ln_1"]), **params["attn"], n_head=2)
    x = x + mlp(layer_norm(x, **params["ln_2"]), **params["mlp"])
    logits = x @ embedding.T
    shifted = logits - logits.max(-1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return -np.mean(log_probs[np.arange(len(tokens) - 1), tokens[1:]])


def dense(n, m, seed):
    return {"w": normal(n, m, seed=seed, scale=0.5), "b": normal(m, seed=seed, scale=0.1)}


program(
    transformer_block,
    {
        "ln_1": {"gain": uniform(4, low=0.5, high=1.5), "bias": normal(4)},
        "ln_2": {"gain": uniform(4, low=0.5, high=1.5, seed=1), "bias": normal(4, seed=1)},
        "attn": {"c_attn": dense(4, 12, 2), "c_proj": dense(4, 4, 3)},
        "mlp": {"c_fc": dense(4, 6, 4), "c_proj": dense(6, 4, 5)},
    },
    np.array([1, 4, 2, 0]),
    normal(5, 4),
    normal(6, 4),
    argnums=(0, 2, 3),
    step=1e-3,
)


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


def adam_unrolled(x0, rate, beta1, beta2, gradient, steps):
    """The optimiser with its moments and bias corrections, differentiated through."""
    x, m, v = x0.copy(), np.zeros_like(x0), np.zeros_like(x0)
    for t in range(1, steps + 1):
        g = gradient(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        x -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return np.sum((x - 1) ** 2)


program(
    partial(adam_unrolled, gradient=rosenbrock_gradient, steps=5),
    normal(3),
    0.05,
    0.9,
    0.99,
    argnums=(0, 1, 2, 3),
    name="adam_unrolled",
    step=1e-3,
)


def momentum_by_parameter(params, rate, mu, x, y, steps):
    """Velocities beside parameters in dicts, updated through views and keys."""
    weights = {name: value.copy() for name, value in params.items()}
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    history = []
    for _ in range(steps):
        hidden = np.tanh(x @ weights["W"])
        error = hidden @ weights["v"] - y
        history.append(0.5 * np.mean(error**2))
        grads = {
            "v": hidden.T @ error / len(y),
            "W": x.T @ (np.outer(error, weights["v"]) * (1 - hidden**2)) / len(y),
        }
        for name in weights:
            velocity[name] *= mu
            velocity[name] -= rate * grads[name]
            weights[name] += velocity[name]
    return history[-1] + sum(history) / len(history)


program(
    momentum_by_parameter,
    {"W": normal(2, 3), "v": normal(3)},
    0.3,
    0.8,
    normal(5, 2),
    normal(5),
    3,
    argnums=(0, 1, 2, 3),
)


def maml_inner(theta, alpha, task_x, task_y):
    """A linear model adapted by one hand-written step for each task, then tested on the rest."""
    total = 0.0
    for x, y in zip(task_x, task_y):
        support, query = slice(0, 3), slice(3, None)
        residual = x[support] @ theta - y[support]
        adapted = theta - alpha * x[support].T @ residual / 3
        total += np.mean((x[query] @ adapted - y[query]) ** 2)
    return total / len(task_x)


program(maml_inner, normal(2), 0.1, normal(2, 5, 2), normal(2, 5), argnums=(0, 1, 2, 3))


def radial_basis_network(centres, widths, weights, x):
    """Broadcast distances, softplus widths."""
    beta = np.log1p(np.exp(widths))
    phi = np.exp(-beta * np.sum((x[:, np.newaxis] - centres[np.newaxis]) ** 2, axis=-1))
    phi /= phi.sum(axis=1, keepdims=True)
    return np.sum((phi @ weights) ** 2)


program(radial_basis_network, normal(3, 2), normal(3), normal(3, seed=1), normal(6, 2), argnums=(0, 1, 2, 3))


def dropout_mlp(params, x, y, training, rng_seed):
    """Masks from a seeded generator inside; a flag that says whether."""
    rng = np.random.default_rng(rng_seed)
    h = x
    for i, (W, b) in enumerate(params):
        h = h @ W + b
        if i < len(params) - 1:
            h = np.where(h > 0, h, 0.01 * h)
            if training:
                mask = rng.random(h.shape) < 0.7
                h = h * mask / 0.7
    return np.mean((h[:, 0] - y) ** 2)


PARAMS = [(normal(2, 4), normal(4)), (normal(4, 3), normal(3)), (normal(3, 1), normal(1))]
program(
    dropout_mlp, PARAMS, normal(5, 2), normal(5), True, 0, argnums=(0, 1), step=1e-3,
    also=((PARAMS, normal(5, 2), normal(5), False, 0),),
)  # fmt: skip


def word2vec_negative(centre, context, pairs, negatives):
    """Skip-gram with negative samples, rows picked by integers."""
    loss = 0.0
    for (c, o), negs in zip(pairs, negatives):
        u, v = context[o], centre[c]
        loss -= np.log(sigmoid(u @ v))
        for k in negs:
            loss -= np.log(sigmoid(-context[k] @ v))
    return loss / len(pairs)


program(
    word2vec_negative, normal(4, 3), normal(4, 3, seed=1), [(0, 1), (2, 3), (0, 2)], [[2, 3], [0, 0], [3, 1]],
    argnums=(0, 1),
)  # fmt: skip


def pinn_residual(w1, b1, w2, x):
    """A network's second derivative written out, for u'' = -u."""
    residual = 0.0
    for xi in x:
        z = np.tanh(w1 * xi + b1)
        u = w2 @ z
        d2u = w2 @ (-2 * z * (1 - z**2) * w1**2)
        residual += (d2u + u) ** 2
    boundary = (w2 @ np.tanh(b1)) ** 2 + (w2 @ np.tanh(w1 * np.pi / 2 + b1) - 1) ** 2
    return residual / len(x) + boundary


program(pinn_residual, normal(4), normal(4, seed=1), normal(4, seed=2), np.linspace(0, 1.5, 5), argnums=(0, 1, 2, 3))


def naive_bayes(log_prior, means, log_stds, x, y):
    scores = np.zeros((len(x), len(log_prior)))
    for c in range(len(log_prior)):
        z = (x - means[c]) / np.exp(log_stds[c])
        scores[:, c] = log_prior[c] - 0.5 * (z**2).sum(axis=1) - log_stds[c].sum()
    top = scores.max(axis=1)
    log_sum = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    picked = scores[np.arange(len(x)), y]
    return (log_sum - picked).mean()


program(
    naive_bayes, normal(3), normal(3, 2), normal(3, 2, seed=1, scale=0.3), normal(5, 2), LABELS, argnums=(0, 1, 2, 3)
)


def policy_gradient(theta, states, actions, rewards, gamma):
    """REINFORCE: discounted returns accumulated backwards, normalised."""
    returns = np.zeros_like(rewards)
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        returns[t] = running
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    loss = 0.0
    for s, a, G in zip(states, actions, returns):
        logits = theta @ s
        log_pi = logits - np.log(np.sum(np.exp(logits)))
        loss += -log_pi[a] * G
    return loss


program(policy_gradient, normal(2, 3), normal(4, 3), [0, 1, 1, 0], normal(4), 0.9, argnums=(0, 1, 3, 4))


def soft_decision_tree(splits, leaves, x):
    """Recursion over a complete tree stored in arrays."""

    def evaluate(node, sample):
        if node >= len(splits):
            return leaves[node - len(splits)]
        p = sigmoid(splits[node] @ sample)
        return p * evaluate(2 * node + 1, sample) + (1 - p) * evaluate(2 * node + 2, sample)

    return sum(evaluate(0, s) ** 2 for s in x)


program(soft_decision_tree, normal(3, 2), normal(4), normal(3, 2, seed=1), argnums=(0, 1, 2))
