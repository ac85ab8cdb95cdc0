def softmax_rows_jvp(scores, labels, scores_dot):
    # shifted = scores - np.max(scores, axis=1, keepdims=True)
    v1 = np.max(scores, axis=1, keepdims=True)
    v2 = scores == v1
    shifted = scores - v1
    shifted_dot = (scores_dot
        - np.sum(np.where(v2, scores_dot / np.sum(v2, axis=1, keepdims=True), 0.0), axis=1,
        keepdims=True))
    # log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    v3 = np.exp(shifted)
    v4 = np.sum(v3, axis=1, keepdims=True)
    log_p = shifted - np.log(v4)
    log_p_dot = shifted_dot - np.sum(shifted_dot * v3, axis=1, keepdims=True) / v4
    # return -np.mean(log_p[np.arange(len(labels)), labels])
    v5 = np.arange(len(labels))
    return -np.mean(log_p[v5, labels]), -np.mean(log_p_dot[v5, labels])
