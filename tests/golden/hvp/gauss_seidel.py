def gauss_seidel_hvp(a, b, sweeps, a_dot, b_dot):
    # x = np.zeros(len(b))
    v1 = len(b)
    x = np.zeros(v1)
    tape = []
    tape_2 = []
    # for _ in range(sweeps):
    x_dot = np.zeros_like(x)
    tape_dot = []
    tape_dot_2 = []
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v1):
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v2 = a[i]
            v3 = a[i, i]
            v4 = a_dot[i, i]
            v5 = x[i]
            v6 = x_dot[i]
            v7 = b_dot[i] - (a_dot[i] @ x + v2 @ x_dot) + (v4 * v5 + v6 * v3)
            v8 = (b[i] - v2 @ x + v3 * v5) / v3
            v9 = (v7 - v4 * v8) / v3
            tape.append(v8)
            tape_dot.append(v9)
            tape_2.append(v5)
            tape_dot_2.append(v6)
            x[i] = v8
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
            v11 = tape.pop()
            v12 = tape_dot.pop()
            v13 = tape_2.pop()
            v14 = tape_dot_2.pop()
            # adjoint of: x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            x[i] = v13
            x_dot[i] = v14
            v15 = a[i]
            v16 = a[i, i]
            v17 = x_bar[i]
            x_bar[i] = 0.0
            v18 = x_bar_dot[i]
            x_bar_dot[i] = 0.0
            v19 = v17 / v16
            v20 = a_dot[i, i] * v19
            v21 = (v18 - v20) / v16
            x_bar[i] += v19 * v16
            x_bar_dot[i] += v21 * v16 + v20
            a_bar_dot[i, i] += v21 * v13 + v14 * v19 - (v21 * v11 + v12 * v19)
            x_bar -= v19 * v15
            x_bar_dot -= v21 * v15 + a_dot[i] * v19
            a_bar_dot[i] -= v21 * x + x_dot * v19
            b_bar_dot[i] += v21
    return a_bar_dot, b_bar_dot
