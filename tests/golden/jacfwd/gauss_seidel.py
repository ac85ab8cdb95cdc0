def gauss_seidel_jacobian(a, b, sweeps):
    v1 = len(a)
    v2 = a.shape[1]
    v3 = v1 * v2
    v4 = len(b)
    v5 = v3 + v4
    v6 = np.eye(v5)
    a_dot = v6[:, :v3].reshape(v5, v1, v2)
    b_dot = v6[:, v3:]
    # x = np.zeros(len(b))
    x = np.zeros(v4)
    # for _ in range(sweeps):
    x_dot = np.zeros((v5, *np.shape(x)))
    for _ in range(sweeps):
        # for i in range(len(b)):
        for i in range(v4):
            # x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
            v7 = a[i]
            v8 = a[i, i]
            v9 = a_dot[:, i, i]
            v10 = x[i]
            v11 = v9 * v10 + x_dot[:, i] * v8
            v12 = (b[i] - v7 @ x + v8 * v10) / v8
            v13 = (b_dot[:, i] - (a_dot[:, i] @ x + x_dot @ v7) + v11 - v9 * v12) / v8
            x[i] = v12
            x_dot[:, i] = v13
    # return np.sum(x)
    v14 = np.sum(x_dot, axis=1)
    return v14[:v3].reshape(v1, v2), v14[v3:].copy()
