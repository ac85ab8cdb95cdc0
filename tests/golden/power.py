def power_grad(x, n):
    # adjoint of: return x * power(x, n - 1)
    x_bar = x * x + 2.0 * x * x
    return (x_bar,)
