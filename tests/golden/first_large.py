def first_large_grad(x, threshold):
    v1 = False
    trips = 0
    # for v in x:
    for k in range(len(x)):
        trips += 1
        v = x[k]
        # if v > threshold:
        v1 = bool(v > threshold)
        # for v in x:
        if v1:
            break
    if not v1:
        # return threshold * np.sum(x)
        threshold_bar = np.sum(x)
        x_bar = np.broadcast_to(threshold, np.shape(x))
        v2 = 0.0
    else:
        x_bar = np.zeros_like(x)
        threshold_bar = 0.0
        v2 = 1.0
    # adjoint of: for v in x:
    x_bar = x_bar.copy()
    for k in reversed(range(trips)):
        v = x[k]
        # adjoint of: if v > threshold:
        if v > threshold:
            # adjoint of: return v * v
            v_bar = 2.0 * v2 * v
            v2 = 0.0
        else:
            v_bar = 0.0
        # adjoint of: for v in x:
        x_bar[k] += v_bar
    return x_bar, threshold_bar
