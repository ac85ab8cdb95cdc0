def f_hvp(x1, x2, x1_dot, x2_dot):
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 = math.exp(x1 * x2)
    v2 = (x1_dot * x2 + x2_dot * x1) * v1
    # adjoint of: return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 += 1.0
    x1_bar_dot = v2 * x2 + x2_dot * v1
    x2_bar_dot = v2 * x1 + x1_dot * v1 + x2_dot * math.sin(x2)
    return x1_bar_dot, x2_bar_dot
