"""A long short-term memory with diagonal weights on a sequence of letters: ADBench's."""

from __future__ import annotations

import numpy as np

from benchmarks.gradbench.lstm import loss, sigmoid
from benchmarks.programs.row import Row


def forward(main, extra, state, sequence):
    """The values of the gates at each step and layer, and the softmax of each prediction."""
    n, layers = state.shape[1], len(state) // 2
    hidden, cell = list(state[::2]), list(state[1::2])
    tape, shares = [], []
    for t in range(len(sequence) - 1):
        x = sequence[t] * extra[0]
        for i in range(layers):
            gates = np.concatenate([x, hidden[i], x, hidden[i]]) * main[2 * i] + main[2 * i + 1]
            squashed, change = sigmoid(gates[: 3 * n]), np.tanh(gates[3 * n :])
            new = cell[i] * squashed[:n] + squashed[n : 2 * n] * change
            bent = np.tanh(new)
            tape.append((x, hidden[i], cell[i], squashed, change, bent))
            x = squashed[2 * n :] * bent
            hidden[i], cell[i] = x, new
        e = np.exp(x * extra[1] + extra[2])
        tape.append((x,))
        shares.append(e / (2.0 + np.sum(e)))
    return tape, shares


def by_hand(main, extra, state, sequence):
    n, layers = state.shape[1], len(state) // 2
    tape, shares = forward(main, extra, state, sequence)
    main_bar, extra_bar = np.zeros_like(main), np.zeros_like(extra)
    hidden_bar, cell_bar = [np.zeros(n) for _ in range(layers)], [np.zeros(n) for _ in range(layers)]
    gates_bar = np.empty(4 * n)
    scale = -1.0 / sequence[1:].size
    for t in reversed(range(len(sequence) - 1)):
        following = sequence[t + 1]
        y_bar = scale * (following - np.sum(following) * shares[t])
        (x,) = tape.pop()
        extra_bar[1] += y_bar * x
        extra_bar[2] += y_bar
        x_bar = y_bar * extra[1]
        for i in reversed(range(layers)):
            x, hidden, cell, squashed, change, bent = tape.pop()
            h_bar = hidden_bar[i] + x_bar
            c_bar = cell_bar[i] + h_bar * squashed[2 * n :] * (1.0 - bent * bent)
            gates_bar[:n] = c_bar * cell
            gates_bar[n : 2 * n] = c_bar * change
            gates_bar[2 * n : 3 * n] = h_bar * bent
            gates_bar[: 3 * n] *= squashed * (1.0 - squashed)
            gates_bar[3 * n :] = c_bar * squashed[n : 2 * n] * (1.0 - change * change)
            main_bar[2 * i] += gates_bar * np.concatenate([x, hidden, x, hidden])
            main_bar[2 * i + 1] += gates_bar
            back = gates_bar * main[2 * i]
            x_bar = back[:n] + back[2 * n : 3 * n]
            hidden_bar[i] = back[n : 2 * n] + back[3 * n :]
            cell_bar[i] = c_bar * squashed[:n]
        extra_bar[0] += x_bar * sequence[t]
    return main_bar, extra_bar


def for_autograd():
    import autograd.numpy as np

    def sigmoid(x):
        return 1.0 / (1.0 + np.exp(-x))

    def loss(main, extra, state, sequence):
        n, layers = state.shape[1], len(state) // 2
        hidden, cell = list(state[::2]), list(state[1::2])
        total = 0.0
        for t in range(len(sequence) - 1):
            x = sequence[t] * extra[0]
            for i in range(layers):
                gates = np.concatenate([x, hidden[i], x, hidden[i]]) * main[2 * i] + main[2 * i + 1]
                forget, entry = sigmoid(gates[:n]), sigmoid(gates[n : 2 * n])
                cell[i] = cell[i] * forget + entry * np.tanh(gates[3 * n :])
                x = hidden[i] = sigmoid(gates[2 * n : 3 * n]) * np.tanh(cell[i])
            y = x * extra[1] + extra[2]
            total = total + np.sum(sequence[t + 1] * (y - np.log(2.0 + np.sum(np.exp(y)))))
        return -total / sequence[1:].size

    return loss


def for_jax():
    import jax
    import jax.numpy as jnp
    from jax import lax

    def loss(main, extra, state, sequence):
        n, layers = state.shape[1], len(state) // 2

        def step(state, pair):
            x, following = pair
            x = x * extra[0]
            new = []
            for i in range(layers):
                hidden, cell = state[2 * i], state[2 * i + 1]
                gates = jnp.concatenate([x, hidden, x, hidden]) * main[2 * i] + main[2 * i + 1]
                forget, entry, out = jax.nn.sigmoid(gates[: 3 * n]).reshape(3, n)
                cell = cell * forget + entry * jnp.tanh(gates[3 * n :])
                x = out * jnp.tanh(cell)
                new += [x, cell]
            y = x * extra[1] + extra[2]
            return jnp.stack(new), jnp.sum(following * (y - jnp.log(2.0 + jnp.sum(jnp.exp(y)))))

        _, parts = lax.scan(step, state, (sequence[:-1], sequence[1:]))
        return -jnp.sum(parts) / sequence[1:].size

    return loss


def for_torch():
    import torch

    def loss(main, extra, state, sequence):
        n, layers = state.shape[1], len(state) // 2
        hidden, cell = list(state[::2]), list(state[1::2])
        total = 0.0
        for t in range(len(sequence) - 1):
            x = sequence[t] * extra[0]
            for i in range(layers):
                gates = torch.cat([x, hidden[i], x, hidden[i]]) * main[2 * i] + main[2 * i + 1]
                forget, entry, out = torch.sigmoid(gates[: 3 * n]).reshape(3, n)
                cell[i] = cell[i] * forget + entry * torch.tanh(gates[3 * n :])
                x = hidden[i] = out * torch.tanh(cell[i])
            y = x * extra[1] + extra[2]
            total = total + torch.sum(sequence[t + 1] * (y - torch.log(2.0 + torch.sum(torch.exp(y)))))
        return -total / sequence[1:].numel()

    return loss


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "LSTM, l=2 c=1024",
        loss,
        (
            rng.uniform(size=(4, 56)),
            rng.uniform(size=(3, 14)),
            rng.uniform(size=(4, 14)),
            rng.integers(0, 2, size=(1024, 14)).astype(float),
        ),
        (0, 1),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
    )
]
