def calls_itself_in_arrays_grad(v):
    # return np.sum(halved(v, 1) ** 2)
    v1, recorded = halved_forward(v, 1)
    # adjoint of: return np.sum(halved(v, 1) ** 2)
    v_bar = halved_pullback(v, 1, recorded, 2.0 * v1)
    return (v_bar,)


def halved_forward(v, n):
    # if np.sum(v * v) < 1.0:
    v1 = np.sum(v * v) < 1.0
    if v1:
        v2 = None
        v3 = None
        recorded = None
        w_tape = None
        tape = None
        v5 = None
        v6 = None
    else:
        # w = halved(v * 0.5, n + 1)
        v2 = v * 0.5
        v3 = n + 1
        w, recorded = halved_forward(v2, v3)
        w_tape = []
        tape = []
        for k in range(n):
            w_tape.append(w)
            # w = w * np.cos(w)
            v4 = np.cos(w)
            tape.append(v4)
            w = w * v4
        # w[0] = w[0] * v[1]
        v5 = w[0]
        v6 = v[1]
        w[0] = v5 * v6
        v = w
    return v.copy(), (v1, v6, v5, w_tape, tape, v2, v3, recorded)


def halved_pullback(v, n, recorded, v_bar):
    v1, v2, v3, w_tape, tape, v4, v5, recorded = recorded
    # adjoint of: if np.sum(v * v) < 1.0:
    if not v1:
        # adjoint of: w[0] = w[0] * v[1]
        v6 = v_bar[0]
        w_bar = v_bar.copy()
        w_bar[0] = 0.0
        v_bar = np.zeros_like(v)
        w_bar[0] += v6 * v2
        # adjoint of: for k in range(n):
        w_tape = w_tape.copy()
        tape = tape.copy()
        for k in reversed(range(n)):
            w = w_tape.pop()
            v7 = tape.pop()
            # adjoint of: w = w * np.cos(w)
            w_bar_2 = w_bar * v7
            w_bar_2 -= w_bar * w * np.sin(w)
            w_bar = w_bar_2
        # adjoint of: w = halved(v * 0.5, n + 1)
        v8 = halved_pullback(v4, v5, recorded, w_bar)
        # adjoint of: w[0] = w[0] * v[1]
        v_bar[1] += v6 * v3
        # adjoint of: w = halved(v * 0.5, n + 1)
        v_bar += 0.5 * v8
    return v_bar.copy()
