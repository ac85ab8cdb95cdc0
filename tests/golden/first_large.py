def first_large_grad(x, threshold):
    v3 = False
    # for v in x:
    v4 = 0
    for v1 in range(len(x)):
        v4 += 1
        v = x[v1]
        if v > threshold:
            # return v * v
            v2 = v * v
            # if v > threshold:
            v3 = True
        else:
            v3 = False
        # for v in x:
        if v3:
            break
    v5 = not v3
    if v5:
        # return threshold * np.sum(x)
        v6 = np.sum(x)
        v2 = threshold * v6
        v3 = True
    if not v3:
        v2 = None
        v7 = 0.0
    else:
        v7 = 1.0
    if v5:
        # adjoint of: return threshold * np.sum(x)
        threshold_bar = v7 * v6
        x_bar = v7 * threshold
        x_bar = np.broadcast_to(x_bar, np.shape(x))
        v7 = 0.0
    else:
        x_bar = np.zeros_like(x)
        threshold_bar = 0.0
    # adjoint of: for v in x:
    x_bar = x_bar.copy()
    for v8 in reversed(range(v4)):
        v = x[v8]
        # adjoint of: if v > threshold:
        if v > threshold:
            # adjoint of: return v * v
            v_bar = 2 * v7 * v
            # adjoint of: if v > threshold:
            v7 = 0.0
        else:
            v_bar = 0.0
        # adjoint of: for v in x:
        x_bar[v8] += v_bar
    return copied(v2), (x_bar, threshold_bar)
