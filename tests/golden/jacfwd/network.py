def network_jacobian(W, b, U, c, x, y):
    v1 = len(W)
    v2 = W.shape[1]
    v3 = v1 * v2
    v4 = v3 + len(b)
    v5 = len(U)
    v6 = U.shape[1]
    v7 = v4 + v5 * v6
    v8 = v7 + len(c)
    v9 = np.eye(v8)
    W_dot = v9[:, :v3].reshape(v8, v1, v2)
    b_dot = v9[:, v3:v4]
    U_dot = v9[:, v4:v7].reshape(v8, v5, v6)
    c_dot = v9[:, v7:]
    z = W @ x + b
    z_dot = W_dot @ x + b_dot
    # h = 1 / (1 + np.exp(-z))
    v10 = np.exp(-z)
    v11 = 1 + v10
    h = 1 / v11
    h_dot = z_dot * v10 / v11 * h
    y_hat = U @ h + c
    y_hat_dot = U_dot @ h + h_dot @ U.T + c_dot
    # return 0.5 * np.sum((y_hat - y) ** 2)
    v12 = np.sum(y_hat_dot * (y_hat - y), axis=1)
    return (v12[:v3].reshape(v1, v2), v12[v3:v4].copy(), v12[v4:v7].reshape(v5, v6).copy(),
        v12[v7:].copy())
