EXPORTED int newton_grad_kernel(call *call, const value *in, value *out) {
    TAKE_SCALAR(a, 0, d, double);
    TAKE_SCALAR(tolerance, 1, d, double);
    NEW_LIST_SCALAR(x_tape, double);
    /* while abs(x * x - a) > tolerance: */
    double x = 0.0;
    x = a;
    int64_t ran = 0;
    for (;;) {
        /* while abs(x * x - a) > tolerance: */
        const double v = x * x;
        const double v_1 = v - a;
        const double v_2 = fabs(v_1);
        const bool v_3 = v_2 > tolerance;
        if (!(v_3)) break;
        TICK();
        PUSH_SCALAR(x_tape, double, x);
        /* x = 0.5 * (x + a / x) */
        if (UNLIKELY(x == 0.0)) return ZERO_DIVISION;
        const double v_4 = a / x;
        const double v_5 = x + v_4;
        const double x_1 = 0.5 * v_5;
        x = x_1;
        ran = ran + 1;
    }
    /* adjoint of: while abs(x * x - a) > tolerance: */
    const int64_t count_0 = turns(0, ran, 1);
    double x_bar = 0.0;
    double a_bar = 0.0;
    x_bar = 1.0;
    a_bar = 0.0;
    WITHDRAW(x_tape_in_turn_0, x_tape, double, count_0);
    CHUNKS(turn_0, count_0) {
        const double x_2 = x_tape_in_turn_0[(count_0 - 1) - turn_0];
        /* adjoint of: x = 0.5 * (x + a / x) */
        if (UNLIKELY(x_2 == 0.0)) return ZERO_DIVISION;
        const double v_6 = a / x_2;
        const double v_7 = 0.5 * x_bar;
        if (UNLIKELY(x_2 == 0.0)) return ZERO_DIVISION;
        const double v_8 = v_7 / x_2;
        const double v_9 = v_8 * v_6;
        const double v_10 = -v_9;
        const double a_bar_1 = a_bar + v_8;
        const double x_bar_1 = v_7 + v_10;
        x_bar = x_bar_1;
        a_bar = a_bar_1;
    }
    RELEASE(x_tape);
    const double a_bar_2 = a_bar + x_bar;
    GIVE_SCALAR(0, d, a_bar_2);
    return DONE;
}
