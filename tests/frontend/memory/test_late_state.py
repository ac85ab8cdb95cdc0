"""Attributes and items that are None until the first turn of a loop fills them: state of optimizers and filters."""

import numpy as np

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.7, -1.2, 1.4])

programs = Programs()


class Momentum:
    def __init__(self, rate):
        self.rate, self.kept = rate, None

    def step(self, parts):
        if self.kept is None:
            self.kept = [np.zeros_like(part) for part in parts]
        self.kept = [0.9 * kept + np.sin(part) for kept, part in zip(self.kept, parts)]
        return [part - self.rate * kept for kept, part in zip(self.kept, parts)]


@programs(X, 4, also=((2 * X, 1), (X, 0)))
def momentum(x, n):
    optimizer, parts = Momentum(0.1), [x[:2], x * x]
    for _ in range(n):
        parts = optimizer.step(parts)
    return sum(np.sum(part**2) for part in parts)


class Adam:
    def __init__(self, rate):
        self.rate, self.first, self.turns = rate, None, 0

    def step(self, parts, slopes):
        if self.first is None:
            self.first = [np.zeros_like(part) for part in parts]
            self.second = [np.zeros_like(part) for part in parts]
        self.turns += 1
        moved = []
        for k, (part, slope) in enumerate(zip(parts, slopes)):
            self.first[k] = 0.9 * self.first[k] + 0.1 * slope
            self.second[k] = 0.99 * self.second[k] + 0.01 * slope * slope
            size = np.sqrt(self.second[k] / (1 - 0.99**self.turns)) + 1e-3
            moved.append(part - self.rate * self.first[k] / (1 - 0.9**self.turns) / size)
        return moved


@programs(X)
def adam(x):
    optimizer, parts = Adam(0.1), [x[:2], x * x]
    for _ in range(3):
        parts = optimizer.step(parts, [2 * part + np.sin(part) for part in parts])
    return sum(np.sum(part**2) for part in parts)


@programs(X, 3)
def item_of_a_dict(x, n):
    state = {"total": None}
    for k in range(n):
        if state["total"] is None:
            state["total"] = (x[0], x * x[k])
        a, b = state["total"]
        state["total"] = (a * x[1] + 1.0, b * 0.5)
    return state["total"][0] * np.sum(state["total"][1])


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
