def loss_hvp(w, b, X, y, w_dot, b_dot):
    z = X @ w + b
    z_dot = X @ w_dot + b_dot
    # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    v1 = -y
    v2 = np.exp(v1 * z)
    v3 = z_dot * v1 * v2
    # adjoint of: return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    w_bar_dot = 0.02 * w_dot
    v4 = 1.0 + v2
    v5 = 1.0 / y.size / v4
    z_bar_dot = (v3 * v5 - v3 / v4 * v5 * v2) * v1
    # adjoint of: z = X @ w + b
    b_bar_dot = np.sum(z_bar_dot)
    w_bar_dot += X.T @ z_bar_dot
    return w_bar_dot, b_bar_dot
