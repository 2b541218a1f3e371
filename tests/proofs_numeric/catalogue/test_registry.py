import dataclasses
import importlib
import pathlib

import pytest

from proofs_numeric.budget import BUDGETS, require_capacity
from proofs_numeric.catalogue import CATALOGUE, CLAIMS, claim, registry
from proofs_numeric.claims import Claim

FOLDER = pathlib.Path(registry.__file__).parent
TOPICS = {
    path.relative_to(FOLDER).with_suffix("").as_posix(): module.CLAIMS
    for path in sorted(FOLDER.rglob("*.py"))
    if path.name not in ("__init__.py", "registry.py")
    for module in [
        importlib.import_module("proofs_numeric.catalogue." + ".".join(path.relative_to(FOLDER).with_suffix("").parts))
    ]
    if isinstance(getattr(module, "CLAIMS", None), tuple)
}

# Ids are permanent: a changed statement gets a new id, so this list may only grow.
PERMANENT = """
prop1-population-constant prop1-population-schedule prop1-mean-finite-n prop1-convergence-finite-n
population-converges-iff-sum population-alpha-zero-entropy population-fdiv-contraction lemma7-population
lemma7-empirical-mixture lemma7-implies-collapse thm2-entropy-identity thm2-supermartingale thm2-loss-upper-bound
thm2-total-loss cor3-fixed-p thm2-support-monotone thm2-zero-mass thm2-pathwise-fraction thm2-decrease-pathwise
thm2-multiplicative-cn thm2-cn-argmin-half thm2-cn-argmin-half-all-n thm2-log-n-bound thm2-uniform-delta-miller-madow
thm2-uniform-delta-tabular thm2-gaussian-exact-drop thm2-gaussian-entropy-converges thm2-fixed-variance
thm2-smoothing-share thm2-smoothing-decay
thm2-limit-dirac-gini thm2-limit-dirac-as thm2-limit-modes thm2-growing-sample-limit thm4-ar1-diverges
thm4-linear-any-rate thm4-linear-regular thm4-linear-iff-bounded thm4-slow-rate-law thm4-tabular-diverges
thm4-gaussian-mle-bounded thm4-gaussian-unbiased thm4-gaussian-unbiased-linear thm4-growing-sample thm4-conservation
fixation-law-scheme-a fixation-law-scheme-a-exact fixation-law-scheme-b thm5-population thm5-finite-n-floor
thm5-growing-sample thm5-converse-tabular thm5-converse-expfam thm5-converse-population
thm5-converse-gaussian-unbiased thm5-dichotomy thm5-one-migrant alpha-vanishing-collapse phase-collapse phase-partial
phase-partial-without-sum phase-frozen phase-converge hop-rate absorb-law hops-forever accumulate-retained
accumulate-collapse thm2-accumulate-supermartingale thm2-loss-upper-bound-coins thm2-loss-lower-bound-coins
thm2-loss-first-order-coins
prop1-reused-set-floor prop1-reused-set-convergence thm2-temperature-infinite thm2-temperature-preserves
thm2-mean-mle-zero-mass cor3-prior-alpha-zero cor3-falls-to-zero cor3-share-positive thm4-morris thm4-kde-drift
thm4-kde-linear-share thm4-both-modes fixation-law-mmd thm8-population thm8-effective-size thm8-stationary
thm8-different-limits thm8-uncoupled-average rem6-odds-law rem6-perfect-verifier rem6-drift-inside rem6-item-errors
rem6-finite-n-good goodhart-moving goodhart-fixed filter-energy kl-wlog-memorising kl-wlog-restricted
eq20-finite-sample-kl eq16-uniform-sigma eq16-convex-kl eq16-convex-other eq16-discrete eq19-algebra prop9-dpi
prop9-strict prop10-shannon-gain prop10-mdl-information prop10-mdl-accuracy eq26-no-collapse eq26-grid-alone
eq26-complex-truth eq26-asymptotic autonomy-closed eq6-normalisation eq25-tails eq25-symmetric-classes
critics-count-decides critics-share-alone critics-one-sample-half critics-one-sample-converges critics-bursts-regular
critics-bursts-doubling critics-constant-supply-best critics-verifier-rounds critics-verifier-finite-sample
critics-perfect-verifier-worth critics-verifier-accuracy critics-regression-walk critics-regression-predicted
critics-regression-identified
dohmatob-replace-adds dohmatob-overparametrised-exponential dohmatob-clean-is-safe dohmatob-tails-cut-law
dohmatob-tails-generations dohmatob-tails-old-law dohmatob-strong-floor dohmatob-strong-more-data
gerstgrasser-accumulate-sum gerstgrasser-replace-linear gerstgrasser-accumulate-bounded gerstgrasser-fresh-designs
gerstgrasser-fresh-as-one-design kazdan-replace-collapses kazdan-accumulate-plateau kazdan-subsample-law
kazdan-subsample-plateaus kazdan-subsample-as-accumulate seddik-sum-of-squares seddik-total-collapse seddik-partial-law
seddik-partial-floor seddik-synthetic-outnumbers shumailov-w2-unbiased-diverges shumailov-w2-first-order
shumailov-w2-mle-law shumailov-w2-mle-diverges shumailov-absorbed-in-proportion shumailov-tails-first
shumailov-common-types-stay suresh-iterate-bounds suresh-word-alive suresh-poisson-law suresh-forgetting-linear
suresh-gaussian-bound suresh-gaussian-exponent suresh-gaussian-tight
alemohammad-sampling-bias alemohammad-fully-synthetic alemohammad-fixed-real-degrades alemohammad-fresh-worth
alemohammad-fixed-real-collapses bertrand-scale-survival bertrand-scale-draws bertrand-stability-rate
bertrand-finite-sample-floor bertrand-half-necessary feng-majority-threshold feng-odds-one-round feng-fixed-point
feng-diversity feng-better-than-chance ferbach-reward-rises ferbach-reward-rises-draws ferbach-limit
ferbach-real-data-factor ferbach-diversity marchi-two-ends marchi-threshold marchi-fold marchi-neutral-drift
marchi-low-temperature-draws marchi-threshold-everywhere barzilai-price-exact barzilai-price
barzilai-accumulated-draws barzilai-price-families barzilai-arbitrary-speed barzilai-fixed-batch barzilai-price-six
benati-mean-identity benati-present-law benati-tail-rate benati-law-within benati-power-tail benati-mean-exact
borkar-limit-law borkar-almost-surely borkar-forgets borkar-never-collapses borkar-memory borkar-fading-source
he-best-error he-best-weight he-weighted-draws he-fitted-optimum he-golden-fitted kanabar-effective-size
kanabar-effective-size-long kanabar-effective-size-draws kanabar-oracle-ratio kanabar-pooled
""".split()

PREDICTED_REFUTED = """
prop1-convergence-finite-n population-alpha-zero-entropy lemma7-empirical-mixture lemma7-implies-collapse thm2-zero-mass
thm2-pathwise-fraction thm2-decrease-pathwise thm2-uniform-delta-tabular thm2-gaussian-entropy-converges
thm2-fixed-variance thm2-smoothing-decay
thm2-limit-modes thm2-growing-sample-limit thm4-linear-any-rate thm4-linear-iff-bounded thm4-tabular-diverges
thm4-gaussian-unbiased-linear thm5-finite-n-floor thm5-converse-tabular thm5-converse-expfam
thm5-converse-gaussian-unbiased thm5-dichotomy alpha-vanishing-collapse phase-partial-without-sum accumulate-collapse
thm2-loss-first-order-coins
prop1-reused-set-convergence thm2-temperature-preserves cor3-falls-to-zero cor3-share-positive thm4-kde-linear-share
thm4-both-modes thm8-population thm8-stationary thm8-different-limits rem6-perfect-verifier rem6-finite-n-good
goodhart-fixed filter-energy kl-wlog-restricted eq20-finite-sample-kl eq16-uniform-sigma eq16-convex-other eq16-discrete
prop9-strict prop10-shannon-gain prop10-mdl-information eq26-grid-alone eq26-complex-truth eq26-asymptotic
eq25-tails critics-share-alone critics-one-sample-converges critics-constant-supply-best critics-perfect-verifier-worth
critics-verifier-accuracy critics-regression-identified
dohmatob-clean-is-safe dohmatob-tails-old-law dohmatob-strong-more-data gerstgrasser-fresh-as-one-design
kazdan-subsample-as-accumulate seddik-synthetic-outnumbers shumailov-w2-mle-diverges shumailov-common-types-stay
suresh-gaussian-tight
alemohammad-fixed-real-collapses bertrand-half-necessary feng-diversity feng-better-than-chance ferbach-diversity
marchi-threshold-everywhere barzilai-fixed-batch barzilai-price-six benati-law-within benati-power-tail
benati-mean-exact borkar-fading-source he-golden-fitted kanabar-pooled
""".split()

NOT_TESTABLE = """
thm2-limit-dirac-as hops-forever thm2-cn-argmin-half-all-n autonomy-closed barzilai-arbitrary-speed borkar-almost-surely
kanabar-oracle-ratio
""".split()


def variants(entry: Claim):
    return [*entry.mutants, *entry.controls]


def test_every_permanent_id_is_there():
    assert set(PERMANENT) <= set(CATALOGUE)


def test_predictions_are_what_was_written_down_before_the_first_run():
    for name in PERMANENT:
        if name in NOT_TESTABLE:
            expected = "NOT_TESTABLE"
        elif name in ("thm5-converse-population", "cor3-fixed-p"):
            expected = "VACUOUS"
        else:
            expected = "REFUTED" if name in PREDICTED_REFUTED else "SUPPORTED"
        assert CATALOGUE[name].expected == expected, name


def test_ids_are_unique_and_every_topic_is_registered():
    ids = [entry.id for claims in TOPICS.values() for entry in claims]
    assert len(ids) == len(set(ids)) == len(CLAIMS)
    assert set(ids) == set(CATALOGUE)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_file_ends_with_a_false_neighbour_or_a_control(topic):
    last = TOPICS[topic][-1]
    assert last.expected == "REFUTED" or last.controls


@pytest.mark.parametrize("entry", CLAIMS, ids=lambda entry: entry.id)
def test_each_line_says_what_it_must(entry):
    assert entry.statement.strip()
    assert entry.source.strip()
    assert entry.item.strip()
    if entry.runs:
        assert entry.domain
        assert next(entry.examples(), None) is not None
        # Without a neighbour that it can tell apart a verdict says nothing.
        assert variants(entry)
        for name, change in entry.mutants.items():
            assert next(entry.variant(name, change, "REFUTED").examples(), None) is not None


@pytest.mark.parametrize("name", PREDICTED_REFUTED)
def test_refuted_lines_name_their_correction(name):
    entry = CATALOGUE[name]
    if name == "thm2-zero-mass":
        # Its correction, presence with probability 1 - (1-p)^N, is its own control.
        assert entry.controls
        return
    assert entry.corrected_by
    for other in entry.corrected_by:
        assert other in CATALOGUE
    assert any(CATALOGUE[other].expected == "SUPPORTED" for other in entry.corrected_by)


def test_the_whole_catalogue_fits_one_error_budget():
    count = sum(1 + len(variants(entry)) for entry in CLAIMS)
    for budget in BUDGETS.values():
        require_capacity(count, budget)


def test_lookup_by_id():
    assert claim("thm4-conservation") is CATALOGUE["thm4-conservation"]
    with pytest.raises(ValueError, match="thm4-conservatio'; nearest: thm4-conservation"):
        claim("thm4-conservatio")
    with pytest.raises(ValueError, match="must be in the catalogue; got 'qqqq'"):
        claim("qqqq")


def test_two_claims_cannot_share_an_id():
    first = CLAIMS[0]
    with pytest.raises(ValueError, match="must be unique"):
        registry.register([(dataclasses.replace(first, corrected_by=()),) * 2])


def test_every_correction_exists():
    assert registry.dangling_corrections(CATALOGUE) == []


def test_a_dangling_correction_is_named_with_its_neighbours():
    whole = dataclasses.replace(claim("thm4-conservation"), corrected_by=())
    broken = dataclasses.replace(whole, id="thm4-other", corrected_by=("thm4-conservatio", "thm4-other"))
    missing, own = registry.dangling_corrections({whole.id: whole, broken.id: broken})
    assert "`corrected_by` of 'thm4-other' must name another claim; got 'thm4-conservatio'" in missing
    assert "nearest: thm4-conservation" in missing
    assert "got 'thm4-other'" in own
