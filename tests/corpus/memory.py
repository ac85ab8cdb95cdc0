"""Arrays that share memory: every way in which one name's change is another name's change, or isn't."""

import numpy as np

from tests.corpus import Corpus, definite, normal, uniform

corpus = Corpus(__name__)
program = corpus.program

A34 = normal(3, 4)
A33 = normal(3, 3)
X4 = normal(4)
X5 = normal(5)


def rows_by_unpacking(a):
    b = a * 1.0
    first, second, third = b
    first += second
    second *= third
    third[:] = first * second
    return np.sum(b**2)


program(rows_by_unpacking, A34)


def rows_in_a_list(a):
    b = a * 1.0
    rows = list(b)
    rows[0] *= 2.0
    rows[1][2] = rows[0][1] ** 2
    rows[2] = rows[2] * 3.0
    rows[2][0] = 100.0
    return np.sum(b**2) + rows[2][1]


program(rows_in_a_list, A34)


def rows_by_comprehension(a, s):
    b = a.copy()
    rows = [b[i] for i in range(len(b))]
    for k, row in enumerate(rows):
        row -= s * rows[k - 1]
    return np.sum(b * a)


program(rows_by_comprehension, A34, 0.3, argnums=(0, 1))


def rows_zipped(a, v):
    b = a.copy()
    for row, s in zip(b, v):
        row *= s
        row[0] = row[1] * row[2]
    for i, row in enumerate(b[::-1]):
        row += i * b[0, 1]
    return np.sum(b**2)


program(rows_zipped, A34, normal(3), argnums=(0, 1))


def row_swap_by_tuple(a):
    """The classic trap: rows are views, so this does not swap."""
    b = a * a
    b[0], b[1] = b[1], b[0]
    return np.sum(b * np.arange(12.0).reshape(3, 4))


program(row_swap_by_tuple, A34)


def row_swap_by_index(a):
    b = a * a
    b[[0, 2]] = b[[2, 0]]
    b[:, [0, 1]] = b[:, [1, 0]]
    return np.sum(b * np.arange(12.0).reshape(3, 4))


program(row_swap_by_index, A34)


def row_swap_with_copy(a, i, j):
    b = a * a
    temp = b[i].copy()
    b[i] = b[j]
    b[j] = temp
    return np.sum(b * np.arange(12.0).reshape(3, 4))


program(row_swap_with_copy, A34, 0, 2, also=((A34, 1, 1),))


def scalar_is_not_a_view(x):
    y = x.copy()
    v = y[1]
    v *= 10.0
    y[0] += v
    w = y[2:3]
    w *= 10.0
    return np.sum(y**2)


program(scalar_is_not_a_view, X4)


def augmented_rebinds_or_mutates(x, s):
    a = x
    b = a
    a = a * s
    a += 1.0
    c = a
    c -= b
    t = s
    u = t
    t += 1.0
    return np.sum(a * b) + t * u


program(augmented_rebinds_or_mutates, X4, 0.7, argnums=(0, 1))


def view_of_view_of_view(a, s):
    b = a.copy()
    c = b[1:]
    d = c[:, ::-1]
    e = d.T
    e[0] = s * b[0, :2]
    f = e[1:, 1]
    f **= 2
    return np.sum(b**3) + f[0]


program(view_of_view_of_view, A34, 0.7, argnums=(0, 1))


def view_made_before_base_is_rebound(x):
    y = x * 2.0
    v = y[1:3]
    y = y + 1.0
    v[0] = 50.0
    v[1] = y[0]
    return np.sum(v * y[1:3]) + np.sum(y)


program(view_made_before_base_is_rebound, X4)


def view_kept_across_branch(x, flag):
    y = x * 1.0
    v = y[:2]
    if flag > 0:
        v *= y[3]
    else:
        y[0] = v[1]
    y += 1.0
    return np.sum(v) * np.sum(y)


program(view_kept_across_branch, X4, 1, also=((X4, -1),))


def view_chosen_by_constant_branch(a, upper):
    b = a * 1.0
    half = b[:1] if upper else b[2:]
    half[:] = 2.0 * b[1]
    return np.sum(b * a)


program(view_chosen_by_constant_branch, A34, True)


def reshape_of_transposed_is_copy(a):
    b = a * 1.0
    flat = b.T.reshape(-1)
    flat[0] = 100.0
    also_flat = b.reshape(-1)
    also_flat[1] = flat[2] ** 2
    return np.sum(b) + flat[0] * 0.0 + also_flat[-1]


program(reshape_of_transposed_is_copy, A34)


def ravel_and_flatten(a):
    b = a * 1.0
    r = b.ravel()
    f = b.flatten()
    r[3] = 2.0 * f[4]
    f[0] = 10.0
    r *= f
    return np.sum(b**2)


program(ravel_and_flatten, A34)


def flat_assignment(a, s):
    b = a * 1.0
    b.flat[5] = s * b.flat[2]
    b.flat[::3] = s
    return np.sum(b * a)


program(flat_assignment, A34, 0.7, argnums=(0, 1))


def splits_are_views(x):
    y = x * 1.0
    left, right = np.split(y, 2)
    left += right
    right *= left[0]
    top, bottom = np.vsplit(y.reshape(2, 2), 2)
    bottom -= top
    return np.sum(y**2)


program(splits_are_views, X4)


def newaxis_and_squeeze_views(x, s):
    y = x * 1.0
    column = y[:, None]
    column[1] = s
    row = column.T
    row[0, 2] *= s
    back = np.squeeze(row)
    back[3] += back[1]
    np.expand_dims(y, 0)[0, 0] = s * s
    return np.sum(y**2)


program(newaxis_and_squeeze_views, X4, 0.7, argnums=(0, 1))


def atleast_and_asarray(x, s):
    y = x * 1.0
    same = np.asarray(y)
    two = np.atleast_2d(y)
    same[0] = s
    two[0, 1] = s * same[0]
    other = np.array(y)
    other[2] = 99.0
    third = np.ascontiguousarray(y)
    third[3] *= 2.0
    return np.sum(y**2) + other[0]


program(atleast_and_asarray, X4, 0.7, argnums=(0, 1))


def copyto_and_fill(x, s):
    y = np.empty(4)
    np.copyto(y, x)
    z = y.copy()
    y.fill(s)
    np.copyto(z[:2], y[:2] * z[1])
    np.copyto(z, 0.5, where=z > 1.0)
    return np.sum(y * z)


program(copyto_and_fill, X4, 0.7, argnums=(0, 1))


def put_and_place(x, v):
    y = x * 1.0
    np.put(y, [0, 2], v[:2] * y[1])
    y[np.array([1, 3])] -= v[:2]
    np.place(y, np.array([True, False, True, False]), v[1:])
    return np.sum(y**2 * np.arange(1.0, 5.0))


program(put_and_place, X4, normal(3), argnums=(0, 1))


def out_into_views(x, a):
    work = np.zeros((3, 4))
    np.multiply(x, 2.0, out=work[0])
    np.add(work[0], a[1], out=work[1])
    np.dot(a[:, :3], work[:3, 1], out=work[:3, 2].copy())
    np.sum(work, axis=0, out=work[2])
    np.exp(work[2, :2], out=work[2, 2:])
    return np.sum(work**2)


program(out_into_views, X4, A34, argnums=(0, 1))


def ufunc_at_methods(x, v):
    y = x * 1.0
    np.add.at(y, [0, 0, 3], v)
    np.subtract.at(y, np.array([1, 1]), v[:2])
    np.multiply.at(y, [2], v[0])
    grid = np.zeros((2, 2))
    np.add.at(grid, ([0, 1, 0], [1, 1, 1]), v)
    return np.sum(y**2) + np.sum(grid**3)


program(ufunc_at_methods, X4, normal(3), argnums=(0, 1))


def reduce_and_accumulate(x):
    total = np.add.reduce(x)
    running = np.add.accumulate(x)
    product = np.multiply.reduce(x)
    table = np.multiply.outer(x, running)
    return total * product + np.sum(table**2) + np.maximum.reduce(x)


program(reduce_and_accumulate, X4)


def index_arrays_from_values(x, y):
    z = x * y
    z[np.nonzero(x > 0)] *= 2.0
    z[np.where(y < 0)[0]] += x[0]
    order = np.argsort(x)
    z[order[:2]] = z[order[2:]]
    best = np.argmax(z)
    z[best] = z[best] ** 2
    return np.sum(z * np.arange(1.0, 5.0))


program(index_arrays_from_values, X4, normal(4, seed=1), argnums=(0, 1), step=1e-4)


def open_mesh(a, s):
    b = a * 1.0
    block = np.ix_([0, 2], [1, 3])
    b[block] = s * b[block] ** 2
    picked = b[np.ix_([1], [0, 1, 2])]
    return np.sum(b) + np.sum(picked**2)


program(open_mesh, A34, 0.7, argnums=(0, 1))


def mask_of_rows(a, s):
    b = a * 1.0
    keep = b[:, 0] > 0
    b[keep] *= s
    b[~keep, 1] = s
    b[keep, 2:] += b[keep, :2]
    return np.sum(b**2)


program(mask_of_rows, A34, 0.7, argnums=(0, 1), step=1e-4)


def mask_of_everything(a, s):
    b = a * 1.0
    b[b < 0] = s * s
    b[(b > 0.5) & (a > 0)] **= 2
    b[np.abs(b) < 0.1] -= s
    return np.sum(b * a)


program(mask_of_everything, A34, 0.7, argnums=(0, 1), step=1e-4)


def triangle_indices(a):
    b = a.copy()
    i, j = np.triu_indices(3, 1)
    b[j, i] = b[i, j] * 2.0
    b[np.tril_indices(3)] += 1.0
    b[np.arange(3), np.arange(3)] **= 2
    return np.linalg.det(b)


program(triangle_indices, A33)


def repeated_places(x, v):
    """Augmented assignment with repeats adds once, stores keep the last."""
    y = x * 1.0
    y[[0, 0, 1]] += v
    y[[2, 2]] = v[:2]
    y[[3, 3, 3]] *= v
    return np.sum(y**2)


program(repeated_places, X4, normal(3), argnums=(0, 1))


def overlapping_copies(x):
    y = x * 1.0
    y[1:] = y[:-1]
    y[:3] += y[2:]
    y[::-1] = y * 2.0
    y[1:4] = y[3:0:-1]
    return np.sum(y * np.arange(1.0, 6.0) ** 2)


program(overlapping_copies, X5)


def function_returns_its_argument(x, s):
    def scaled(v, k):
        v *= k
        return v

    y = x * 1.0
    z = scaled(y, s)
    z[0] = 5.0
    return np.sum(y * z)


program(function_returns_its_argument, X4, 0.7, argnums=(0, 1))


def function_returns_a_view(a, s):
    def interior(m):
        return m[1:-1]

    b = a * 1.0
    interior(b)[:] = s * b[0]
    middle = interior(b)
    middle += 1.0
    return np.sum(b**2)


program(function_returns_a_view, A34, 0.7, argnums=(0, 1))


def containers_hold_references(x, y):
    bag = {"a": x, "list": [y, x]}
    bag["a"] *= 2.0
    bag["list"][0] += bag["list"][1]
    other = dict(bag)
    other["a"][0] = 7.0
    other["list"] = [x * 3.0]
    return np.sum(x * y) + np.sum(other["list"][0]) + np.sum(bag["list"][1])


program(containers_hold_references, X4, normal(4, seed=1), argnums=(0, 1))


class Particle:
    def __init__(self, position, velocity):
        self.position = position
        self.velocity = velocity

    def kick(self, force, dt):
        self.velocity += dt * force

    def drift(self, dt):
        self.position += dt * self.velocity


def objects_hold_references(x, v, dt):
    """The object's arrays are the caller's names too."""
    particle = Particle(x, v)
    twin = particle
    for _ in range(3):
        particle.kick(-x, dt)
        twin.drift(dt)
    view = particle.position[:2]
    view *= 2.0
    return np.sum(x**2) + np.sum(v * twin.velocity)


program(objects_hold_references, X4, normal(4, seed=1), 0.1, argnums=(0, 1, 2))


def loop_carried_alias(x, n):
    """Two names of one array through a loop, which part in it."""
    a = x * 1.0
    b = a
    for k in range(n):
        a[k] += 1.0
        c = b * a[k]
        b[k + 1] = c[k]
    b = b + a
    b[0] = 3.0
    return np.sum(a * b)


program(loop_carried_alias, X5, 3, also=((X5, 0),))


def pointers_rotate(x, n):
    a, b, c = x * 1.0, x * 2.0, x * 3.0
    for k in range(n):
        a[0] += b[1] * c[2]
        a, b, c = b, c, a
    a *= 2.0
    return np.sum(a * b) + np.sum(c)


program(pointers_rotate, X4, 4, also=((X4, 0), (X4, 3)))


def current_and_best(x, n):
    """A snapshot that must be a copy, kept under a condition."""
    current = x * 1.0
    best = current.copy()
    lowest = np.sum(best**2)
    for k in range(n):
        current[k % 4] *= 0.5 - 0.4 * k
        energy = np.sum(current**2)
        if energy < lowest:
            lowest = energy
            best = current.copy()
    return np.sum(best * x) + lowest


program(current_and_best, X4, 5, step=1e-4)


def history_of_states(x, n):
    """States appended with and without a copy."""
    u = x * 1.0
    copies, references = [], []
    for k in range(n):
        u[1:] += 0.5 * u[:-1]
        copies.append(u.copy())
        references.append(u)
    u *= 2.0
    return sum(np.sum(c**2) for c in copies) + sum(np.sum(r) for r in references)


program(history_of_states, X4, 3)


def same_array_twice(x):
    def accumulate(target, source):
        target += source
        target *= source

    y = x * 1.0
    accumulate(y, y)
    accumulate(y[:2], y[2:])
    return np.sum(y)


program(same_array_twice, X4)


def zeros_filled_by_slices(x, c):
    n = len(x)
    big = np.zeros((2 * n, 2 * n))
    big[:n, :n] = np.outer(x, x)
    big[n:, n:] = c * big[:n, :n].T + np.eye(n)
    big[:n, n:] = big[n:, :n] = 0.1
    big[range(n), range(n)] += 2.0
    return np.linalg.slogdet(big)[1]


program(zeros_filled_by_slices, normal(3), 0.7, argnums=(0, 1))


def empty_like_then_rows(a, v):
    out = np.empty_like(a)
    for i in range(len(a)):
        out[i] = a[i] @ a.T @ a / (1 + i) + v
        if i:
            out[i] -= out[i - 1]
    return np.sum(out**2)


program(empty_like_then_rows, A34, X4, argnums=(0, 1))


def integers_beside_floats(x):
    counts = np.zeros(4, dtype=int)
    sums = np.zeros(4)
    for v in x:
        k = int(abs(v) * 2) % 4
        counts[k] += 1
        sums[k] += v * v
    filled = counts > 0
    return np.sum(sums[filled] / counts[filled])


program(integers_beside_floats, normal(7), step=1e-5)


def float32_buffer(x):
    """A single precision buffer rounds what is stored; its derivative is that of the copy."""
    y = np.zeros(4, dtype=np.float32)
    y[:] = 2.0
    z = x * y
    z[0] = z[1] * y[2]
    return np.sum(z**2)


program(float32_buffer, X4)


def astype_copies(x):
    y = x.astype(float)
    y[0] = 3.0
    z = x.astype(float, copy=True) * y
    return np.sum(z) + x[0]


program(astype_copies, X4)


def zero_dimensional_buffer(x):
    total = np.zeros(())
    for v in x:
        total += v**2
    total[...] = total * 2.0
    return total + x[0]


program(zero_dimensional_buffer, X4)


def list_slices(x):
    items = [v * v for v in x]
    items[1:3] = [items[0] * items[1], items[2], items[3] * 2.0]
    items.insert(1, items[-1])
    del items[0]
    items.reverse()
    items.extend([items[0] * items[1]])
    tail = items[-2:]
    tail[0] = 0.0
    return sum((k + 1) * v for k, v in enumerate(items)) + sum(tail)


program(list_slices, [0.3, -0.7, 1.1, 0.4])


def dict_methods(x):
    d = {"a": x[0], "b": x[1] ** 2}
    d.update(c=d["a"] * d["b"])
    d.setdefault("a", 100.0)
    d["e"] = d.pop("b") + d.get("z", 0.5)
    d |= {"a": d["a"] * 2.0}
    del d["c"]
    return sum(d.values()) * len(d) + max(d["a"], d["e"])


program(dict_methods, [0.3, -0.7])


def nested_lists_as_matrix(a, b):
    n = len(a)
    c = [[0.0 for _ in range(n)] for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i][j] += a[i][k] * b[k][j]
    trace = 0.0
    for i in range(n):
        trace += c[i][i] ** 2
    return trace


program(nested_lists_as_matrix, [[0.3, 1.1], [-0.4, 0.8]], [[0.5, -0.2], [0.9, 1.3]], argnums=(0, 1))


def shared_rows_trap(x):
    """[[0] * n] * n repeats one list."""
    grid = [[0.0] * 2] * 3
    grid[0][0] = x
    grid[2][1] = grid[1][0] * 2.0
    return sum(sum(row) for row in grid) * x


program(shared_rows_trap, 0.8)


def default_argument_is_shared(x):
    def remember(v, memory=[]):
        memory.append(v)
        return sum(memory)

    first = remember(x)
    return first * remember(x * x)


program(default_argument_is_shared, 0.8)


def argument_overwritten_then_returned(x, w):
    x -= np.mean(x)
    x /= np.sqrt(np.sum(x**2))
    w[:] = w[::-1] * x
    return w


program(argument_overwritten_then_returned, X4, normal(4, seed=1), argnums=(0, 1))


def symmetric_rank_updates(a, v):
    m = a.copy()
    for k in range(3):
        m += np.outer(v[k], v[k])
        m -= 0.1 * m @ m.T
        m[k] /= np.linalg.norm(m[k])
    return np.trace(m @ a)


program(symmetric_rank_updates, definite(3), A33, argnums=(0, 1))


def circular_buffer(x, delay, gain):
    buffer = np.zeros(delay)
    position = 0
    out = np.empty_like(x)
    for n in range(len(x)):
        out[n] = x[n] + gain * buffer[position]
        buffer[position] = out[n]
        position = (position + 1) % delay
    return np.sum(out**2) + buffer[0]


program(circular_buffer, uniform(8), 3, 0.6, argnums=(0, 2))


def in_place_through_map(x):
    y = [x[:2] * 1.0, x[2:] * 1.0]

    def double(v):
        v *= 2.0
        return np.sum(v)

    sums = list(map(double, y))
    return sums[0] * sums[1] + np.sum(y[0] * y[1])


program(in_place_through_map, X4)


def meshgrid_and_broadcast(x, y):
    gx, gy = np.meshgrid(x, y)
    gx += gy
    wide = np.broadcast_to(x, (2, 4)).copy()
    wide[0] *= 2.0
    return np.sum(gx**2) + np.sum(wide * wide[::-1])


program(meshgrid_and_broadcast, X4, normal(2), argnums=(0, 1))


def concatenated_is_a_copy(x, y):
    both = np.concatenate([x, y])
    both[0] = 9.0
    x[1] = both[2]
    stacked = np.stack([x, x])
    stacked[0] += 1.0
    return np.sum(both) * np.sum(x * y) + np.sum(stacked**2)


program(concatenated_is_a_copy, X4, normal(4, seed=1), argnums=(0, 1))


def element_of_a_list_by_value(x):
    """Which of the arrays is changed is known in the run only."""
    buffers = [x * 1.0, x * 2.0, x * 3.0]
    buffers[int(abs(x[0] * 2))] *= x[0]
    return np.sum(buffers[0] * buffers[1]) + np.sum(buffers[2])


program(element_of_a_list_by_value, np.array([0.7, -1.3, 0.4]), also=((np.array([1.2, -1.3, 0.4]),),))
