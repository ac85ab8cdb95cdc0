def smooth_hessian(u, c, steps):
    v1 = len(u)
    v2 = v1 + 1
    v3 = np.eye(v2)
    u_dot = v3[:, :v1]
    c_dot = v3[:, v1]
    u = u.copy()
    lap_tape = []
    # for t in range(steps):
    lap_tape_dot = []
    u_dot = u_dot.copy()
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:, :-2] - 2.0 * u_dot[:, 1:-1] + u_dot[:, 2:]
        lap_tape.append(lap)
        lap_tape_dot.append(lap_dot)
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
        u_dot[:, 1:-1] += c_dot[:, None] * lap + lap_dot * c
    # adjoint of: return np.sum(u**2)
    u_bar = 2.0 * u
    u_bar_dot = 2.0 * u_dot
    # adjoint of: for t in range(steps):
    c_bar_dot = np.zeros(v2)
    for t in reversed(range(steps)):
        lap = lap_tape.pop()
        v4 = lap_tape_dot.pop()
        # adjoint of: u[1:-1] = u[1:-1] + c * lap
        v5 = u_bar[1:-1]
        v6 = u_bar_dot[:, 1:-1]
        lap_bar = v5 * c
        lap_bar_dot = v6 * c + c_dot[:, None] * v5
        c_bar_dot += v6 @ lap + v4 @ v5
        # adjoint of: lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u_bar[2:] += lap_bar
        u_bar_dot[:, 2:] += lap_bar_dot
        u_bar[1:-1] -= 2.0 * lap_bar
        u_bar_dot[:, 1:-1] -= 2.0 * lap_bar_dot
        u_bar[:-2] += lap_bar
        u_bar_dot[:, :-2] += lap_bar_dot
    return (u_bar_dot[:v1].T, u_bar_dot[v1].copy()), (c_bar_dot[:v1], c_bar_dot[v1])
