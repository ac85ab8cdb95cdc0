def recurrent_grad(params, inputs):
    W = params['W']
    V = params['V']
    b = params['b']
    # h = np.zeros(params["b"].shape)
    h = np.zeros(b.shape[0])
    # for x in inputs:
    v1 = len(inputs)
    h_tape = []
    for k in range(v1):
        h_tape.append(h)
        x = inputs[k]
        # h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        h = np.tanh(W @ x + V @ h + b)
    # adjoint of: return np.sum(h**2)
    h_bar = 2.0 * h
    # adjoint of: for x in inputs:
    W_bar = np.zeros_like(W)
    V_bar = np.zeros_like(V)
    b_bar = np.zeros_like(b)
    for k in reversed(range(v1)):
        h_2 = h_tape.pop()
        x = inputs[k]
        # adjoint of: h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
        v2 = h_bar * (1.0 - h ** 2)
        b_bar += v2
        h_bar = V.T @ v2
        V_bar += np.outer(v2, h_2)
        W_bar += np.outer(v2, x)
        h = h_2
    return ({'W': W_bar, 'V': V_bar, 'b': b_bar},)
