def newton_jvp(a, n, a_dot):
    x = 1.0
    x_dot = 0.0
    for i in range(n):
        # x = 0.5 * (x + a / x)
        v1 = a / x
        v2 = x_dot + (a_dot - x_dot * v1) / x
        x = 0.5 * (x + v1)
        x_dot = 0.5 * v2
    return x, x_dot
