def network_hvp(W, b, U, c, x, y, W_dot, b_dot, U_dot, c_dot):
    z = W @ x + b
    z_dot = W_dot @ x + b_dot
    # h = 1 / (1 + np.exp(-z))
    v1 = np.exp(-z)
    v2 = z_dot * v1
    v3 = 1 + v1
    h = 1 / v3
    h_dot = v2 / v3 * h
    y_hat = U @ h + c
    y_hat_dot = U_dot @ h + U @ h_dot + c_dot
    # return 0.5 * np.sum((y_hat - y) ** 2)
    v4 = y_hat - y
    # adjoint of: y_hat = U @ h + c
    v5 = U.T
    # adjoint of: h = 1 / (1 + np.exp(-z))
    v6 = v5 @ v4 / v3
    v7 = (U_dot.T @ v4 + v5 @ y_hat_dot + v2 * v6) / v3 * h
    z_bar_dot = (v7 + h_dot * v6) * v1 - v2 * (v6 * h)
    return (np.outer(z_bar_dot, x), z_bar_dot, np.outer(y_hat_dot, h) + np.outer(v4, h_dot),
        y_hat_dot)
