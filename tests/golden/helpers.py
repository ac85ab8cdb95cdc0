def helpers_grad(x, y):
    # return 0.5 * x
    v1 = 0.5 * x
    # u = halve(x) * y
    u = v1 * y
    # return 0.5 * x
    v = 0.5 * u
    # adjoint of: return 0.5 * x
    u_bar = v + v
    # adjoint of: u = halve(x) * y
    y_bar = u_bar * v1 + 0.5
    # adjoint of: return 0.5 * x
    x_bar = 0.5 * (u_bar * y)
    return x_bar, y_bar
