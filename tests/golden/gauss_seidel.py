def gauss_seidel_grad(a, b, sweeps):
    # x = np.zeros(len(b))
    v1 = len(b)
    x = np.zeros(v1)
    tape = []
    tape_2 = []
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v1):
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v2 = a[i, i]
            v3 = x[i]
            v4 = (b[i] - a[i] @ x + v2 * v3) / v2
            tape.append(v4)
            tape_2.append(v3)
            x[i] = v4
    # adjoint of: for _ in range(sweeps):
    b_bar = np.zeros_like(b)
    a_bar = np.zeros_like(a)
    x_bar = np.broadcast_to(1.0, np.shape(x)).copy()
    for _ in reversed(range(sweeps)):
        # adjoint of: for i in range(len(b)):
        for i in reversed(range(v1)):
            v5 = tape.pop()
            v6 = tape_2.pop()
            # adjoint of: x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            x[i] = v6
            v7 = a[i, i]
            v8 = x_bar[i]
            x_bar[i] = 0.0
            v9 = v8 / v7
            x_bar[i] += v9 * v7
            a_bar[i, i] += v9 * v6 - v9 * v5
            x_bar -= v9 * a[i]
            a_bar[i] -= v9 * x
            b_bar[i] += v9
    return a_bar, b_bar
