EXPORTED int grown_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    /* for k in range(len(x)): */
    NEW_LIST_ARRAY(v, 1);
    const int64_t count_0 = turns(0, n, 1);
    RETAIN(v);
    for (int64_t turn_0 = 0; turn_0 < count_0; ++turn_0) {
        TICK();
        /* if x[k] > 0: */
        double *const x_1 = x + turn_0;
        const double v_2 = x_1[0];
        const bool v_3 = v_2 > 0.0;
        if (v_3) {
            /* found.append(x[k] * x) */
            NEW(v_block, n, double);
            DATA(v_6, v_block, double);
            #pragma omp simd
            for (int64_t i = 0; i < n; ++i) {
                const double x_2 = x[i];
                const double v_5 = v_2 * x_2;
                v_6[i] = v_5;
            }
            RETAIN(v_block);
            PUSH_ARRAY(v, v_block, 1, n);
            RELEASE(v_block);
            RETAIN(v);
        } else {
            RETAIN(v);
        }
        RETAIN(v);
        RELEASE(v);
        RELEASE(v);
    }
    RELEASE(v);
    /* return np.sum(np.array(found) ** 2) */
    const int64_t n_1 = v->length;
    if (UNLIKELY(n_1 == 0)) return ARITHMETIC;
    const int64_t n_2 = LENGTH(v, 0, 0);
    const int64_t size_0 = n_1 * n_2;
    NEW(v_block_1, size_0, double);
    DATA(v_7, v_block_1, double);
    for (int64_t k_1 = 0; k_1 < n_1; ++k_1) {
        ELEMENT(row, v, k_1, 1);
        if (UNLIKELY(LENGTH(v, k_1, 0) != n_2)) return ARITHMETIC;
        COPY_ROW(v_7, k_1 * n_2, row, n_2, double);
    }
    RELEASE(v);
    NEW(v_block_2, size_0, double);
    DATA(v_11, v_block_2, double);
    #pragma omp simd
    for (int64_t i_1 = 0; i_1 < n_1 * n_2; ++i_1) {
        const double v_8 = v_7[i_1];
        const double v_9 = v_8;
        const double v_10 = 2.0 * v_9;
        v_11[i_1] = v_10;
    }
    RELEASE(v_block_1);
    NEW_LIST_ARRAY(v_12, 1);
    for (int64_t i_3 = 0; i_3 < n_1; ++i_3) {
        NEW(v_block_3, n_2, double);
        DATA(v_13, v_block_3, double);
        #pragma omp simd
        for (int64_t i_4 = 0; i_4 < n_2; ++i_4) {
            v_13[i_4] = v_11[(i_3 * n_2) + i_4];
        }
        PUSH_ARRAY(v_12, v_block_3, 1, n_2);
    }
    RELEASE(v_block_2);
    /* adjoint of: for k in range(len(x)): */
    NEW(v_block_4, n, double);
    DATA(v_14, v_block_4, double);
    ZERO(v_14, n, double);
    RETAIN(v_12);
    RETAIN(v_block_4);
    for (int64_t turn_1 = 0; turn_1 < count_0; ++turn_1) {
        TICK();
        const int64_t k_2 = (count_0 - 1) - turn_1;
        /* adjoint of: if x[k] > 0: */
        double *const x_3 = x + k_2;
        const double v_16 = x_3[0];
        const bool v_17 = v_16 > 0.0;
        double v_18 = 0.0;
        if (v_17) {
            /* adjoint of: found.append(x[k] * x) */
            if (UNLIKELY(v_12->length == 0)) return INDEX;
            POP(v_12);
            ELEMENT(v_block_5, v_12, v_12->length, 1);
            const int64_t n_5 = LENGTH(v_12, v_12->length, 0);
            DATA(v_20, v_block_5, double);
            double v_23 = 0.0;
            #pragma omp simd reduction(+:v_23)
            for (int64_t i_5 = 0; i_5 < n; ++i_5) {
                const double v_21 = v_20[i_5];
                const double v_22 = v_21 * v_16;
                const double x_4 = x[i_5];
                v_23 = v_23 + (v_21 * x_4);
                const double x_bar_2 = v_14[i_5] + v_22;
                v_14[i_5] = x_bar_2;
            }
            RELEASE(v_block_5);
            RETAIN(v_12);
            v_18 = v_23;
        } else {
            RETAIN(v_12);
            v_18 = 0.0;
        }
        RETAIN(v_block_4);
        double *const x_bar_1_1 = v_14 + k_2;
        x_bar_1_1[0] += v_18;
        RETAIN(v_12);
        RETAIN(v_block_4);
        RELEASE(v_12);
        RELEASE(v_block_4);
        RELEASE(v_block_4);
        RELEASE(v_12);
    }
    RELEASE(v_12);
    RELEASE(v_block_4);
    RELEASE(v_12);
    RETAIN(v_block_4);
    GIVE_ARRAY(0, v_block_4, 1, n);
    RELEASE(v_block_4);
    return DONE;
}
