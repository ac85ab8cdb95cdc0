def loss_grad(w, b, X, y):
    z = X @ w + b
    # return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    v1 = -y
    v2 = np.exp(v1 * z)
    # adjoint of: return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)
    w_bar = 0.02 * w
    z_bar = 1.0 / y.size / (1.0 + v2) * v2 * v1
    # adjoint of: z = X @ w + b
    b_bar = np.sum(z_bar)
    w_bar += X.T @ z_bar
    return w_bar, b_bar
