"""Dynamic programming, sequences and graphs."""

import numpy as np

from tests.corpus import Corpus, normal, uniform

corpus = Corpus(__name__)
program = corpus.program


def softmin3(a, b, c, gamma):
    a, b, c = -a / gamma, -b / gamma, -c / gamma
    top = max(max(a, b), c)
    return -gamma * (np.log(np.exp(a - top) + np.exp(b - top) + np.exp(c - top)) + top)


def soft_dtw(x, y, gamma):
    """Soft dynamic time warping, a table bordered by large numbers."""
    m, n = len(x), len(y)
    R = np.full((m + 1, n + 1), 1e10)
    R[0, 0] = 0.0
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            cost = (x[i - 1] - y[j - 1]) ** 2
            R[i, j] = cost + softmin3(R[i - 1, j], R[i, j - 1], R[i - 1, j - 1], gamma)
    return R[m, n]


program(soft_dtw, normal(4), normal(5), 0.5, argnums=(0, 1, 2), step=1e-3)


def dtw(x, y):
    """Hard minimum, rows as lists, only two kept."""
    previous = [0.0] + [float("inf")] * len(y)
    for a in x:
        current = [float("inf")]
        for j, b in enumerate(y):
            current.append(abs(a - b) + min(previous[j], previous[j + 1], current[j]))
        previous = current
    return previous[-1]


program(dtw, normal(4), normal(5), argnums=(0, 1), step=1e-4)


def logsumexp(x, axis=None):
    top = np.max(x, axis=axis, keepdims=True)
    out = top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
    return np.squeeze(out, axis=axis) if axis is not None else out.item()


def crf_log_likelihood(emissions, transitions, tags):
    """Linear-chain conditional random field: the forward algorithm minus the score of the tags."""
    score = emissions[0, tags[0]]
    alpha = emissions[0]
    for t in range(1, len(tags)):
        score = score + transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
        alpha = logsumexp(alpha[:, None] + transitions, axis=0) + emissions[t]
    return score - logsumexp(alpha, axis=0)


program(crf_log_likelihood, normal(4, 3), normal(3, 3), [0, 2, 1, 1], argnums=(0, 1), step=1e-3)


def viterbi_score(emissions, transitions):
    """The best path by max, its backpointers by argmax, and the score gathered again along it."""
    T, K = emissions.shape
    delta = np.zeros((T, K))
    back = np.zeros((T, K), dtype=int)
    delta[0] = emissions[0]
    for t in range(1, T):
        for k in range(K):
            candidates = delta[t - 1] + transitions[:, k]
            back[t, k] = np.argmax(candidates)
            delta[t, k] = candidates[back[t, k]] + emissions[t, k]
    path = [int(np.argmax(delta[-1]))]
    for t in range(T - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    path.reverse()
    score = emissions[0, path[0]]
    for t in range(1, T):
        score += transitions[path[t - 1], path[t]] + emissions[t, path[t]]
    return score + np.max(delta[-1])


program(viterbi_score, normal(4, 3), normal(3, 3), argnums=(0, 1), step=1e-4)


def ctc_forward(log_probs, labels, blank=0):
    """Connectionist temporal classification in probability space, rescaled every step."""
    extended = [blank]
    for label in labels:
        extended += [label, blank]
    S = len(extended)
    T = log_probs.shape[0]
    alpha = np.zeros(S)
    p = np.exp(log_probs - np.log(np.exp(log_probs).sum(axis=1, keepdims=True)))
    alpha[0] = p[0, blank]
    alpha[1] = p[0, extended[1]]
    log_likelihood = 0.0
    for t in range(T):
        if t > 0:
            new = np.zeros(S)
            for s in range(S):
                a = alpha[s]
                if s > 0:
                    a = a + alpha[s - 1]
                if s > 1 and extended[s] != blank and extended[s] != extended[s - 2]:
                    a = a + alpha[s - 2]
                new[s] = a * p[t, extended[s]]
            alpha = new
        scale = alpha.sum()
        alpha = alpha / scale
        log_likelihood += np.log(scale)
    return -(log_likelihood + np.log(alpha[-1] + alpha[-2]))


program(ctc_forward, normal(5, 4), [2, 2, 1], step=1e-3)


def needleman_wunsch(similarity, gap):
    n, m = similarity.shape
    F = np.zeros((n + 1, m + 1))
    F[:, 0] = gap * np.arange(n + 1)
    F[0, :] = gap * np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            F[i, j] = max(F[i - 1, j - 1] + similarity[i - 1, j - 1], F[i - 1, j] + gap, F[i, j - 1] + gap)
    return F[n, m]


program(needleman_wunsch, normal(3, 4), -0.4, argnums=(0, 1), step=1e-4)


def floyd_warshall(weights):
    """Shortest paths by np.minimum in place."""
    d = np.exp(weights)
    np.fill_diagonal(d, 0.0)
    n = len(d)
    for k in range(n):
        d = np.minimum(d, d[:, k : k + 1] + d[k : k + 1, :])
    return d.sum()


program(floyd_warshall, normal(4, 4), step=1e-4)


def bellman_ford(edges, lengths, n):
    """Relaxation over an edge list, stops when nothing changes."""
    distance = [float("inf")] * n
    distance[0] = 0.0
    for _ in range(n - 1):
        changed = False
        for (u, v), w in zip(edges, lengths):
            if distance[u] + w < distance[v]:
                distance[v] = distance[u] + w
                changed = True
        if not changed:
            break
    return sum(d * d for d in distance)


program(
    bellman_ford,
    [(0, 1), (0, 2), (1, 3), (2, 3), (1, 2)],
    np.array([1.0, 2.5, 1.9, 0.6, 1.1]),
    4,
    argnums=1,
    step=1e-4,
)


def matrix_chain_smooth(sizes, temperature):
    """A triangular table over intervals filled by length, soft minimum over the splits."""
    n = len(sizes) - 1
    cost = {}
    for i in range(n):
        cost[i, i] = 0.0
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)]
            cost[i, j] = -temperature * np.log(sum(np.exp(-o / temperature) for o in options))
    return cost[0, n - 1]


program(matrix_chain_smooth, [1.0, 2.0, 0.5, 1.5], 0.7, argnums=(0, 1), step=1e-3)


def belief_propagation(unary, pairwise, edges, rounds):
    """Messages in a dict by directed edge on a small loopy graph."""
    neighbours = {}
    for i, j in edges:
        neighbours.setdefault(i, []).append(j)
        neighbours.setdefault(j, []).append(i)
    messages = {}
    for i in neighbours:
        for j in neighbours[i]:
            messages[i, j] = np.ones(unary.shape[1])
    phi, psi = np.exp(unary), np.exp(pairwise)
    for _ in range(rounds):
        new = {}
        for (i, j), _ in messages.items():
            product = phi[i]
            for k in neighbours[i]:
                if k != j:
                    product = product * messages[k, i]
            m = psi.T @ product
            new[i, j] = m / m.sum()
        messages = new
    total = 0.0
    for i in neighbours:
        b = phi[i]
        for k in neighbours[i]:
            b = b * messages[k, i]
        b = b / b.sum()
        total -= np.sum(b * np.log(b))
    return total


program(belief_propagation, normal(3, 2), normal(2, 2), [(0, 1), (1, 2), (0, 2)], 2, argnums=(0, 1), step=1e-3)


def graph_convolution(features, w1, w2, edges):
    """Messages added by np.add.at, degrees counted the same way."""
    n = features.shape[0]
    sources, targets = edges[:, 0], edges[:, 1]
    degree = np.zeros(n)
    np.add.at(degree, targets, 1.0)

    def convolve(h):
        out = np.zeros_like(h)
        np.add.at(out, targets, h[sources])
        return out / np.maximum(degree, 1.0)[:, None] + h

    h = np.maximum(convolve(features @ w1), 0)
    return np.sum(convolve(h @ w2) ** 2)


program(
    graph_convolution, normal(4, 3), normal(3, 3), normal(3, 2), np.array([[0, 1], [1, 2], [2, 0], [3, 1], [0, 2]]),
    argnums=(0, 1, 2), step=1e-3,
)  # fmt: skip


def value_iteration(rewards, transitions, discount):
    """Bellman backups with max over actions until the change is small."""
    A, S, _ = transitions.shape
    P = np.exp(transitions)
    P /= P.sum(axis=2, keepdims=True)
    V = np.zeros(S)
    while True:
        Q = np.zeros((S, A))
        for a in range(A):
            Q[:, a] = rewards[:, a] + discount * P[a] @ V
        new = Q.max(axis=1)
        change = np.max(np.abs(new - V))
        V = new
        if change < 1e-13:
            break
    return V.sum()


program(value_iteration, normal(3, 2), normal(2, 3, 3), 0.5, argnums=(0, 1, 2), step=1e-4, rtol=1e-6)


def expression_stack(tokens, x, y):
    """A reverse Polish calculator: a list as a stack, operators by name."""
    operations = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
    stack = []
    for token in tokens.split():
        if token in operations:
            b, a = stack.pop(), stack.pop()
            stack.append(operations[token](a, b))
        elif token == "x":
            stack.append(x)
        elif token == "y":
            stack.append(y)
        elif token == "sin":
            stack.append(np.sin(stack.pop()))
        else:
            stack.append(float(token))
    assert len(stack) == 1, "malformed expression"
    return stack[0]


program(expression_stack, "x y * 3 + sin x 2 y + / -", 0.7, 1.3, argnums=(1, 2))


def insertion_sort_energy(x):
    """Swaps inside an array, then a weighted sum."""
    a = x.copy()
    for i in range(1, len(a)):
        j = i
        while j > 0 and a[j - 1] > a[j]:
            a[j - 1], a[j] = a[j], a[j - 1]
            j -= 1
    return a @ np.arange(1.0, len(a) + 1)


program(insertion_sort_energy, normal(5), step=1e-4)


def bubble_sort_list(x):
    values = [v * v for v in x]
    n = len(values)
    swapped = True
    while swapped:
        swapped = False
        for i in range(n - 1):
            if values[i] > values[i + 1]:
                values[i], values[i + 1] = values[i + 1], values[i]
                swapped = True
        n -= 1
    return sum((k + 1) * v for k, v in enumerate(values))


program(bubble_sort_list, [0.9, -0.3, 1.4, 0.5], step=1e-4)


def quicksort(values):
    if len(values) <= 1:
        return values
    pivot = values[0]
    smaller = [v for v in values[1:] if v < pivot]
    larger = [v for v in values[1:] if not v < pivot]
    return quicksort(smaller) + [pivot] + quicksort(larger)


def median_by_quicksort(x):
    ordered = quicksort(list(x))
    return ordered[len(ordered) // 2] ** 2 + 0.1 * ordered[0]


program(median_by_quicksort, uniform(5), step=1e-4)


def merge_in_place(x, y):
    """Two sorted arrays merged into a buffer by two cursors."""
    a, b = np.sort(x), np.sort(y)
    out = np.empty(len(a) + len(b))
    i = j = 0
    for k in range(len(out)):
        if j == len(b) or (i < len(a) and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return np.sum(out * np.arange(len(out)))


program(merge_in_place, normal(3), normal(4), argnums=(0, 1), step=1e-4)
