def loss_ggnvp(w, b, X, y, direction):
    """The generalized Gauss-Newton matrix of loss with respect to w and b, times a direction."""
    direction_0 = direction[0]
    direction_1 = direction[1]
    z = X @ w + b
    z_dot = X @ direction_0 + direction_1
    # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    v1 = -y
    v2 = np.exp(v1 * z)
    v3 = 1.0 + v2
    v4 = np.mean(z_dot * v1 * v2 / v3) + 0.02 * (direction_0 @ w)
    # adjoint of: return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    w_bar = 0.02 * v4 * w
    z_bar = v4 / y.size / v3 * v2 * v1
    # adjoint of: z = X @ w + b
    b_bar = np.sum(z_bar)
    w_bar += X.T @ z_bar
    return w_bar, b_bar
