def f_jvp(x1, x2, x1_dot, x2_dot):
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 = x1 * x2
    v2 = x1_dot * x2 + x2_dot * x1
    v3 = math.exp(v1)
    return v1 + v3 - math.sin(x2), v2 + v2 * v3 - x2_dot * math.cos(x2)
