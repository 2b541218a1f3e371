"""Instances that the law tests run over: one line per class or combination, with values that differ from defaults."""

import zenil_dynamics as zd

STATES = {
    "categorical": zd.Categorical([0.5, 0.3, 0.15, 0.05]),
    "categorical-with-zeros": zd.Categorical([0.0, 0.7, 0.0, 0.3]),
    "zipf": zd.Categorical.zipf(support_size=37, exponent=1.3),
    "gaussian": zd.Gaussian(mean=-1.5, variance=2.25),
}

FITS = {
    "mle": zd.MaximumLikelihood(),
    "unbiased": zd.Unbiased(),
    "smoothed": zd.Smoothed(pseudocount=0.3),
}

UPDATES = {
    "replace": zd.Replace(),
    "accumulate": zd.Accumulate(),
    "population": zd.Population(),
}

SCHEDULES = {
    "closed": 0.0,
    "open": 0.15,
    "vanishing": zd.schedules.power_law(scale=1.0, exponent=0.5),
}


def systems():
    """Every meaningful state x fit x update x mixing x schedule, by name."""
    for state_name, state in STATES.items():
        for fit_name, fit in FITS.items():
            if (fit_name == "unbiased") != (state.family == "gaussian") and fit_name != "mle":
                continue
            for update_name, update in UPDATES.items():
                for mixing in ("bernoulli", "stratified"):
                    for schedule_name, schedule in SCHEDULES.items():
                        yield (
                            f"{state_name}-{fit_name}-{update_name}-{mixing}-{schedule_name}",
                            zd.System(state, 7, schedule, update=update, fit=fit, mixing=mixing),
                        )
