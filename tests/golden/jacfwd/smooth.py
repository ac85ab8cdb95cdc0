def smooth_jacobian(u, c, steps):
    v1 = len(u)
    v2 = np.eye(v1 + 1)
    u_dot = v2[:, :v1]
    c_dot = v2[:, v1]
    u = u.copy()
    # for t in range(steps):
    u_dot = u_dot.copy()
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        lap_dot = u_dot[:, :-2] - 2.0 * u_dot[:, 1:-1] + u_dot[:, 2:]
        # u[1:-1] = u[1:-1] + c * lap
        u[1:-1] += c * lap
        u_dot[:, 1:-1] += c_dot[:, None] * lap + lap_dot * c
    # return np.sum(u**2)
    v3 = 2.0 * np.sum(u_dot * u, axis=1)
    return v3[:v1], v3[v1]
