def recurrent_jvp(params, inputs, params_dot):
    W = params['W']
    V = params['V']
    b = params['b']
    W_dot = params_dot['W']
    V_dot = params_dot['V']
    b_dot = params_dot['b']
    # h = np.zeros(params["b"].shape)
    h = np.zeros(b.shape[0])
    # for x in inputs:
    h_dot = np.zeros_like(h)
    for k in range(len(inputs)):
        x = inputs[k]
        # h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        v1 = W_dot @ x + (V_dot @ h + V @ h_dot) + b_dot
        h = np.tanh(W @ x + V @ h + b)
        h_dot = v1 * (1.0 - h ** 2)
    return np.sum(h ** 2), 2.0 * (h_dot @ h)
