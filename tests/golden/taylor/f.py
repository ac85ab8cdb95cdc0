def f_taylor(x1, x2, x1_dot, x2_dot):
    # return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)
    v1 = x1 * x2
    v2 = x1_dot * x2 + x1 * x2_dot
    v3 = 2.0 * (x1_dot * x2_dot)
    v4 = math.exp(v1)
    v5 = v2 * v4
    v6 = 0.5 * (v3 + (v3 * v4 + v2 * v5) + x2_dot * (x2_dot * math.sin(x2)))
    return v1 + v4 - math.sin(x2), v2 + v5 - x2_dot * math.cos(x2), v6
