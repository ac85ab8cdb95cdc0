def first_large_grad(x, threshold):
    v2 = False
    trips = 0
    # for v in x:
    for k in range(len(x)):
        trips += 1
        v = x[k]
        if v > threshold:
            # return v * v
            v1 = v * v
            v2 = True
        else:
            v2 = False
        # for v in x:
        if v2:
            break
    v3 = not v2
    if v3:
        # return threshold * np.sum(x)
        v4 = np.sum(x)
        v1 = threshold * v4
        v2 = True
    if not v2:
        v1 = None
        v5 = 0.0
    else:
        v5 = 1.0
    if v3:
        # adjoint of: return threshold * np.sum(x)
        threshold_bar = v5 * v4
        x_bar = v5 * threshold
        x_bar = np.broadcast_to(x_bar, np.shape(x))
        v5 = 0.0
    else:
        x_bar = np.zeros_like(x)
        threshold_bar = 0.0
    # adjoint of: for v in x:
    x_bar = x_bar.copy()
    for k in reversed(range(trips)):
        v = x[k]
        # adjoint of: if v > threshold:
        if v > threshold:
            # adjoint of: return v * v
            v_bar = 2 * v5 * v
            v5 = 0.0
        else:
            v_bar = 0.0
        # adjoint of: for v in x:
        x_bar[k] += v_bar
    return copied(v1), (x_bar, threshold_bar)
