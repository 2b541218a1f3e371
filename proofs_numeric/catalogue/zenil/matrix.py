"""The truth matrix of arXiv:2601.05280: what of it is true under which reading, and which claims settle that."""

from proofs_numeric.catalogue.truth_matrix import Cell, Row, TruthMatrix

READINGS = {
    "R1": "infinite sample",
    "R2": "categorical, N fixed",
    "R3": "categorical, N_t grows",
    "R4": "Gaussian fit",
    "R5": "fixed variance",
    "R6": "smoothed, kernel density",
    "R7": "accumulated data",
    "R8": "one real set reused",
}

_NEVER_CLOSED = "A real set that is used again is a share alpha > 0: the closed loop does not arise."
_NO_SHARE = "The reading has its own share of real data, 1/(t+1); a constant one does not arise."


def _cell(truth: str, words: str, *claims: str) -> Cell:
    return Cell(truth=truth, words=words, claims=claims)


MATRIX = TruthMatrix(
    readings=READINGS,
    note="Degenerate is used in four senses: expected diversity tends to 0 (g0), more than half of it is lost in the "
    "stationary state (half), a second moment is unbounded (m2), or the limit is not P and has less entropy (away). "
    "Cells name the sense where it matters.",
    rows=(
        Row(
            item="Thm 2",
            statement="Without real data expected entropy falls.",
            cells={
                "R1": _cell("F", "The loop is the identity: nothing falls.", "population-alpha-zero-entropy"),
                "R2": _cell("T", "At every model that is not a point mass.", "thm2-supermartingale"),
                "R3": _cell("T", "One generation knows only its own N_t.", "thm2-supermartingale"),
                "R4": _cell("T", "By the same amount in every generation.", "thm2-gaussian-exact-drop"),
                "R5": _cell("F", "The entropy of a law of fixed variance is constant.", "thm2-fixed-variance"),
                "R6": _cell("F", "Smoothing may raise it.", "thm2-smoothing-decay"),
                "R7": _cell(
                    "T",
                    "It falls, to a positive limit.",
                    "thm2-accumulate-supermartingale",
                    "accumulate-retained",
                ),
                "R8": _cell("-", _NEVER_CLOSED),
            },
        ),
        Row(
            item="Thm 2",
            statement="It falls by at least some Delta(N) > 0 that does not depend on the model.",
            cells={
                "R1": _cell("F", "Nothing falls.", "population-alpha-zero-entropy"),
                "R2": _cell(
                    "C",
                    "The least loss is 0, near a point mass; it is at least the share c_N of the entropy.",
                    "thm2-uniform-delta-tabular",
                    "thm2-multiplicative-cn",
                    "thm2-cn-argmin-half",
                ),
                "R3": _cell(
                    "C", "As for fixed N, with c of N_t.", "thm2-uniform-delta-tabular", "thm2-multiplicative-cn"
                ),
                "R4": _cell("T", "An exact constant for each estimator.", "thm2-gaussian-exact-drop"),
                "R5": _cell("F", "Nothing falls.", "thm2-fixed-variance"),
                "R6": _cell("F", "Smoothing may raise it.", "thm2-smoothing-decay"),
                "R7": _cell("F", "Losses add up to a finite sum, so they tend to 0.", "accumulate-retained"),
                "R8": _cell("-", _NEVER_CLOSED),
            },
        ),
        Row(
            item="Thm 2",
            statement="Entropy converges.",
            cells={
                "R1": _cell("T", "It is constant.", "population-alpha-zero-entropy"),
                "R2": _cell("T", "A bounded supermartingale; its losses add up to H(Q_0).", "thm2-total-loss"),
                "R3": _cell("T", "A bounded supermartingale.", "thm2-supermartingale"),
                "R4": _cell("F", "It tends to minus infinity.", "thm2-gaussian-entropy-converges"),
                "R5": _cell("T", "It is constant.", "thm2-fixed-variance"),
                "R6": _cell(
                    "D",
                    "Additive smoothing leaves an ergodic chain, whose entropy goes on moving; sharpening at infinite "
                    "sample converges.",
                    "thm2-smoothing-share",
                    "thm2-temperature-infinite",
                ),
                "R7": _cell("T", "A bounded supermartingale.", "thm2-accumulate-supermartingale"),
                "R8": _cell("F", "An ergodic chain around the real set: it goes on moving.", "prop1-reused-set-floor"),
            },
        ),
        Row(
            item="Thm 2",
            statement="The limit without real data is a point mass.",
            cells={
                "R1": _cell("F", "The limit is Q_0.", "population-alpha-zero-entropy"),
                "R2": _cell(
                    "T",
                    "Almost surely, at k with probability Q_0(k), not only at the mode.",
                    "thm2-limit-dirac-gini",
                    "thm2-limit-dirac-as",
                    "thm2-limit-modes",
                ),
                "R3": _cell("D", "Exactly if the sum of 1/N_t is infinite.", "thm2-growing-sample-limit"),
                "R4": _cell("T", "The variance tends to 0 almost surely, for N >= 2.", "thm2-gaussian-exact-drop"),
                "R5": _cell("F", "The variance is constant.", "thm2-fixed-variance"),
                "R6": _cell(
                    "F",
                    "Not for additive smoothing and not for kernel density; sharpening at infinite sample does it.",
                    "thm2-smoothing-share",
                    "thm4-kde-drift",
                    "thm2-temperature-infinite",
                ),
                "R7": _cell(
                    "F", "Diversity stays for n >= 2 draws a generation, and is lost for n = 1.", "accumulate-retained"
                ),
                "R8": _cell("F", "The real set keeps its share.", "prop1-reused-set-floor"),
            },
        ),
        Row(
            item="Thm 4",
            statement="The squared error of the mean diverges as alpha_t tends to 0.",
            cells={
                "R1": _cell("F", "It never exceeds that of Q_0.", "prop1-population-schedule"),
                "R2": _cell("F", "It is at most Var_P, and tends to it at fixed N.", "thm4-tabular-diverges"),
                "R3": _cell(
                    "F", "It tends to 0 where sum alpha_t and N_t alpha_t are infinite.", "thm4-growing-sample"
                ),
                "R4": _cell(
                    "D",
                    "Bounded for the maximum-likelihood variance, unbounded for the unbiased one.",
                    "thm4-gaussian-mle-bounded",
                    "thm4-gaussian-unbiased",
                ),
                "R5": _cell("T", "At every rate.", "thm4-ar1-diverges"),
                "R6": _cell(
                    "D",
                    "True for kernel density; additive smoothing pulls to the uniform law.",
                    "thm4-kde-drift",
                    "thm2-smoothing-share",
                ),
                "R7": _cell("F", "It tends to a fraction of Var_P.", "accumulate-retained"),
                "R8": _cell("F", "It stays at its floor, a fraction of Var_P.", "prop1-reused-set-floor"),
            },
        ),
        Row(
            item="Thm 4",
            statement="The variance of the mean grows linearly in t.",
            cells={
                "R1": _cell("F", "There is no noise.", "prop1-population-schedule"),
                "R2": _cell("F", "Only while t is far below N; it is bounded.", "thm4-tabular-diverges"),
                "R3": _cell("F", "It is bounded.", "thm4-growing-sample"),
                "R4": _cell(
                    "D",
                    "Maximum likelihood: only while t is far below N. Unbiased: linear at alpha = 0, and faster if the "
                    "shares add up to infinity.",
                    "thm4-gaussian-mle-bounded",
                    "thm4-gaussian-unbiased",
                    "thm4-gaussian-unbiased-linear",
                ),
                "R5": _cell(
                    "D",
                    "For regular schedules, exactly if t alpha_t has a finite limit.",
                    "thm4-linear-regular",
                    "thm4-linear-any-rate",
                    "thm4-linear-iff-bounded",
                ),
                "R6": _cell(
                    "D",
                    "Kernel density at alpha = 0; with slowly vanishing shares it is slower.",
                    "thm4-kde-drift",
                    "thm4-kde-linear-share",
                ),
                "R7": _cell("F", "It is bounded.", "accumulate-retained"),
                "R8": _cell("F", "It is bounded.", "prop1-reused-set-floor"),
            },
        ),
        Row(
            item="Thm 5",
            statement="A share of real data that stays above some a > 0 makes Q_t tend to P.",
            cells={
                "R1": _cell("T", "Geometrically.", "thm5-population"),
                "R2": _cell("F", "The distance has the floor f*.", "thm5-finite-n-floor", "fixation-law-scheme-a"),
                "R3": _cell("T", "In mean square, as N_t grows.", "thm5-growing-sample"),
                "R4": _cell(
                    "F",
                    "The same floor for maximum likelihood, and possibly no second moment for the unbiased variance.",
                    "thm5-converse-gaussian-unbiased",
                    "thm4-conservation",
                ),
                "R5": _cell("F", "Noise keeps the variance at s2/(1 - (1-a)^2) or more.", "thm4-ar1-diverges"),
                "R6": _cell("F", "Smoothing moves the fixed point away from P.", "thm2-smoothing-share"),
                "R7": _cell("-", _NO_SHARE),
                "R8": _cell("F", "The floor is at least 1/r.", "prop1-reused-set-convergence"),
            },
        ),
        Row(
            item="Thm 5",
            statement="Degeneration requires alpha_t to tend to 0.",
            cells={
                "R1": _cell("V", "Nothing degenerates in the sense g0.", "thm5-converse-population"),
                "R2": _cell("F", "In the sense half: f* above 1/2 at constant alpha.", "thm5-converse-tabular"),
                "R3": _cell("T", "In the sense g0: the error tends to 0 otherwise.", "thm5-growing-sample"),
                "R4": _cell(
                    "F",
                    "Maximum likelihood in the sense half, unbiased in the sense m2.",
                    "thm5-converse-gaussian-unbiased",
                    "thm5-converse-tabular",
                ),
                "R5": _cell(
                    "T",
                    "In the sense m2: the variance is at most s2/(1 - (1-a)^2) plus that of the start; with a = .001 "
                    "that is 500 s2: one step of the recursion.",
                ),
                "R6": _cell("-", "No share of real data belongs to the reading."),
                "R7": _cell("-", _NO_SHARE),
                "R8": _cell("-", _NEVER_CLOSED),
            },
        ),
        Row(
            item="Lem 7",
            statement="TV(mixture, Q_t) <= alpha_t TV(P, Q_t) <= alpha_t.",
            cells={
                "R1": _cell("T", "The first relation is an equality.", "lemma7-population"),
                **{
                    reading: _cell(
                        "D",
                        "True of the mixture, false of the empirical mixture that is fitted.",
                        "lemma7-population",
                        "lemma7-empirical-mixture",
                    )
                    for reading in ("R2", "R3", "R4", "R5", "R6", "R7", "R8")
                },
            },
        ),
        Row(
            item="Thm 8",
            statement="As alpha_t tends to 0 an ensemble tends to a degenerate R* that is not P.",
            cells={
                "R1": _cell(
                    "D",
                    "False if the shares add up to infinity; otherwise R* differs from P and is degenerate in the "
                    "sense away at most.",
                    "thm8-population",
                ),
                "R2": _cell(
                    "T",
                    "In probability, with effective size N over the sum of squared weights; paths go on hopping.",
                    "thm8-effective-size",
                    "thm8-stationary",
                    "thm8-different-limits",
                ),
                "R3": _cell(
                    "F", "Not where sum alpha_t and N_t alpha_t are infinite.", "thm4-growing-sample", "phase-converge"
                ),
                "R4": _cell("T", "In probability, as for types; no path is stationary.", "thm8-stationary"),
                "R5": _cell("F", "The variance within a model is constant.", "thm2-fixed-variance"),
                "R6": _cell("F", "Smoothed models keep diversity.", "thm2-smoothing-share"),
                "R7": _cell("F", "R* is not P, and not degenerate.", "accumulate-retained"),
                "R8": _cell("-", _NEVER_CLOSED),
            },
        ),
    ),
)
