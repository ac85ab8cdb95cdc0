def f_hessian(x1, x2):
    v1 = np.eye(2)
    x1_dot = v1[:, 0]
    x2_dot = v1[:, 1]
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v2 = math.exp(x1 * x2)
    v3 = (x1_dot * x2 + x2_dot * x1) * v2
    # adjoint of: return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v2 += 1.0
    x1_bar_dot = v3 * x2 + x2_dot * v2
    x2_bar_dot = v3 * x1 + x1_dot * v2
    x2_bar_dot += x2_dot * math.sin(x2)
    return (x1_bar_dot[0], x1_bar_dot[1]), (x2_bar_dot[0], x2_bar_dot[1])
