"""Calls of scipy.special, of functions with orders and parameters."""

from __future__ import annotations

OF_SCIPY_SPECIAL: dict[str, tuple[str, ...]] = {
    "scipy.special.exprel": (
        "scipy.special.exprel(x), scipy.special.exprel(s), scipy.special.exprel(A)",
        "scipy.special.exprel(o)",
    ),
    "scipy.special.exp10": (
        "scipy.special.exp10(x), scipy.special.exp10(s), scipy.special.exp10(A), scipy.special.exp10(o)",
    ),
    "scipy.special.ber": ("scipy.special.ber(x), scipy.special.ber(s), scipy.special.ber(A), scipy.special.ber(o)",),
    "scipy.special.bei": ("scipy.special.bei(x), scipy.special.bei(s), scipy.special.bei(A), scipy.special.bei(o)",),
    "scipy.special.berp": (
        "scipy.special.berp(x), scipy.special.berp(s), scipy.special.berp(A), scipy.special.berp(o)",
    ),
    "scipy.special.beip": (
        "scipy.special.beip(x), scipy.special.beip(s), scipy.special.beip(A), scipy.special.beip(o)",
    ),
    "scipy.special.cosdg": (
        "scipy.special.cosdg(x), scipy.special.cosdg(s), scipy.special.cosdg(A), scipy.special.cosdg(o)",
    ),
    "scipy.special.sindg": (
        "scipy.special.sindg(x), scipy.special.sindg(s), scipy.special.sindg(A), scipy.special.sindg(o)",
    ),
    "scipy.special.tandg": (
        "scipy.special.tandg(x), scipy.special.tandg(s), scipy.special.tandg(A), scipy.special.tandg(o)",
    ),
    "scipy.special.wofz": (
        "scipy.special.wofz(x), scipy.special.wofz(s), scipy.special.wofz(A), scipy.special.wofz(o)",
    ),
    "scipy.special.rgamma": (
        "scipy.special.rgamma(x), scipy.special.rgamma(s), scipy.special.rgamma(A)",
        "scipy.special.rgamma(o)",
    ),
    "scipy.special.erfcinv": (
        "scipy.special.erfcinv(xu), scipy.special.erfcinv(su), scipy.special.erfcinv(Au)",
        "scipy.special.erfcinv(ou)",
    ),
    "scipy.special.ellipk": (
        "scipy.special.ellipk(xu), scipy.special.ellipk(su), scipy.special.ellipk(Au)",
        "scipy.special.ellipk(ou), scipy.special.ellipk(x - 1.5)",
    ),
    "scipy.special.ellipe": (
        "scipy.special.ellipe(xu), scipy.special.ellipe(su), scipy.special.ellipe(Au)",
        "scipy.special.ellipe(ou), scipy.special.ellipe(-Ap)",
    ),
    "scipy.special.ellipkm1": (
        "scipy.special.ellipkm1(xu), scipy.special.ellipkm1(su), scipy.special.ellipkm1(Au)",
        "scipy.special.ellipkm1(ou)",
    ),
    "scipy.special.spence": (
        "scipy.special.spence(xp), scipy.special.spence(sp), scipy.special.spence(Ap)",
        "scipy.special.spence(op)",
    ),
    "scipy.special.expi": (
        "scipy.special.expi(xp), scipy.special.expi(sp), scipy.special.expi(Ap), scipy.special.expi(op)",
    ),
    "scipy.special.exp1": (
        "scipy.special.exp1(xp), scipy.special.exp1(sp), scipy.special.exp1(Ap), scipy.special.exp1(op)",
    ),
    "scipy.special.k0e": (
        "scipy.special.k0e(xp), scipy.special.k0e(sp), scipy.special.k0e(Ap), scipy.special.k0e(op)",
    ),
    "scipy.special.k1e": (
        "scipy.special.k1e(xp), scipy.special.k1e(sp), scipy.special.k1e(Ap), scipy.special.k1e(op)",
    ),
    "scipy.special.ker": (
        "scipy.special.ker(xp), scipy.special.ker(sp), scipy.special.ker(Ap), scipy.special.ker(op)",
    ),
    "scipy.special.kei": (
        "scipy.special.kei(xp), scipy.special.kei(sp), scipy.special.kei(Ap), scipy.special.kei(op)",
    ),
    "scipy.special.kerp": (
        "scipy.special.kerp(xp), scipy.special.kerp(sp), scipy.special.kerp(Ap), scipy.special.kerp(op)",
    ),
    "scipy.special.keip": (
        "scipy.special.keip(xp), scipy.special.keip(sp), scipy.special.keip(Ap), scipy.special.keip(op)",
    ),
    "scipy.special.cotdg": (
        "scipy.special.cotdg(xp), scipy.special.cotdg(sp), scipy.special.cotdg(Ap)",
        "scipy.special.cotdg(op)",
    ),
    "scipy.special.loggamma": (
        "scipy.special.loggamma(xp), scipy.special.loggamma(sp), scipy.special.loggamma(Ap)",
        "scipy.special.loggamma(op)",
    ),
    "scipy.special.wrightomega": (
        "scipy.special.wrightomega(x), scipy.special.wrightomega(s), scipy.special.wrightomega(A)",
        "scipy.special.wrightomega(o)",
    ),
    "scipy.special.ndtri_exp": ("scipy.special.ndtri_exp(-xp), scipy.special.ndtri_exp(-sp)",),
    "scipy.special.expn": (
        "scipy.special.expn(0, xp), scipy.special.expn(1, xp), scipy.special.expn(3, Ap)",
        "scipy.special.expn(i, xp)",
    ),
    "scipy.special.ellipkinc": (
        "scipy.special.ellipkinc(x, yu), scipy.special.ellipkinc(s, su)",
        "scipy.special.ellipkinc(4.0 * x, yu), scipy.special.ellipkinc(x, -yp)",
    ),
    "scipy.special.ellipeinc": (
        "scipy.special.ellipeinc(x, yu), scipy.special.ellipeinc(s, su)",
        "scipy.special.ellipeinc(4.0 * x, yu), scipy.special.ellipeinc(x, -yp)",
    ),
    "scipy.special.elliprc": ("scipy.special.elliprc(xp, yp)",),
    "scipy.special.binom": (
        "scipy.special.binom(xp + 3.0, yp), scipy.special.binom(5.5, xu), scipy.special.binom(sp, tp)",
    ),
    "scipy.special.boxcox": (
        "scipy.special.boxcox(xp, y), scipy.special.boxcox(xp, 0.3), scipy.special.boxcox(Ap, 0.0)",
        "scipy.special.boxcox(sp, t)",
    ),
    "scipy.special.boxcox1p": ("scipy.special.boxcox1p(xp, y), scipy.special.boxcox1p(xu, 0.0)",),
    "scipy.special.inv_boxcox": (
        "scipy.special.inv_boxcox(xp, yp), scipy.special.inv_boxcox(x, 0.0)",
        "scipy.special.inv_boxcox(sp, tp)",
    ),
    "scipy.special.inv_boxcox1p": ("scipy.special.inv_boxcox1p(xp, yp), scipy.special.inv_boxcox1p(x, 0.0)",),
    "scipy.special.huber": ("scipy.special.huber(xp, y), scipy.special.huber(0.4, A), scipy.special.huber(sp, t)",),
    "scipy.special.pseudo_huber": ("scipy.special.pseudo_huber(xp, y), scipy.special.pseudo_huber(0.4, A)",),
    "scipy.special.ive": ("scipy.special.ive(1, x), scipy.special.ive(0.5, Ap)",),
    "scipy.special.kv": ("scipy.special.kv(0.5, xp), scipy.special.kv(2, Ap)",),
    "scipy.special.kve": ("scipy.special.kve(0, xp), scipy.special.kve(1.5, Ap)",),
    "scipy.special.kn": ("scipy.special.kn(0, xp), scipy.special.kn(2, Ap)",),
    "scipy.special.yn": ("scipy.special.yn(0, xp), scipy.special.yn(1, Ap)",),
    "scipy.special.yv": ("scipy.special.yv(0.5, xp), scipy.special.yv(1, sp)",),
    "scipy.special.yve": ("scipy.special.yve(1, xp)",),
    "scipy.special.jve": ("scipy.special.jve(1, x)",),
    "scipy.special.hankel1": ("scipy.special.hankel1(1, xp), scipy.special.hankel1(0.5, sp)",),
    "scipy.special.hankel2": ("scipy.special.hankel2(0, xp)",),
    "scipy.special.hankel1e": ("scipy.special.hankel1e(1, xp)",),
    "scipy.special.hankel2e": ("scipy.special.hankel2e(0.5, xp)",),
    "scipy.special.struve": ("scipy.special.struve(0, xp), scipy.special.struve(1.5, Ap), scipy.special.struve(1, x)",),
    "scipy.special.modstruve": ("scipy.special.modstruve(0, xp), scipy.special.modstruve(1.5, Ap)",),
    "scipy.special.owens_t": ("scipy.special.owens_t(x, y), scipy.special.owens_t(s, A)",),
    "scipy.special.stdtr": (
        "scipy.special.stdtr(3.0, x), scipy.special.stdtr(2.5, A)",
        "scipy.special.stdtr(xp, y), scipy.special.stdtr(sp, Ap)",
    ),
    "scipy.special.stdtrit": (
        "scipy.special.stdtrit(3.0, xu)",
        "scipy.special.stdtrit(yp + 1.0, xu)",
    ),
    "scipy.special.chdtr": (
        "scipy.special.chdtr(3.0, xp), scipy.special.chdtr(2, Ap)",
        "scipy.special.chdtr(yp, xp)",
    ),
    "scipy.special.chdtrc": (
        "scipy.special.chdtrc(3.0, xp)",
        "scipy.special.chdtrc(yp, xp)",
    ),
    "scipy.special.chdtri": (
        "scipy.special.chdtri(3.0, xu)",
        "scipy.special.chdtri(yp, xu)",
    ),
    "scipy.special.gammaincinv": (
        "scipy.special.gammaincinv(1.5, xu)",
        "scipy.special.gammaincinv(yp, xu)",
    ),
    "scipy.special.gammainccinv": (
        "scipy.special.gammainccinv(1.5, xu)",
        "scipy.special.gammainccinv(yp, xu)",
    ),
    "scipy.special.pdtr": ("scipy.special.pdtr(2, xp), scipy.special.pdtr(2.5, Ap)",),
    "scipy.special.pdtrc": ("scipy.special.pdtrc(2, xp)",),
    "scipy.special.pdtri": ("scipy.special.pdtri(2, xu)",),
    "scipy.special.powm1": ("scipy.special.powm1(xp, y)",),
    "scipy.special.agm": ("scipy.special.agm(xp, yp)",),
    "scipy.special.poch": ("scipy.special.poch(xp, yp), scipy.special.poch(xp, 2)",),
    "scipy.special.hyp0f1": ("scipy.special.hyp0f1(1.5, x)",),
    "scipy.special.eval_legendre": (
        "scipy.special.eval_legendre(3, x), scipy.special.eval_legendre(i, x)",
        "scipy.special.eval_legendre(0, x), scipy.special.eval_legendre(2.5, xc)",
    ),
    "scipy.special.eval_chebyt": (
        "scipy.special.eval_chebyt(3, x), scipy.special.eval_chebyt(i, x)",
        "scipy.special.eval_chebyt(1.5, xc)",
    ),
    "scipy.special.eval_chebyu": ("scipy.special.eval_chebyu(3, x), scipy.special.eval_chebyu(i, x)",),
    "scipy.special.eval_chebyc": ("scipy.special.eval_chebyc(3, x), scipy.special.eval_chebyc(i, x)",),
    "scipy.special.eval_chebys": ("scipy.special.eval_chebys(3, x), scipy.special.eval_chebys(i, x)",),
    "scipy.special.eval_hermite": ("scipy.special.eval_hermite(3, x), scipy.special.eval_hermite(i, x)",),
    "scipy.special.eval_hermitenorm": ("scipy.special.eval_hermitenorm(3, x), scipy.special.eval_hermitenorm(i, x)",),
    "scipy.special.eval_laguerre": ("scipy.special.eval_laguerre(3, x), scipy.special.eval_laguerre(i, x)",),
    "scipy.special.eval_sh_legendre": ("scipy.special.eval_sh_legendre(3, x), scipy.special.eval_sh_legendre(i, x)",),
    "scipy.special.eval_sh_chebyt": ("scipy.special.eval_sh_chebyt(3, x), scipy.special.eval_sh_chebyt(i, x)",),
    "scipy.special.eval_sh_chebyu": ("scipy.special.eval_sh_chebyu(3, x), scipy.special.eval_sh_chebyu(i, x)",),
    "scipy.special.betainc": (
        "scipy.special.betainc(2.0, 3.0, xu), scipy.special.betainc(1.0, 1.0, Au)",
        "scipy.special.betainc(yp, wp, xu), scipy.special.betainc(sp, 1.5, Au)",
    ),
    "scipy.special.betaincc": ("scipy.special.betaincc(2.0, 3.0, xu)", "scipy.special.betaincc(yp, wp, xu)"),
    "scipy.special.betaincinv": ("scipy.special.betaincinv(2.0, 3.0, xu)", "scipy.special.betaincinv(yp, wp, xu)"),
    "scipy.special.betainccinv": ("scipy.special.betainccinv(2.0, 3.0, xu)", "scipy.special.betainccinv(yp, wp, xu)"),
    "scipy.special.hyp1f1": ("scipy.special.hyp1f1(1.5, 2.5, x)",),
    "scipy.special.hyperu": ("scipy.special.hyperu(1.5, 2.5, xp)",),
    "scipy.special.elliprf": ("scipy.special.elliprf(xp, yp, wp)",),
    "scipy.special.elliprg": ("scipy.special.elliprg(xp, yp, wp)", "scipy.special.elliprg(0.7, xp, sp)"),
    "scipy.special.elliprj": ("scipy.special.elliprj(xp, yp, wp, xg)", "scipy.special.elliprj(0.7, xp, yp, 1.9)"),
    "scipy.special.erfi": ("scipy.special.erfi(x), scipy.special.erfi(s)", "scipy.special.erfi(A)"),
    "scipy.special.elliprd": ("scipy.special.elliprd(xp, yp, wp)",),
    "scipy.special.lpmv": ("scipy.special.lpmv(1, 2, xc), scipy.special.lpmv(0, 3.5, xc)",),
    "scipy.special.fdtr": ("scipy.special.fdtr(3.0, 4.0, xp)", "scipy.special.fdtr(yp, wp, xp)"),
    "scipy.special.fdtrc": ("scipy.special.fdtrc(3.0, 4.0, xp)", "scipy.special.fdtrc(yp, wp, xp)"),
    "scipy.special.fdtri": ("scipy.special.fdtri(3.0, 4.0, xu)", "scipy.special.fdtri(yp, wp, xu)"),
    "scipy.special.gdtr": ("scipy.special.gdtr(xp, 1.5, yp)", "scipy.special.gdtr(xp, wp, yp)"),
    "scipy.special.gdtrc": ("scipy.special.gdtrc(xp, 1.5, yp)", "scipy.special.gdtrc(xp, wp, yp)"),
    "scipy.special.bdtr": ("scipy.special.bdtr(2, 5, xu), scipy.special.bdtr(2.5, 5, Au)",),
    "scipy.special.bdtrc": ("scipy.special.bdtrc(2, 5, xu)",),
    "scipy.special.bdtri": ("scipy.special.bdtri(2, 5, xu)",),
    "scipy.special.nbdtr": ("scipy.special.nbdtr(2, 5, xu)",),
    "scipy.special.nbdtrc": ("scipy.special.nbdtrc(2, 5, xu)",),
    "scipy.special.eval_gegenbauer": (
        "scipy.special.eval_gegenbauer(3, 1.5, x), scipy.special.eval_gegenbauer(i, 1.5, x)",
    ),
    "scipy.special.eval_genlaguerre": (
        "scipy.special.eval_genlaguerre(3, 1.5, x), scipy.special.eval_genlaguerre(i, 1.5, x)",
    ),
    "scipy.special.radian": ("scipy.special.radian(x, y, w)",),
    "scipy.special.voigt_profile": ("scipy.special.voigt_profile(x, yp, wp)",),
    "scipy.special.wright_bessel": ("scipy.special.wright_bessel(0.5, 1.5, xp)",),
    "scipy.special.hyp2f1": ("scipy.special.hyp2f1(0.5, 1.5, 2.5, xc)",),
    "scipy.special.eval_jacobi": (
        "scipy.special.eval_jacobi(3, 0.5, 1.5, x), scipy.special.eval_jacobi(i, 0.5, 1.5, x)",
    ),
    "scipy.special.eval_sh_jacobi": ("scipy.special.eval_sh_jacobi(3, 2.5, 1.5, x)",),
    "scipy.special.fresnel": ("scipy.special.fresnel(x), scipy.special.fresnel(s)",),
    "scipy.special.sici": ("scipy.special.sici(xp)",),
    "scipy.special.shichi": ("scipy.special.shichi(xp), scipy.special.shichi(sp)",),
    "scipy.special.itj0y0": ("scipy.special.itj0y0(xp)",),
    "scipy.special.iti0k0": ("scipy.special.iti0k0(xp)",),
    "scipy.special.airy": ("scipy.special.airy(x), scipy.special.airy(s)",),
    "scipy.special.ellipj": ("scipy.special.ellipj(x, yu), scipy.special.ellipj(A, 0.3)",),
    "scipy.special.spherical_jn": (
        "scipy.special.spherical_jn(2, x), scipy.special.spherical_jn(i, xp)",
        "scipy.special.spherical_jn(0, A, derivative=True), scipy.special.spherical_jn(3, xp, True)",
    ),
    "scipy.special.spherical_yn": (
        "scipy.special.spherical_yn(2, xp), scipy.special.spherical_yn(0, xp, derivative=True)",
    ),
    "scipy.special.spherical_in": (
        "scipy.special.spherical_in(2, x), scipy.special.spherical_in(1, x, derivative=True)",
    ),
    "scipy.special.spherical_kn": (
        "scipy.special.spherical_kn(2, xp), scipy.special.spherical_kn(0, xp, derivative=True)",
    ),
    "scipy.special.zeta": ("scipy.special.zeta(3.0, xp), scipy.special.zeta(2, q=Ap)",),
    "scipy.special.lambertw": (
        "scipy.special.lambertw(xp), scipy.special.lambertw(xp, 1), scipy.special.lambertw(sp, k=-1)",
    ),
    "scipy.special.sph_harm_y": (
        "scipy.special.sph_harm_y(2, 1, xu, y), scipy.special.sph_harm_y(3, -2, Au, s)",
        "scipy.special.sph_harm_y(1, 1, xp, y), scipy.special.sph_harm_y(2, 0, x, y)",
    ),
    "scipy.special.multigammaln": (
        "scipy.special.multigammaln(xp + 2.0, 3), scipy.special.multigammaln(sp + 2.0, d=1)",
    ),
    "scipy.special.jvp": ("scipy.special.jvp(1, xp), scipy.special.jvp(0, xp, 2), scipy.special.jvp(1, xp, n=0)",),
    "scipy.special.yvp": ("scipy.special.yvp(1, xp), scipy.special.yvp(0.5, xp, 2)",),
    "scipy.special.ivp": ("scipy.special.ivp(1, xp), scipy.special.ivp(2, xp, n=3)",),
    "scipy.special.kvp": ("scipy.special.kvp(1, xp), scipy.special.kvp(0.5, xp, 2)",),
    "scipy.special.h1vp": ("scipy.special.h1vp(1, xp, n=1)",),
    "scipy.special.h2vp": ("scipy.special.h2vp(1, xp, 2)",),
    "scipy.special.softplus": ("scipy.special.softplus(x), scipy.special.softplus(s)",),
    "scipy.special.factorial": ("scipy.special.factorial(xp), scipy.special.factorial(s - 3.0, exact=False)",),
    "scipy.special.comb": (
        "scipy.special.comb(xp + 3.0, yu), scipy.special.comb(5.5, xp, repetition=True)",
        "scipy.special.comb(5, xu, exact=False)",
    ),
    "scipy.special.perm": ("scipy.special.perm(xp + 3.0, yu), scipy.special.perm(5.5, xp, False)",),
    "scipy.special.gammainc": (
        "scipy.special.gammainc(1.5, xp)",
        "scipy.special.gammainc(yp, xp), scipy.special.gammainc(sp, Ap)",
    ),
    "scipy.special.polygamma": ("scipy.special.polygamma(2, xp)",),
}
