def smooth_hvp(u, c, steps, u_dot, c_dot):
    u = u.copy()
    lap_tape = []
    # for t in range(steps):
    lap_tape_dot = []
    u_dot = u_dot.copy()
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:-2] - 2.0 * u_dot[1:-1] + u_dot[2:]
        lap_tape.append(lap)
        lap_tape_dot.append(lap_dot)
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
        u_dot[1:-1] += c_dot * lap + lap_dot * c
    # adjoint of: return np.sum(u**2)
    u_bar = 2.0 * u
    u_bar_dot = 2.0 * u_dot
    c_bar_dot = 0.0
    # adjoint of: for t in range(steps):
    for t in reversed(range(steps)):
        lap = lap_tape.pop()
        lap_dot = lap_tape_dot.pop()
        # adjoint of: u[1:-1] = u[1:-1] + c * lap
        v1 = u_bar[1:-1]
        v2 = u_bar_dot[1:-1]
        lap_bar = v1 * c
        lap_bar_dot = v2 * c + c_dot * v1
        c_bar_dot += v2 @ lap + v1 @ lap_dot
        # adjoint of: lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u_bar[2:] += lap_bar
        u_bar_dot[2:] += lap_bar_dot
        u_bar[1:-1] -= 2.0 * lap_bar
        u_bar_dot[1:-1] -= 2.0 * lap_bar_dot
        u_bar[:-2] += lap_bar
        u_bar_dot[:-2] += lap_bar_dot
    return u_bar_dot, c_bar_dot
