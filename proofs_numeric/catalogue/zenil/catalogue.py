"""All claims on arXiv:2601.05280, in the order of the paper.

Population, Theorem 2, Corollary 3, Theorem 4, Theorem 5, Theorem 8, Remark 6, the divergences of the fit, Eqs. (16) to
(20), Propositions 9 and 10, Eqs. (6) and (25), accumulation.
"""

from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.catalogue.zenil import (
    accumulation,
    coin_continuum,
    data_processing,
    description_length,
    divergence_choice,
    ensembles,
    entropy_decay,
    entropy_paths,
    entropy_rate,
    failure_modes,
    fixation_law,
    gaussian_entropy,
    hopping,
    information,
    kernel_distance,
    limit,
    mean_families,
    mixture_lemma,
    noise_variance,
    phase,
    population,
    program_loop,
    projections,
    reuse,
    rewards,
    scope,
    small_machines,
    smoothing,
    temperature,
    variance_amplification,
    verifiers,
)
from proofs_numeric.catalogue.zenil.matrix import MATRIX

PAPER = Paper(
    key="zenil2026",
    title="On the Limits of Self-Improving in Large Language Models: The Singularity Is Not Near Without Symbolic "
    "Model Synthesis",
    authors=("Zenil, Hector",),
    year=2026,
    arxiv="2601.05280",
)

ZENIL = Catalogue(
    name="zenil2026",
    title="Zenil 2026: entropy decay and variance amplification under self-training",
    papers=(PAPER,),
    matrix=MATRIX,
    topics=(
        population.CLAIMS,
        reuse.CLAIMS,
        mixture_lemma.CLAIMS,
        entropy_decay.CLAIMS,
        coin_continuum.CLAIMS,
        entropy_paths.CLAIMS,
        entropy_rate.CLAIMS,
        limit.CLAIMS,
        gaussian_entropy.CLAIMS,
        smoothing.CLAIMS,
        temperature.CLAIMS,
        information.CLAIMS,
        noise_variance.CLAIMS,
        variance_amplification.CLAIMS,
        mean_families.CLAIMS,
        failure_modes.CLAIMS,
        fixation_law.CLAIMS,
        kernel_distance.CLAIMS,
        scope.CLAIMS,
        phase.CLAIMS,
        hopping.CLAIMS,
        ensembles.CLAIMS,
        verifiers.CLAIMS,
        rewards.CLAIMS,
        divergence_choice.CLAIMS,
        projections.CLAIMS,
        data_processing.CLAIMS,
        description_length.CLAIMS,
        program_loop.CLAIMS,
        small_machines.CLAIMS,
        accumulation.CLAIMS,
    ),
)
