def broadcast_jvp(x, row, s, x_dot, row_dot, s_dot):
    y = x * row + s
    y_dot = x_dot * row + row_dot * x + s_dot
    # return np.mean(np.where(y > 0, y, 0.1 * y) ** 2, axis=0).sum()
    v1 = y > 0
    v2 = np.where(v1, y, 0.1 * y)
    return (np.sum(np.mean(v2 ** 2, axis=0)),
        2.0 * np.sum(np.mean(np.where(v1, y_dot, 0.1 * y_dot) * v2, axis=0)))
