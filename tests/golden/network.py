def network_grad(W, b, U, c, x, y):
    z = W @ x + b
    # h = 1 / (1 + np.exp(-z))
    v1 = np.exp(-z)
    v2 = 1 + v1
    h = 1 / v2
    y_hat = U @ h + c
    # return 0.5 * np.sum((y_hat - y) ** 2)
    v3 = y_hat - y
    # adjoint of: h = 1 / (1 + np.exp(-z))
    z_bar = U.T @ v3 / v2 * h * v1
    return np.outer(z_bar, x), z_bar, np.outer(v3, h), v3
