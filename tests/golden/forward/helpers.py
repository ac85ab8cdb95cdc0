def helpers_jvp(x, y, x_dot, y_dot):
    # return 0.5 * x
    v1 = 0.5 * x
    # u = halve(x) * y
    u = v1 * y
    u_dot = 0.5 * x_dot * y + y_dot * v1
    # return 0.5 * x
    v = 0.5 * u
    v_dot = 0.5 * u_dot
    return u * v + 0.5 * y, u_dot * v + v_dot * u + 0.5 * y_dot
