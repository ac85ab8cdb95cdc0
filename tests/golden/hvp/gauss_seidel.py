def gauss_seidel_hvp(a, b, sweeps, a_dot, b_dot):
    # x = np.zeros(len(b))
    v1 = len(b)
    x = np.zeros(v1)
    x_tape = []
    tape = []
    # for _ in range(sweeps):
    x_dot = np.zeros_like(x)
    x_tape_dot = []
    tape_dot = []
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v1):
            x_tape.append(x.copy())
            x_tape_dot.append(x_dot.copy())
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v2 = a[i]
            v3 = a[i, i]
            v4 = a_dot[i, i]
            v5 = x[i]
            v6 = v4 * v5 + x_dot[i] * v3
            v7 = (b[i] - v2 @ x + v3 * v5) / v3
            v8 = (b_dot[i] - (a_dot[i] @ x + v2 @ x_dot) + v6 - v4 * v7) / v3
            tape.append(v7)
            tape_dot.append(v8)
            x[i] = v7
            x_dot[i] = v8
    # adjoint of: for _ in range(sweeps):
    v9 = np.broadcast_to(1.0, np.shape(x))
    x_bar_dot = np.zeros_like(v9)
    b_bar_dot = np.zeros_like(b)
    a_bar_dot = np.zeros_like(a)
    x_bar = v9.copy()
    for _ in reversed(range(sweeps)):
        # adjoint of: for i in range(len(b)):
        for i in reversed(range(v1)):
            x = x_tape.pop()
            x_dot = x_tape_dot.pop()
            v10 = tape.pop()
            v11 = tape_dot.pop()
            # adjoint of: x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v12 = a[i]
            v13 = a[i, i]
            v14 = x_bar[i]
            x_bar[i] = 0.0
            v15 = x_bar_dot[i]
            x_bar_dot[i] = 0.0
            v16 = v14 / v13
            v17 = a_dot[i, i] * v16
            v18 = (v15 - v17) / v13
            v19 = v18 * x[i] + x_dot[i] * v16 - (v18 * v10 + v11 * v16)
            x_bar[i] += v16 * v13
            x_bar_dot[i] += v18 * v13 + v17
            a_bar_dot[i, i] += v19
            x_bar -= v16 * v12
            x_bar_dot -= v18 * v12 + a_dot[i] * v16
            a_bar_dot[i] -= v18 * x + x_dot * v16
            b_bar_dot[i] += v18
    return a_bar_dot, b_bar_dot
