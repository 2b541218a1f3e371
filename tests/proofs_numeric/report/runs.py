"""A small run with every kind of claim that a report has to show, once for all tests of a process."""

import dataclasses
import functools
import json

import jax
import numpy as np

from proofs_numeric.budget import BUDGETS
from proofs_numeric.catalogue import CATALOGUE, CATALOGUES
from proofs_numeric.claims import Claim, Route, Variant
from proofs_numeric.engine import run_claim
from proofs_numeric.illustration import illustrated
from proofs_numeric.report import content
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

ROOT = "5eed"
BUDGET = dataclasses.replace(BUDGETS["quick"], seconds=3600.0, num_examples=1, shrink_examples=0)
NASTY = '<script>alert(1)</script> & "quotes" | bars `ticks`'


def _coin(theta, key, num_replicates):
    return np.asarray(jax.random.bernoulli(key, theta["p"], (num_replicates,)), np.float64)


OWN = Claim(
    id="own-coin",
    statement=f"A coin falls heads at most half of the time. {NASTY}",
    route=Route.EP,
    expected=Status.REFUTED,
    domain={"p": (0.9, 0.95)},
    sample=_coin,
    bound=lambda theta: 0.5,
    tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
    slack=1e-6,
    delta=0.1,
    mutants={"at most .1": Variant(bound=lambda theta: 0.1)},
    file="own.py",
)
CATALOGUED = (
    "thm2-zero-mass",  # closed form, refuted, with a script and a simulation
    "thm2-loss-first-order-coins",  # over a box
    "alpha-vanishing-collapse",  # along named schedules and T
    "kl-wlog-restricted",  # along names
    "thm2-limit-dirac-as",  # nothing runs
    "cor3-fixed-p",
    "lemma7-population",
)
CLAIMS = (*(CATALOGUE[name] for name in CATALOGUED), OWN)


@functools.cache
def _text() -> str:
    verdicts = [illustrated(run_claim(claim, BUDGET, root=ROOT), claim, BUDGET) for claim in CLAIMS]
    return json.dumps(content(verdicts, tuple(CATALOGUES.values()), BUDGET, ROOT), allow_nan=False)


def example_content() -> dict:
    """The content of this run's report, after a trip through JSON: that is all that reports may know."""
    return json.loads(_text())


QUESTIONS = {
    "schema": 1,
    "root": ROOT,
    "effort": "quick",
    "questions": [
        {
            "name": "one",
            "title": "One",
            "asked": "How long?",
            "why_open": "Nobody knows.",
            "how": "By counting.",
            "answer_so_far": "About three.",
            "estimates": [
                {
                    "quantity": "time <t>",
                    "setting": {"N": 10},
                    "value": 3.0,
                    "interval": [2.5, 3.5],
                    "kind": "99 % normal",
                    "unit": "generations",
                }
            ],
            "seconds": 1.0,
        }
    ],
}
