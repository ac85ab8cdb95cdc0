EXPORTED int escaping_grad_kernel(call *call, const value *in, value *out) {
    TAKE_SCALAR(x, 0, d, double);
    TAKE_SCALAR(n, 1, i, int64_t);
    /* z = complex(x, 0.5) */
    const double _Complex z = complex_z(x, 0.5);
    NEW_LIST_SCALAR(z_tape, double _Complex);
    /* for _ in range(n): */
    const int64_t count_0 = turns(0, n, 1);
    double _Complex z_1 = complex_z(0.0, 0);
    z_1 = z;
    RESERVE(z_tape_in_turn_0, z_tape, double _Complex, count_0);
    CHUNKS(turn_0, count_0) {
        z_tape_in_turn_0[turn_0] = z_1;
        /* z = z * z + x / (1 + z) */
        const double _Complex v = multiply_z(z_1, z_1);
        const double _Complex v_1 = complex_z(1.0, 0) + z_1;
        const double _Complex v_2 = (double _Complex)x;
        if (UNLIKELY(v_1 == complex_z(0.0, 0))) return ZERO_DIVISION;
        const double _Complex v_3 = python_divide_z(v_2, v_1);
        const double _Complex z_2 = v + v_3;
        z_1 = z_2;
    }
    /* return abs(z) */
    const double v_4 = modulus_z(z_1);
    if (UNLIKELY((isnan(v_4) && (!isnan_z(z_1))) || (isinf(v_4) && isfinite_z(z_1)))) return MATH;
    /* adjoint of: return abs(z) */
    const double _Complex v_5 = conj(z_1);
    const bool v_6 = v_4 == 0.0;
    const double v_7 = v_6 ? INFINITY : v_4;
    const double _Complex v_8 = (double _Complex)v_7;
    if (UNLIKELY(v_8 == complex_z(0.0, 0))) return ZERO_DIVISION;
    const double _Complex z_bar = python_divide_z(v_5, v_8);
    /* adjoint of: for _ in range(n): */
    double _Complex z_bar_1 = complex_z(0.0, 0);
    double x_bar = 0.0;
    z_bar_1 = z_bar;
    x_bar = 0.0;
    WITHDRAW(z_tape_in_turn_1, z_tape, double _Complex, count_0);
    CHUNKS(turn_1, count_0) {
        const int64_t v_ = (count_0 - 1) - turn_1;
        const double _Complex z_3 = z_tape_in_turn_1[(count_0 - 1) - turn_1];
        /* adjoint of: z = z * z + x / (1 + z) */
        const double _Complex v_9 = complex_z(1.0, 0) + z_3;
        const double _Complex v_10 = (double _Complex)x;
        if (UNLIKELY(v_9 == complex_z(0.0, 0))) return ZERO_DIVISION;
        const double _Complex v_11 = python_divide_z(v_10, v_9);
        if (UNLIKELY(v_9 == complex_z(0.0, 0))) return ZERO_DIVISION;
        const double _Complex v_12 = python_divide_z(z_bar_1, v_9);
        const double _Complex v_13 = multiply_z(v_12, v_11);
        const double _Complex v_14 = -v_13;
        const double v_15 = creal(v_12);
        const double x_bar_1 = x_bar + v_15;
        const double _Complex v_16 = multiply_z(complex_z(2.0, 0), z_bar_1);
        const double _Complex v_17 = multiply_z(v_16, z_3);
        const double _Complex z_bar_2 = v_17 + v_14;
        z_bar_1 = z_bar_2;
        x_bar = x_bar_1;
    }
    RELEASE(z_tape);
    /* adjoint of: z = complex(x, 0.5) */
    const double v_18 = creal(z_bar_1);
    const double x_bar_2 = x_bar + v_18;
    GIVE_SCALAR(0, d, x_bar_2);
    return DONE;
}
