def f_jacobian(x1, x2):
    v1 = np.eye(2)
    x1_dot = v1[:, 0]
    x2_dot = v1[:, 1]
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v2 = x1_dot * x2 + x2_dot * x1
    v3 = v2 + v2 * math.exp(x1 * x2) - x2_dot * math.cos(x2)
    return v3[0], v3[1]
