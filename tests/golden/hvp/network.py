def network_hvp(W, b, U, c, x, y, W_dot, b_dot, U_dot, c_dot):
    z = W @ x + b
    z_dot = W_dot @ x + b_dot
    # h = 1 / (1 + np.exp(-z))
    v1 = np.exp(-z)
    v2 = -(z_dot * v1)
    v3 = 1 + v1
    h = 1 / v3
    v4 = v2 / v3
    h_dot = -(v4 * h)
    y_hat = U @ h + c
    y_hat_dot = U_dot @ h + U @ h_dot + c_dot
    # return 0.5 * np.sum((y_hat - y) ** 2)
    v5 = y_hat - y
    # adjoint of: y_hat = U @ h + c
    v6 = U.T
    # adjoint of: h = 1 / (1 + np.exp(-z))
    v7 = v6 @ v5 / v3
    v8 = ((U_dot.T @ v5 + v6 @ y_hat_dot) / v3 - v4 * v7) * h
    z_bar_dot = (v8 + h_dot * v7) * v1 + v2 * (v7 * h)
    return (np.outer(z_bar_dot, x), z_bar_dot, np.outer(y_hat_dot, h) + np.outer(v5, h_dot),
        y_hat_dot)
