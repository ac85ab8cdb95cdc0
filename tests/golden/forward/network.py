def network_jvp(W, b, U, c, x, y, W_dot, b_dot, U_dot, c_dot):
    z = W @ x + b
    z_dot = W_dot @ x + b_dot
    # h = 1 / (1 + np.exp(-z))
    v1 = np.exp(-z)
    v2 = 1 + v1
    h = 1 / v2
    h_dot = z_dot * v1 / v2 * h
    y_hat = U @ h + c
    y_hat_dot = U_dot @ h + U @ h_dot + c_dot
    # return 0.5 * np.sum((y_hat - y) ** 2)
    v3 = y_hat - y
    return 0.5 * np.sum(v3 ** 2), y_hat_dot @ v3
