def loss_vhp(w, b, X, y, w_dot, b_dot):
    # z = X @ w + b
    z = X @ w + b
    z_dot = X @ w_dot + b_dot
    # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    v1 = -y
    v2 = z_dot * v1
    v3 = np.exp(v1 * z)
    v4 = 1.0 + v3
    v5 = v2 * v3 / v4
    # adjoint of: return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    w_bar = 0.02 * w_dot
    v6 = 1.0 / v5.size / v4
    v7 = v6 * v2
    v7 -= v6 * v5
    z_bar = v7 * v3 * v1
    # adjoint of: z = X @ w + b
    b_bar = np.sum(z_bar)
    w_bar += X.T @ z_bar
    return w_bar, b_bar
