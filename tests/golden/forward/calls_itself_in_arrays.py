def calls_itself_in_arrays_jvp(v, v_dot):
    # return np.sum(halved(v, 1) ** 2)
    v1, v2 = halved_tangent(v, 1, v_dot)
    return np.sum(v1 ** 2), 2.0 * (v2 @ v1)


def halved_tangent(v, n, v_dot):
    # if np.sum(v * v) < 1.0:
    if not np.sum(v * v) < 1.0:
        # w = halved(v * 0.5, n + 1)
        w, w_dot = halved_tangent(v * 0.5, n + 1, 0.5 * v_dot)
        for k in range(n):
            # w = w * np.cos(w)
            v1 = np.cos(w)
            v2 = w_dot * np.sin(w)
            w_dot = w_dot * v1 - v2 * w
            w = w * v1
        # w[0] = w[0] * v[1]
        v3 = w[0]
        v4 = v[1]
        w[0] = v3 * v4
        w_dot[0] = w_dot[0] * v4 + v_dot[1] * v3
        v = w
        v_dot = w_dot
    return v.copy(), v_dot.copy()
