def smooth_grad(u, c, steps):
    u = u.copy()
    lap_tape = []
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_tape.append(lap)
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
    # adjoint of: return np.sum(u**2)
    u_bar = 2.0 * u
    c_bar = 0.0
    # adjoint of: for t in range(steps):
    for t in reversed(range(steps)):
        lap = lap_tape.pop()
        # adjoint of: u[1:-1] = u[1:-1] + c * lap
        v1 = u_bar[1:-1]
        lap_bar = v1 * c
        c_bar += v1 @ lap
        # adjoint of: lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u_bar[2:] += lap_bar
        u_bar[1:-1] -= 2.0 * lap_bar
        u_bar[:-2] += lap_bar
    return u_bar, c_bar
