def gauss_seidel_jvp(a, b, sweeps, a_dot, b_dot):
    # x = np.zeros(len(b))
    v1 = len(b)
    x = np.zeros(v1)
    # for _ in range(sweeps):
    x_dot = np.zeros_like(x)
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v1):
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v2 = a[i]
            v3 = a[i, i]
            v4 = a_dot[i, i]
            v5 = x[i]
            v6 = v4 * v5 + x_dot[i] * v3
            v7 = (b[i] - v2 @ x + v3 * v5) / v3
            v8 = (b_dot[i] - (a_dot[i] @ x + v2 @ x_dot) + v6 - v4 * v7) / v3
            x[i] = v7
            x_dot[i] = v8
    return np.sum(x), np.sum(x_dot)
