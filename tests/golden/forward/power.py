def power_jvp(x, n, x_dot):
    # return x * power(x, n - 1)
    v1 = x * x
    return x * v1, x_dot * v1 + 2.0 * x_dot * x * x
