"""Do models that are trained by gradients obey the fixation law with some effective N and effective alpha?"""

import numpy as np

from proofs_numeric.keys import derive_key, digest
from proofs_numeric.open_questions.neural_loops import (
    CLOSED,
    HORIZON,
    MIDDLE,
    TRAININGS,
    FittedLaw,
    both_faces,
    fitted_law,
    relaxed_share,
    simulated_laws,
)
from proofs_numeric.open_questions.question import Estimate, Progress, Question, chosen

NAME = "neural-fixation"
NUM_RESAMPLES = 400
NORMAL_QUANTILE = 2.5758293035489004
NUM_REPLICATES = {"quick": 1024, "standard": 4096}

CASES = {
    "quick": (("table", "annealed, cold", (10, 500), 32, 0.1), ("adapter", "Adam, warm", (5, 60), 32, 0.1)),
    "standard": (
        ("table", "annealed, cold", (10, 500), 32, 0.1),
        ("table", "SGD, warm", (10, 100), 32, 0.1),
        ("table", "Adam, warm", (5, 20, 200), 32, 0.1),
        ("adapter", "Adam, warm", (5, 60), 32, 0.1),
        ("adapter", "Adam, cold", (5, 60), 32, 0.1),
        ("autoregressive", "Adam, warm", (5, 60), 32, 0.1),
        ("autoregressive", "Adam, warm", (60,), 128, 0.02),
        ("logistic", "Adam, warm", (5, 60, 300), 32, 0.1),
    ),
}
"""Model, training, steps of a fit, N, alpha."""

SIZE = "effective N over N"
SHARE = "effective alpha over alpha"
RELAXED = "effective alpha over alpha, had the model moved a fixed share of the way"
EARLY = f"f_1 over its value in the law through f_{CLOSED}"
LATE = f"f_{MIDDLE} over its value in the law through f_{CLOSED} and f_{HORIZON}"
GAP = "diversity gained between models less that lost within them, share of G(P)"
KIND = "99 % normal, bootstrap standard error"
WITHIN, BETWEEN = "lost within", "gained between"


def _weights(num_replicates: int, generator: np.random.Generator) -> np.ndarray:
    """Equal weights first, then resamples with replacement."""
    equal = np.full(num_replicates, 1 / num_replicates)
    drawn = generator.multinomial(num_replicates, equal, size=NUM_RESAMPLES) / num_replicates
    return np.concatenate([equal[None], drawn])


def _estimate(quantity: str, setting: dict, values: np.ndarray) -> Estimate | None:
    """The first value with an interval from the others; None where it has no meaning in some resample."""
    if not np.all(np.isfinite(values)):
        return None
    reach = NORMAL_QUANTILE * float(np.std(values[1:], ddof=1))
    value = float(values[0])
    return Estimate(quantity=quantity, setting=setting, value=value, interval=(value - reach, value + reach), kind=KIND)


def _of_face(path: np.ndarray, setting: dict) -> list[Estimate | None]:
    """What one face says; nothing where no N leads to its f_8."""
    if not np.all((path[:, CLOSED] > 0) & (path[:, CLOSED] < 1)):
        return []
    law: FittedLaw = fitted_law(path)
    size, share = setting["N"], setting["alpha"]
    numbers = [_estimate(SIZE, setting, law.size / size), _estimate(SHARE, setting, law.share / share)]
    if setting["face"] == WITHIN:
        return numbers  # The law is tested where it is known best: variance is less noisy than loss.
    return [
        *numbers,
        _estimate(RELAXED, setting, relaxed_share(size, share, law.size) / share),
        _estimate(EARLY, setting, law.early_ratio),
        _estimate(LATE, setting, law.open_ratio),
    ]


def _of_setting(setting: dict, root: str, effort: str) -> list[Estimate]:
    fit = TRAININGS[setting["training"]].fit(setting["steps"])
    num_replicates, size, share = NUM_REPLICATES[effort], setting["N"], setting["alpha"]
    key = derive_key(root, NAME, setting, "simulate")
    laws = simulated_laws(setting["model"], fit, size, share, num_replicates, key)
    generator = np.random.default_rng(int.from_bytes(digest(root, NAME, setting, "bootstrap")))
    within, between = both_faces(laws, _weights(num_replicates, generator))
    found = [
        estimate
        for face, path in ((WITHIN, within), (BETWEEN, between))
        for estimate in _of_face(path, {**setting, "face": face})
    ]
    found += [_estimate(GAP, {**setting, "t": t}, (between - within)[:, t]) for t in (1, CLOSED, HORIZON)]
    return [estimate for estimate in found if estimate is not None]


def _settings(effort: str) -> list[dict]:
    return [
        {"model": model, "training": training, "steps": steps, "N": size, "alpha": share}
        for model, training, numbers, size, share in CASES[effort]
        for steps in numbers
    ]


def _measure(effort: str, root: str, progress: Progress) -> tuple[Estimate, ...]:
    settings, found = _settings(effort), []
    for done, setting in enumerate(settings):
        progress(done, len(settings))
        found.extend(_of_setting(setting, root, effort))
    progress(len(settings), len(settings))
    return tuple(found)


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.3g} ({estimate.interval[0]:.3g} to {estimate.interval[1]:.3g})"


def _answer(estimates: tuple[Estimate, ...]) -> str:
    done = {"model": "table", "training": "annealed, cold", "steps": 500, "face": BETWEEN}
    short = {"model": "adapter", "training": "Adam, warm", "steps": 5}
    (size,), (share,) = (chosen(estimates, quantity, **done) for quantity in (SIZE, SHARE))
    (more,), (early,) = (chosen(estimates, name, **short, face=BETWEEN) for name in (SIZE, EARLY))
    (gap,) = chosen(estimates, GAP, **short, t=HORIZON)
    tested = chosen(estimates, EARLY, face=BETWEEN)
    broken = sum(not each.interval[0] <= 1 <= each.interval[1] for each in tested)
    return (
        f"A table trained to the frequencies does, with N_eff/N = {_shown(size)} and alpha_eff/alpha = "
        f"{_shown(share)}. Five steps of Adam on a network behave like N_eff/N = {_shown(more)} over {CLOSED} "
        f"generations, but the first one gains {_shown(early)} times what that law says, and the two faces part by "
        f"{_shown(gap)} at t = {HORIZON}; at 99 % no single N_eff will do in {broken} of {len(tested)} settings."
    )


NEURAL_FIXATION = Question(
    name=NAME,
    title="The fixation law of gradients",
    asked="Do models that are trained by gradients obey f' = 1/N + (1 - 1/N)(1 - alpha)^2 f with some effective N and "
    "effective alpha?",
    why_open="The law needs the next model to have the mean of the last one and the covariance of a sample. A model "
    "that moves a share of the way to the frequencies has both up to a factor and obeys it exactly; gradients move "
    "parameters, stop early, and remember.",
    how=f"Loops from Q_0 = P, closed up to t = {CLOSED} and open afterwards. N_eff leads the law from f_0 = 0 to "
    f"f_{CLOSED}, alpha_eff from there to f_{HORIZON}; the law is tested at t = 1 and {MIDDLE}. f is taken twice, as "
    "the diversity lost within models and as the variance gained between them, which conservation makes equal where "
    "the mean stays. Intervals are normal, 99 %, with standard errors from "
    f"{NUM_RESAMPLES} bootstrap resamples of the replicates.",
    measure=_measure,
    answer=_answer,
)
