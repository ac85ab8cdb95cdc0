EXPORTED int index_loop_grad_kernel(call *call, const value *in, value *out) {
    TAKE_ARRAY(x, 0, double);
    TAKE_LENGTH(n, 0, 0);
    /* for i in range(len(x) - 1): */
    const int64_t v = n - 1;
    NEW_LIST_SCALAR(tape, double);
    const int64_t count_0 = turns(0, v, 1);
    NO_BLOCK(tape_1);
    RETAIN(tape);
    REPLACE(tape_1, tape);
    RESERVE(tape_1_flat, tape_1, double, count_0);
    CHUNKS(turn_0, count_0) {
        /* total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_1 = turn_0 + 1;
        double *const x_1 = x + v_1;
        const double v_2 = x_1[0];
        double *const x_2 = x + turn_0;
        const double v_3 = x_2[0];
        const double v_4 = v_3 * v_3;
        const double v_5 = v_2 - v_4;
        tape_1_flat[turn_0] = v_5;
    }
    RELEASE(tape);
    /* adjoint of: for i in range(len(x) - 1): */
    NEW(v_block, n, double);
    DATA(v_6, v_block, double);
    ZERO(v_6, n, double);
    NO_BLOCK(x_bar_block);
    NO_DATA(x_bar, double);
    NO_BLOCK(tape_2);
    RETAIN(v_block);
    RETAIN(tape_1);
    REPLACE(x_bar_block, v_block);
    REPOINT(x_bar, x_bar_block, double);
    REPLACE(tape_2, tape_1);
    WITHDRAW(tape_2_flat, tape_2, double, count_0);
    CHUNKS(turn_1, count_0) {
        const int64_t i = (count_0 - 1) - turn_1;
        const double v_7 = tape_2_flat[(count_0 - 1) - turn_1];
        /* adjoint of: total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 */
        const int64_t v_8 = i + 1;
        double *const x_3 = x + i;
        const double v_9 = x_3[0];
        const double v_10 = 1.0 - v_9;
        const double v_11 = (-2.0) * v_10;
        const double v_12 = 200.0 * v_7;
        const double v_13 = (-400.0) * v_7;
        const double v_14 = v_13 * v_9;
        const double v_15 = v_14 + v_11;
        double *const x_bar_1 = x_bar + i;
        x_bar_1[0] += v_15;
        double *const x_bar_2 = x_bar + v_8;
        x_bar_2[0] += v_12;
    }
    RELEASE(v_block);
    RELEASE(tape_1);
    RELEASE(tape_2);
    RETAIN(x_bar_block);
    GIVE_ARRAY(0, x_bar_block, 1, n);
    RELEASE(x_bar_block);
    return DONE;
}
