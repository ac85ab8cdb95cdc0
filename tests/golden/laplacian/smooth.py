def smooth_laplacian(u, c, steps):
    # u = u.copy()
    u_2 = u.copy()
    # for t in range(steps):
    v1 = np.zeros_like(u_2)
    v2 = 0.0
    for i in range(len(u)):
        u_dot = np.zeros_like(u)
        u_dot[i] = 1.0
        u_3 = u_2.copy()
        u_dot2 = v1.copy()
        for t in range(steps):
            # lap = u[:-2] - 2 * u[1:-1] + u[2:]
            lap = u_3[:-2] - 2 * u_3[1:-1] + u_3[2:]
            lap_dot = u_dot[:-2] - 2.0 * u_dot[1:-1] + u_dot[2:]
            lap_dot2 = u_dot2[:-2] - 2.0 * u_dot2[1:-1] + u_dot2[2:]
            # u[1:-1] = u[1:-1] + c * lap
            u_3[1:-1] += c * lap
            u_dot[1:-1] += c * lap_dot
            u_dot2[1:-1] += c * lap_dot2
        v2 += 2.0 * np.sum(u_dot2 * u_3 + u_dot * u_dot)
    # u = u.copy()
    u = u.copy()
    # for t in range(steps):
    u_dot = np.zeros_like(u)
    u_dot2 = np.zeros_like(u)
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:-2] - 2.0 * u_dot[1:-1] + u_dot[2:]
        lap_dot2 = u_dot2[:-2] - 2.0 * u_dot2[1:-1] + u_dot2[2:]
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
        u_dot[1:-1] += lap + c * lap_dot
        u_dot2[1:-1] += 2.0 * lap_dot + c * lap_dot2
    return v2 + 2.0 * np.sum(u_dot2 * u + u_dot * u_dot)
