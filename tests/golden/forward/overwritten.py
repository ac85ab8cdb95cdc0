def overwritten_jvp(x, a, x_dot, a_dot):
    y = x * x
    y_dot = 2.0 * x_dot * x
    # x[0] = a
    v1 = x.copy()
    v1[0] = a
    v2 = x_dot.copy()
    v2[0] = a_dot
    # y *= x
    y_2 = y * v1
    y_dot = y_dot * v1 + v2 * y
    return np.sum(y_2), np.sum(y_dot)
