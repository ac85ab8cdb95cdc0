def newton_taylor(a, n, a_dot):
    x = 1.0
    x_dot = 0.0
    x_dot2 = 0.0
    for i in range(n):
        # x = 0.5 * (x + a / x)
        v1 = a / x
        v2 = (a_dot - v1 * x_dot) / x
        v3 = x_dot2 - (v1 * x_dot2 + 2.0 * (v2 * x_dot)) / x
        x = 0.5 * (x + v1)
        x_dot = 0.5 * (x_dot + v2)
        x_dot2 = 0.5 * v3
    return x, x_dot, 0.5 * x_dot2
