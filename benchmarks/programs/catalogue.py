"""The rows, in order."""

from __future__ import annotations

from benchmarks.programs import (
    attention,
    black_scholes,
    bodies,
    bundle_adjustment,
    gauss_seidel,
    gaussian_process,
    hidden_markov,
    kalman,
    logistic_regression,
    lstm,
    mixture,
    perceptron,
    rosenbrock,
    scalar,
    stencils,
    steps_of_numbers,
)

ROWS = [
    *scalar.ROWS,
    *rosenbrock.ROWS,
    *logistic_regression.ROWS,
    *perceptron.ROWS,
    *steps_of_numbers.ROWS,
    *black_scholes.ROWS,
    *stencils.ROWS,
    *gauss_seidel.ROWS,
    *bodies.ROWS,
    *mixture.ROWS,
    *lstm.ROWS,
    *bundle_adjustment.ROWS,
    *gaussian_process.ROWS,
    *hidden_markov.ROWS,
    *kalman.ROWS,
    *attention.ROWS,
]
