"""Shattered gradients: how the gradients of deep ReLU networks at neighbouring inputs lose their likeness with depth.

The measurement of Balduzzi et al., "The Shattered Gradients Problem: If resnets are the answer, then what is the
question?" (ICML 2017): networks from one number to one number, freshly initialised; the gradient with respect to the
input at each point of a grid in [-2, 2]; the autocorrelation of this row of gradients, averaged over initialisations.
The gradients of a shallow network look like brown noise, a random walk. In plain networks the autocorrelation falls
with depth, on the way to white noise; in residual ones, h + beta relu(W h + b), it does not.

    python examples/shattered_gradients.py --plot shattered.png
"""

import argparse

import numpy as np

import srcad
from srcad.testing import check_gradient

LAGS = 16


def relu(z):
    return np.where(z > 0, z, 0.0)


def plain(x, first, hidden, biases, last):
    """The sum over the grid x of the network at its points: the gradient by x has the slope at each of them."""
    h = relu(np.outer(x, first) + biases[0])
    for k in range(len(hidden)):
        h = relu(h @ hidden[k] + biases[k + 1])
    return np.sum(h @ last)


def residual(x, first, hidden, biases, last, beta):
    """The same with a skip connection around each hidden layer."""
    h = relu(np.outer(x, first) + biases[0])
    for k in range(len(hidden)):
        h = h + beta * relu(h @ hidden[k] + biases[k + 1])
    return np.sum(h @ last)


plain_slopes = srcad.grad(plain)
residual_slopes = srcad.grad(residual)


def initialised(depth, width, rng):
    """He's initialisation of `depth` hidden layers: weights and biases have the variance 2 / width.

    Those of the first layer have the variance 1, so that the kinks of its neurons lie all over the grid.
    """
    scale = np.sqrt(2 / width)
    biases = scale * rng.normal(size=(depth, width))
    biases[0] = rng.normal(size=width)
    hidden = scale * rng.normal(size=(depth - 1, width, width))
    return rng.normal(size=width), hidden, biases, scale * rng.normal(size=width)


def autocorrelation(series, lags=LAGS):
    """The autocorrelation of a series at the lags 0, 1, ..."""
    centred = series - np.mean(series)
    variance = np.sum(centred**2)
    if variance == 0.0:
        return np.ones(lags)  # constant: as like as can be
    return np.array([np.sum(centred[lag:] * centred[: len(centred) - lag]) for lag in range(lags)]) / variance


def measured(slopes, depth, *options, grid=128, width=40, draws=15, seed=0):
    """The autocorrelation of input gradients, averaged over initialisations, and one of the rows of gradients."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-2, 2, grid)
    rows = [slopes(x, *initialised(depth, width, rng), *options) for _ in range(draws)]
    return np.mean([autocorrelation(row) for row in rows], axis=0), rows[0]


def noise(kind, grid=128, draws=15, seed=0):
    """The same for white noise, and for brown noise: its running sum."""
    rng = np.random.default_rng(seed)
    white = rng.normal(size=(draws, grid))
    rows = np.cumsum(white, axis=1) if kind == "brown" else white
    return np.mean([autocorrelation(row) for row in rows], axis=0), rows[0]


def experiments(depths=(2, 10, 40), beta=0.3, **options):
    """Name -> (autocorrelation, a row of gradients)."""
    found = {f"plain, {depth} layers": measured(plain_slopes, depth, **options) for depth in depths}
    found |= {f"residual, {depth} layers": measured(residual_slopes, depth, beta, **options) for depth in depths}
    sizes = {key: options[key] for key in ("grid", "draws") if key in options}
    return found | {f"{kind} noise": noise(kind, **sizes) for kind in ("white", "brown")}


def save_plot(path, found):
    """Above the gradients, below their autocorrelations."""
    try:
        import matplotlib
    except ImportError:
        print(f"no plot is written to {path}: matplotlib isn't installed (pip install matplotlib)")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(12, 6), constrained_layout=True)
    for column, kind in enumerate(("plain", "residual", "noise")):
        top, bottom = axes[:, column]
        for name, (correlations, row) in found.items():
            if kind in name:
                top.plot(np.linspace(-2, 2, len(row)), row / np.max(np.abs(row)), linewidth=0.8, label=name)
                bottom.plot(correlations, marker="o", markersize=3, label=name)
        top.set(title=kind, xlabel="input", ylabel="gradient, scaled" if kind != "noise" else "value, scaled")
        bottom.set(xlabel="lag", ylabel="autocorrelation", ylim=(-0.3, 1.05))
        bottom.legend(fontsize="small")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description="Measure how gradients shatter with depth.")
    parser.add_argument("--plot", metavar="FILE", help="write a plot, as .png, .pdf or .svg")
    chosen = parser.parse_args()

    rng = np.random.default_rng(1)
    x = np.linspace(-2, 2, 7)
    error = check_gradient(residual, x, *initialised(3, 5, rng), 0.3, argnums=0)
    print(f"agrees with differences: relative error {error:.1e}\n")
    found = experiments()
    print(f"{'autocorrelation of gradients at lag':38}{'1':>6}{'4':>8}{'12':>8}")
    for name, (correlations, _) in found.items():
        print(f"{name:36}" + "".join(f"{correlations[lag]:8.2f}" for lag in (1, 4, 12)))
    if chosen.plot:
        save_plot(chosen.plot, found)


if __name__ == "__main__":
    main()
