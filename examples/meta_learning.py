"""Meta-learning: the gradient of what some steps of gradient descent achieve, by what they start from.

The tasks are sine waves of different amplitudes and phases, of each of which a few points are known (as in Finn et
al., "Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks", ICML 2017). A small network is adapted to a
task by some steps of gradient descent with momentum, written with `srcad.grad`; the *meta-loss* is its error on other
points of the task afterwards. The meta-loss is differentiated through these steps: with respect to the initial
parameters (a dict of arrays), the step size and the momentum.

    python examples/meta_learning.py --plot adapted.png
"""

import argparse

import numpy as np

import srcad
from srcad.testing import check_gradient

STEPS = 3


def predict(params, x):
    h = np.tanh(x @ params["W1"] + params["b1"])
    h = np.tanh(h @ params["W2"] + params["b2"])
    return h @ params["W3"] + params["b3"]


def error(params, x, y):
    return np.mean((predict(params, x) - y) ** 2)


def adapted(params, rate, momentum, x, y, steps):
    """The parameters after some steps of gradient descent with momentum on the points (x, y)."""
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    for _ in range(steps):
        gradient = srcad.grad(error)(params, x, y)
        velocity = {name: momentum * v - rate * gradient[name] for name, v in velocity.items()}
        params = {name: p + velocity[name] for name, p in params.items()}
    return params


def meta_loss(params, rate, momentum, x, y, x_new, y_new):
    """The mean over tasks of the error on new points, after adapting to the known ones."""
    total = 0.0
    for task in range(len(x)):
        found = adapted(params, rate, momentum, x[task], y[task], STEPS)
        total += error(found, x_new[task], y_new[task])
    return total / len(x)


def initial_parameters(width=16, seed=0):
    rng = np.random.default_rng(seed)
    sizes = {"1": (1, width), "2": (width, width), "3": (width, 1)}
    weights = {f"W{k}": rng.normal(size=shape) / np.sqrt(shape[0]) for k, shape in sizes.items()}
    return weights | {f"b{k}": np.zeros(shape[1]) for k, shape in sizes.items()}


def draw_tasks(rng, tasks=8, points=8):
    """Points on sine waves: x, y to adapt to, and x_new, y_new to judge by, each of shape (tasks, points, 1)."""
    amplitude = rng.uniform(0.5, 2.0, size=(tasks, 1, 1))
    phase = rng.uniform(0, np.pi, size=(tasks, 1, 1))
    x, x_new = rng.uniform(-2, 2, size=(2, tasks, points, 1))
    return x, amplitude * np.sin(2 * x + phase), x_new, amplitude * np.sin(2 * x_new + phase)


def meta_train(params, rate=0.05, momentum=0.5, rounds=400, meta_rate=0.003, seed=1):
    """Learn the initial parameters, the step size and the momentum, by Adam; the losses on the way come along."""
    rng = np.random.default_rng(seed)
    value_and_gradient = srcad.value_and_grad(meta_loss, argnums=("params", "rate", "momentum"))
    learned = params | {"rate": np.array(rate), "momentum": np.array(momentum)}
    first = {name: np.zeros_like(p) for name, p in learned.items()}
    second = {name: np.zeros_like(p) for name, p in learned.items()}
    losses = []
    for t in range(1, rounds + 1):
        start = {name: learned[name] for name in params}
        value, bars = value_and_gradient(start, float(learned["rate"]), float(learned["momentum"]), *draw_tasks(rng))
        gradient = bars[0] | {"rate": bars[1], "momentum": bars[2]}
        first = {name: 0.9 * first[name] + 0.1 * g for name, g in gradient.items()}
        second = {name: 0.99 * second[name] + 0.01 * g**2 for name, g in gradient.items()}
        for name, m in first.items():
            step = m / (1 - 0.9**t) / (np.sqrt(second[name] / (1 - 0.99**t)) + 1e-8)
            learned[name] = learned[name] - meta_rate * step
        losses.append(value)
    return {name: learned[name] for name in params}, float(learned["rate"]), float(learned["momentum"]), losses


def adaptation_curve(params, rate, momentum, steps=10, seed=2):
    """The mean error on new points of unseen tasks after 0, 1, ... steps."""
    tasks = list(zip(*draw_tasks(np.random.default_rng(seed), tasks=50), strict=True))

    def mean_error(k):
        return np.mean([error(adapted(params, rate, momentum, x, y, k), *new) for x, y, *new in tasks])

    return [mean_error(k) for k in range(steps + 1)]


def save_plot(path, losses, curves):
    try:
        import matplotlib
    except ImportError:
        print(f"no plot is written to {path}: matplotlib isn't installed (pip install matplotlib)")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), constrained_layout=True)
    left.semilogy(losses)
    left.set(xlabel="round of meta-training", ylabel="meta-loss")
    for name, curve in curves.items():
        right.semilogy(curve, marker="o", label=name)
    right.set(xlabel="steps of gradient descent on a new task", ylabel="error on new points of the task")
    right.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    print(f"wrote {path}")


def check():
    """The meta-gradient against differences, for the parameters, the step size and the momentum."""
    small = initial_parameters(width=3, seed=3)
    tasks = draw_tasks(np.random.default_rng(4), tasks=2, points=3)
    return check_gradient(meta_loss, small, 0.05, 0.5, *tasks, argnums=(0, 1, 2))


def main():
    parser = argparse.ArgumentParser(description="Learn to learn sine waves.")
    parser.add_argument("--plot", metavar="FILE", help="write a plot, as .png, .pdf or .svg")
    chosen = parser.parse_args()

    print(f"agrees with differences: relative error {check():.1e}")
    start = initial_parameters()
    params, rate, momentum, losses = meta_train(start)
    print(f"meta-loss {np.mean(losses[:20]):.3f} -> {np.mean(losses[-20:]):.3f} in {len(losses)} rounds")
    print(f"step size 0.05 -> {rate:.3f}, momentum 0.5 -> {momentum:.3f}")
    curves = {
        "from where meta-training began": adaptation_curve(start, 0.05, 0.5),
        "from what it learned": adaptation_curve(params, rate, momentum),
    }
    for name, curve in curves.items():
        print(f"error on unseen tasks {name}: {curve[0]:.3f}, after {STEPS} steps {curve[STEPS]:.3f}")
    plain, learned = curves.values()
    assert learned[STEPS] < 0.5 * plain[STEPS]
    if chosen.plot:
        save_plot(chosen.plot, losses, curves)


if __name__ == "__main__":
    main()
