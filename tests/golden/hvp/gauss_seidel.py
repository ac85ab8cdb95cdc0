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
            v8 = v4 / v3 * v7
            v9 = (b_dot[i] - (a_dot[i] @ x + v2 @ x_dot) + v6) / v3 - v8
            tape.append(v7)
            tape_dot.append(v9)
            x[i] = v7
            x_dot[i] = v9
    # adjoint of: for _ in range(sweeps):
    v10 = np.broadcast_to(1.0, np.shape(x))
    x_bar_dot = np.zeros_like(v10)
    b_bar_dot = np.zeros_like(b)
    a_bar_dot = np.zeros_like(a)
    x_bar = v10.copy()
    for _ in reversed(range(sweeps)):
        # adjoint of: for i in range(len(b)):
        for i in reversed(range(v1)):
            x = x_tape.pop()
            x_dot = x_tape_dot.pop()
            v11 = tape.pop()
            v12 = tape_dot.pop()
            # adjoint of: x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v13 = a[i]
            v14 = a[i, i]
            v15 = a_dot[i, i]
            v16 = x_bar[i]
            x_bar[i] = 0.0
            v17 = x_bar_dot[i]
            x_bar_dot[i] = 0.0
            v18 = v16 / v14
            v19 = v17 / v14 - v15 / v14 * v18
            v20 = v19 * x[i] + x_dot[i] * v18 - (v19 * v11 + v12 * v18)
            x_bar[i] += v18 * v14
            x_bar_dot[i] += v19 * v14 + v15 * v18
            a_bar_dot[i, i] += v20
            v21 = -v18
            v22 = -v19
            x_bar += v21 * v13
            x_bar_dot += v22 * v13 + a_dot[i] * v21
            a_bar_dot[i] += v22 * x + x_dot * v21
            b_bar_dot[i] += v19
    return a_bar_dot, b_bar_dot
