def smooth_jvp(u, c, steps, u_dot, c_dot):
    u = u.copy()
    # for t in range(steps):
    u_dot = u_dot.copy()
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:-2] - 2.0 * u_dot[1:-1] + u_dot[2:]
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
        u_dot[1:-1] += c_dot * lap + lap_dot * c
    return np.sum(u ** 2), 2.0 * (u_dot @ u)
