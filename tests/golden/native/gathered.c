EXPORTED int gathered_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    TAKE_ARRAY(places_0, 1, int64_t);
    TAKE_LENGTH(n_1, 1, 0);
    /* return np.sum(x[places] ** 2) + x[x > 0].sum() */
    NEW(v_block, n_1, double);
    DATA(v, v_block, double);
    for (int64_t i = 0; i < n_1; ++i) {
        const int64_t v_1 = places_0[i];
        const int64_t k = from_front(v_1, n);
        if (UNLIKELY((uint64_t)k >= (uint64_t)n)) return INDEX;
        v[i] = x[k];
    }
    NEW(v_block_1, n, double);
    DATA(v_3, v_block_1, double);
    ZERO(v_3, n, double);
    NEW(v_block_2, n, bool);
    DATA(v_4, v_block_2, bool);
    #pragma omp simd
    for (int64_t i_1 = 0; i_1 < n; ++i_1) {
        const double x_1 = x[i_1];
        const bool v_2 = x_1 > 0.0;
        v_4[i_1] = v_2;
    }
    for (int64_t i_2 = 0; i_2 < n; ++i_2) {
        if (v_4[i_2]) {
            v_3[i_2] += 1.0;
        }
    }
    RELEASE(v_block_2);
    /* adjoint of: return np.sum(x[places] ** 2) + x[x > 0].sum() */
    NEW(v_block_3, n_1, double);
    DATA(v_7, v_block_3, double);
    #pragma omp simd
    for (int64_t i_3 = 0; i_3 < n_1; ++i_3) {
        const double v_5 = v[i_3];
        const double v_6 = 2.0 * v_5;
        v_7[i_3] = v_6;
    }
    RELEASE(v_block);
    for (int64_t i_4 = 0; i_4 < n_1; ++i_4) {
        const int64_t v_8 = places_0[i_4];
        const int64_t k_2 = from_front(v_8, n);
        if (UNLIKELY((uint64_t)k_2 >= (uint64_t)n)) return INDEX;
        v_3[k_2] += v_7[i_4];
    }
    RELEASE(v_block_3);
    RETAIN(v_block_1);
    GIVE_ARRAY(0, v_block_1, 1, n);
    RELEASE(v_block_1);
    return DONE;
}
