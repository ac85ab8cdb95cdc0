def loss_jvp(w, b, X, y, w_dot, b_dot):
    z = X @ w + b
    z_dot = X @ w_dot + b_dot
    # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    v1 = -y
    v2 = np.exp(v1 * z)
    return (np.mean(np.log1p(v2)) + 0.01 * np.sum(w ** 2),
        np.mean(z_dot * v1 * v2 / (1.0 + v2)) + 0.02 * (w_dot @ w))
