def calls_itself_in_arrays_hvp(v, v_dot):
    # return np.sum(halved(v, 1) ** 2)
    v1, recorded, v2, recorded_dot = halved_forward_tangent(v, 1, v_dot)
    # adjoint of: return np.sum(halved(v, 1) ** 2)
    v_bar_dot = halved_pullback_tangent(v, 1, recorded, 2.0 * v1, recorded_dot, 2.0 * v2)
    return (v_bar_dot,)


def halved_forward_tangent(v, n, v_dot):
    # if np.sum(v * v) < 1.0:
    v1 = np.sum(v * v) < 1.0
    if v1:
        v2 = None
        v3 = None
        recorded = None
        w_tape = None
        tape = None
        v6 = None
        v8 = None
        recorded_dot = None
        w_tape_dot = None
        tape_dot = None
        v7 = None
        v9 = None
    else:
        # w = halved(v * 0.5, n + 1)
        v2 = v * 0.5
        v3 = n + 1
        w, recorded, w_dot, recorded_dot = halved_forward_tangent(v2, v3, 0.5 * v_dot)
        w_tape = []
        tape = []
        # for k in range(n):
        w_tape_dot = []
        tape_dot = []
        for k in range(n):
            w_tape.append(w)
            w_tape_dot.append(w_dot)
            # w = w * np.cos(w)
            v4 = np.cos(w)
            v5 = w_dot * np.sin(w)
            tape.append(v4)
            tape_dot.append(-v5)
            w_dot = w_dot * v4 - v5 * w
            w = w * v4
        # w[0] = w[0] * v[1]
        v6 = w[0]
        v7 = w_dot[0]
        v8 = v[1]
        v9 = v_dot[1]
        w[0] = v6 * v8
        w_dot[0] = v7 * v8 + v9 * v6
        v = w
        v_dot = w_dot
    return (v.copy(), (v1, v8, v6, w_tape, tape, v2, v3, recorded), v_dot.copy(),
        (None, v9, v7, w_tape_dot, tape_dot, None, None, recorded_dot))


def halved_pullback_tangent(v, n, recorded, v_bar, recorded_dot, v_bar_dot):
    v1, v2, v3, w_tape, tape, v4, v5, recorded = recorded
    _, v7, v8, w_tape_dot, tape_dot, _, _, recorded_dot = recorded_dot
    # adjoint of: if np.sum(v * v) < 1.0:
    if not v1:
        # adjoint of: w[0] = w[0] * v[1]
        v11 = v_bar[0]
        w_bar = v_bar.copy()
        w_bar[0] = 0.0
        v12 = v_bar_dot[0]
        w_bar_dot = v_bar_dot.copy()
        w_bar_dot[0] = 0.0
        v_bar_dot = np.zeros_like(v)
        w_bar[0] += v11 * v2
        w_bar_dot[0] += v12 * v2 + v7 * v11
        # adjoint of: for k in range(n):
        w_tape = w_tape.copy()
        tape = tape.copy()
        w_tape_dot = w_tape_dot.copy()
        tape_dot = tape_dot.copy()
        for k in reversed(range(n)):
            w = w_tape.pop()
            w_dot = w_tape_dot.pop()
            v13 = tape.pop()
            v14 = tape_dot.pop()
            # adjoint of: w = w * np.cos(w)
            w_bar_2 = w_bar * v13
            w_bar_dot_2 = w_bar_dot * v13 + v14 * w_bar
            v15 = w_bar * w
            v16 = np.sin(w)
            v17 = -((w_bar_dot * w + w_dot * w_bar) * v16 + w_dot * np.cos(w) * v15)
            w_bar_2 -= v15 * v16
            w_bar_dot_2 += v17
            w_bar = w_bar_2
            w_bar_dot = w_bar_dot_2
        # adjoint of: w = halved(v * 0.5, n + 1)
        v18 = halved_pullback_tangent(v4, v5, recorded, w_bar, recorded_dot, w_bar_dot)
        # adjoint of: w[0] = w[0] * v[1]
        v_bar_dot[1] += v12 * v3 + v8 * v11
        # adjoint of: w = halved(v * 0.5, n + 1)
        v_bar_dot += 0.5 * v18
    return v_bar_dot.copy()
