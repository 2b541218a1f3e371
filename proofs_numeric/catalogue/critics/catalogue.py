"""Objections to arXiv:2601.05280 as claims: what its critics say is held to the same standard as what it says."""

from proofs_numeric.catalogue.critics import bursts, counts, one_sample, predicted_outcomes, verifier_rounds
from proofs_numeric.catalogue.paper import Catalogue
from proofs_numeric.catalogue.zenil.catalogue import PAPER

CRITICS = Catalogue(
    name="critics",
    title="Objections to Zenil 2026: counts, verifiers, regressions, single samples, bursts",
    papers=(PAPER,),
    topics=(counts.CLAIMS, one_sample.CLAIMS, bursts.CLAIMS, verifier_rounds.CLAIMS, predicted_outcomes.CLAIMS),
)
