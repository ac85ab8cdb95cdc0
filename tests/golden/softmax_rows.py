def softmax_rows_grad(scores, labels):
    # shifted = scores - np.max(scores, axis=1, keepdims=True)
    v1 = np.max(scores, axis=1, keepdims=True)
    shifted = scores - v1
    # log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    v2 = np.exp(shifted)
    v3 = np.sum(v2, axis=1, keepdims=True)
    log_p = shifted - np.log(v3)
    # return -np.mean(log_p[np.arange(len(labels)), labels])
    v4 = np.arange(len(labels))
    # adjoint of: return -np.mean(log_p[np.arange(len(labels)), labels])
    log_p_bar = np.zeros_like(log_p)
    np.add.at(log_p_bar, (v4, labels), -1.0 / log_p[v4, labels].size)
    # adjoint of: log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    shifted_bar = log_p_bar - np.sum(log_p_bar, axis=1, keepdims=True) / v3 * v2
    # adjoint of: shifted = scores - np.max(scores, axis=1, keepdims=True)
    v5 = scores == v1
    scores_bar = (shifted_bar - np.where(v5,
        np.sum(shifted_bar, axis=1, keepdims=True) / np.sum(v5, axis=1, keepdims=True), 0.0))
    return (scores_bar,)
