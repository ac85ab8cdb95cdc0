def gauss_seidel_grad(a, b, sweeps):
    # x = np.zeros(len(b))
    v1 = len(b)
    x = np.zeros(v1)
    x_tape = []
    tape = []
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v1):
            x_tape.append(x.copy())
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v2 = a[i, i]
            v3 = (b[i] - a[i] @ x + v2 * x[i]) / v2
            tape.append(v3)
            x[i] = v3
    # adjoint of: for _ in range(sweeps):
    b_bar = np.zeros_like(b)
    a_bar = np.zeros_like(a)
    x_bar = np.broadcast_to(1.0, np.shape(x)).copy()
    for _ in reversed(range(sweeps)):
        # adjoint of: for i in range(len(b)):
        for i in reversed(range(v1)):
            x = x_tape.pop()
            v4 = tape.pop()
            # adjoint of: x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v5 = a[i, i]
            v6 = x_bar[i]
            x_bar[i] = 0.0
            v7 = v6 / v5
            x_bar[i] += v7 * v5
            a_bar[i, i] += v7 * x[i] - v7 * v4
            x_bar -= v7 * a[i]
            a_bar[i] -= v7 * x
            b_bar[i] += v7
    return a_bar, b_bar
