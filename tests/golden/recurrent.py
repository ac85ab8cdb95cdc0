def recurrent_grad(params, inputs):
    W = params['W']
    V = params['V']
    b = params['b']
    # h = np.zeros(params["b"].shape)
    h = np.zeros(len(b))
    # for x in inputs:
    v1 = len(inputs)
    h_tape = []
    for v2 in range(v1):
        h_tape.append(h)
        x = inputs[v2]
        # h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        h = np.tanh(W @ x + V @ h + b)
    # adjoint of: return np.sum(h**2)
    h_bar = 2.0 * h
    # adjoint of: for x in inputs:
    W_bar = np.zeros_like(W)
    V_bar = np.zeros_like(V)
    b_bar = np.zeros_like(b)
    for v3 in reversed(range(v1)):
        h_tape = h_tape.copy()
        h_2 = h_tape.pop()
        x = inputs[v3]
        # adjoint of: h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        v4 = h_bar * (1 - h ** 2)
        b_bar += v4
        v5 = np.broadcast_to(v4, len(V))
        h_bar = V.T @ v5
        V_bar += np.outer(v5, h_2)
        W_bar += np.outer(v4, x)
        # adjoint of: for x in inputs:
        h = h_2
    return {'W': W_bar, 'V': V_bar, 'b': b_bar},
