import json

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.plan_question import rounded_up

TARGET = "zipf:40"
PROBS = np.asarray(zd.Categorical.zipf(support_size=40).probs)


def document(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def planned(zenil):
    def run(*arguments):
        return document(zenil("plan", *arguments, "--json", "-"))

    return run


def chain(num_samples, share, horizon, real=0, mixing="bernoulli"):
    """Expected vocabulary and missing mass, from the oracle."""
    arguments = (PROBS, np.full(horizon, num_samples), share, np.full(horizon, real))
    found = zd.oracles.marginal_chain(*arguments, mixing=mixing, functionals=("support_size", "missing_mass"))
    return found["support_size"][-1], found["missing_mass"][-1]


def test_what_survives(planned):
    content = planned(
        "--num-samples", "30", "--exogenous-fraction", "0.1", "--num-generations", "12", "--target", TARGET
    )
    assert list(content) == [
        *("schema", "num_samples", "exogenous_fraction", "num_generations", "mixing", "target", "wanted", "found"),
        *("necessary", "real_draws", "diversity", "long_run", "vocabulary"),
    ]
    kept = 1 - zd.oracles.fixation_index(np.full(12, 30), 0.1)[-1]
    assert content["diversity"]["retained"] == pytest.approx(kept, rel=1e-12)
    assert content["diversity"]["rung"] == "moment recursion"
    assert content["long_run"]["lower"] == pytest.approx(1 - zd.oracles.fixation_index_stationary(30, 0.1))
    assert content["long_run"]["class"] == "partial"
    assert content["diversity"]["half_life"] is None
    alive, missing = chain(30, 0.1, 12)
    assert content["vocabulary"]["rung"] == "exact chain"
    assert content["vocabulary"]["num_types"] == 40
    assert content["vocabulary"]["alive"] == pytest.approx([alive, alive])
    assert content["vocabulary"]["missing_mass"] == pytest.approx([missing, missing])
    assert (content["found"], content["real_draws"]) == (None, 3.0)


def test_stratified_loops(planned):
    content = planned(
        *("--num-samples", "30", "--exogenous-fraction", "0.08", "--num-generations", "12", "--target", TARGET),
        *("--mixing", "stratified"),
    )
    kept = 1 - zd.oracles.fixation_index(np.full(12, 30), 0.0, np.full(12, 2), mixing="stratified")[-1]
    assert content["diversity"]["retained"] == pytest.approx(kept, rel=1e-12)
    assert content["real_draws"] == 2
    assert content["vocabulary"]["alive"][0] == pytest.approx(chain(30, 0.0, 12, 2, "stratified")[0])
    stationary = zd.oracles.retained_diversity_stationary(30, 0.0, 2, mixing="stratified")
    assert content["long_run"]["lower"] == stationary
    content = planned("--num-samples", "30", "--exogenous-fraction", "power_law:1,1", "--mixing", "stratified")
    assert content["long_run"] is None


@pytest.mark.parametrize(
    ("num_samples", "share", "half_life"), [("100", "0", 69), ("100", "0.001", 76), ("power_law:5,-0.3", "0", 5)]
)
def test_half_lives(planned, num_samples, share, half_life):
    content = planned("--num-samples", num_samples, "--exogenous-fraction", share, "--num-generations", "200")
    assert content["diversity"]["half_life"] == half_life
    shares = zd.phases.retained_diversity(zd.schedules.parse(num_samples), zd.schedules.parse(share), 200)
    assert shares[half_life] <= 0.5 < shares[half_life - 1]


def test_half_lives_beyond_the_horizon_are_not_guessed(zenil):
    result = zenil("plan", "--num-samples", "power_law:50,-0.3", "--num-generations", "20")
    assert "more than 20 generations" in result.stdout


def test_the_long_run(planned, refused):
    content = planned(
        "--num-samples", "power_law:10,-1", "--exogenous-fraction", "power_law:0.1,1", "--num-generations", "inf"
    )
    assert content["diversity"]["retained"] == pytest.approx(2 / 3)
    assert (content["num_generations"], content["real_draws"]) == (None, None)
    content = planned("--num-samples", "50", "--exogenous-fraction", "bursts:1", "--num-generations", "inf")
    assert (content["diversity"]["retained"], content["diversity"]["upper"]) == (None, pytest.approx(0.98))
    content = planned("--num-samples", "geometric:10,1.5", "--num-generations", "inf")
    assert 0 < content["diversity"]["error"] < 1e-9
    assert content["diversity"]["rung"] == "enclosure"
    assert "known generation by generation" in refused("plan", "--num-samples", "table:3,4", "--num-generations", "inf")
    line = refused("plan", "--num-samples", "power_law:9,-1", "--num-generations", "inf", "--mixing", "stratified")
    assert "stratified mixing has a long run for constant schedules only" in line


@pytest.mark.parametrize("share", ["0.2", "1"])
def test_the_vocabulary_of_the_stationary_law(planned, share):
    content = planned(
        "--num-samples", "30", "--exogenous-fraction", share, "--num-generations", "inf", "--target", TARGET
    )
    alive, missing = chain(30, float(share), 300)
    assert content["vocabulary"]["alive"] == pytest.approx([alive, alive], rel=1e-9)
    assert content["vocabulary"]["missing_mass"] == pytest.approx([missing, missing], rel=1e-9)
    assert content["vocabulary"]["rung"] == "exact chain"


def test_the_vocabulary_of_a_closed_loop_for_ever(planned):
    content = planned("--num-samples", "30", "--num-generations", "inf", "--target", TARGET)
    assert content["vocabulary"]["alive"] == [1.0, 1.0]
    assert content["vocabulary"]["missing_mass"][0] == pytest.approx(1 - np.sum(PROBS**2))


@pytest.mark.parametrize("horizon", ["12", "inf"])
def test_bounds_where_the_chain_is_too_dear(planned, monkeypatch, horizon):
    arguments = ("--num-samples", "60", "--exogenous-fraction", "0.1", "--num-generations", horizon, "--target", TARGET)
    exact = planned(*arguments)["vocabulary"]
    monkeypatch.setattr(zd.oracles, "marginal_chain_cost", lambda *_, **__: 1e11)
    bounded = planned(*arguments)["vocabulary"]
    assert bounded["rung"] == "effective sample sizes, proved bounds"
    for name in ("alive", "missing_mass"):
        assert bounded[name][0] < exact[name][0] < bounded[name][1]
        assert bounded[name][1] - bounded[name][0] < 0.05 * exact[name][0]
    assert planned(*arguments, "--exact")["vocabulary"] == exact


@pytest.mark.parametrize("goal", [0.2, 0.9])
def test_alpha_for_a_share_of_diversity(planned, goal):
    content = planned("--num-samples", "30", "--keep-diversity", goal, "--num-generations", "50")
    share = float(content["exogenous_fraction"])
    assert content["found"] == "exogenous_fraction"
    assert 1 - zd.oracles.fixation_index(np.full(50, 30), share)[-1] >= goal
    assert 1 - zd.oracles.fixation_index(np.full(50, 30), share * (1 - 2e-5))[-1] < goal
    assert content["diversity"]["retained"] >= goal
    assert share * (1 - 1e-5) <= content["necessary"] <= share
    assert content["real_draws"] == pytest.approx(30 * share)


def test_alpha_for_ever_and_for_a_changing_number_of_samples(planned):
    content = planned("--num-samples", "30", "--keep-diversity", "0.9", "--num-generations", "inf")
    assert content["diversity"]["retained"] == pytest.approx(0.9, abs=1e-5)
    assert content["diversity"]["retained"] >= 0.9
    content = planned("--num-samples", "power_law:5,-0.5", "--keep-diversity", "0.8", "--num-generations", "20")
    assert content["diversity"]["retained"] == pytest.approx(0.8, abs=1e-5)
    assert content["real_draws"] is None


def test_no_real_data_where_none_are_needed(planned):
    content = planned("--num-samples", "1000", "--keep-diversity", "0.9")
    assert (content["exogenous_fraction"], content["necessary"]) == ("0", 0)
    content = planned(
        "--num-samples", "5000", "--keep-vocabulary", "0.9", "--target", "zipf:10", "--num-generations", "3"
    )
    assert content["exogenous_fraction"] == "0"


@pytest.mark.parametrize("horizon", ["20", "inf"])
def test_whole_numbers_of_real_draws(planned, horizon):
    content = planned(
        "--num-samples", "40", "--keep-diversity", "0.8", "--mixing", "stratified", "--num-generations", horizon
    )
    steps = 5000 if horizon == "inf" else 20
    kept = [
        1 - zd.oracles.fixation_index(np.full(steps, 40), 0.0, np.full(steps, real), mixing="stratified")[-1]
        for real in range(41)
    ]
    assert content["real_draws"] == next(real for real in range(41) if kept[real] >= 0.8)
    assert content["diversity"]["retained"] >= 0.8


@pytest.mark.parametrize("share", ["0", "0.02"])
def test_samples_for_a_share_of_diversity(planned, share):
    content = planned("--keep-diversity", "0.7", "--exogenous-fraction", share, "--num-generations", "50")
    size = int(content["num_samples"])
    assert content["found"] == "num_samples"
    assert content["necessary"] == size
    kept = [1 - zd.oracles.fixation_index(np.full(50, n), float(share))[-1] for n in (size - 1, size)]
    assert kept[0] < 0.7 <= kept[1]


def test_samples_for_a_share_of_the_vocabulary(planned):
    content = planned("--keep-vocabulary", "0.5", "--target", TARGET, "--num-generations", "10")
    size = int(content["num_samples"])
    assert chain(size - 1, 0.0, 10)[0] < 20 <= chain(size, 0.0, 10)[0]
    assert content["necessary"] == size
    content = planned(
        "--keep-vocabulary", "0.5", "--target", TARGET, "--num-generations", "inf", "--exogenous-fraction", "0.3"
    )
    size = int(content["num_samples"])
    assert chain(size - 1, 0.3, 200)[0] < 20 <= chain(size, 0.3, 200)[0]


def test_real_draws_for_a_share_of_the_vocabulary(planned):
    content = planned("--num-samples", "60", "--keep-vocabulary", "0.5", "--target", TARGET, "--num-generations", "10")
    share = float(content["exogenous_fraction"])
    assert chain(60, share * (1 - 3e-4), 10)[0] < 20 <= chain(60, share, 10)[0]
    assert share * (1 - 3e-4) <= content["necessary"] <= share
    content = planned(
        *("--num-samples", "60", "--keep-vocabulary", "0.5", "--target", TARGET, "--num-generations", "10"),
        *("--mixing", "stratified"),
    )
    real = content["real_draws"]
    kept = [chain(60, 0.0, 10, number, "stratified")[0] for number in (real - 1, real)]
    assert kept[0] < 20 <= kept[1]


def test_a_vocabulary_beyond_the_chain_is_kept_by_its_lower_bound(zenil, planned):
    arguments = ("--keep-vocabulary", "0.5", "--target", "zipf:3000", "--num-generations", "1000")
    content = planned(*arguments)
    assert content["vocabulary"]["alive"][0] >= 1500
    assert content["vocabulary"]["rung"] == "effective sample sizes, proved bounds"
    size = int(content["num_samples"])
    assert 0.999 * size < content["necessary"] <= size
    assert "of 3000" in zenil("plan", *arguments).stdout


def test_the_answer_stands_beside_what_was_asked_for(zenil):
    shown = zenil("plan", "--keep-diversity", "0.9").stdout
    assert "950  <- the least that keeps what is wanted" in shown
    shown = zenil("plan", "--num-samples", "100", "--exogenous-fraction", "0.01", "--keep-diversity", "0.9").stderr
    assert "nothing is left to find" in shown
    shown = zenil("plan", "--num-samples", "1000", "--keep-vocabulary", "0.5", "--target", "zipf:200").stdout
    assert "<- enough to keep what is wanted; less than 0.06" in " ".join(shown.split())


@pytest.mark.parametrize("fraction", [0.0, 1.0, 0.1, 0.123456, 1e-12, 0.99999999, 1 / 3])
def test_rounding_never_takes_away(fraction):
    rounded = rounded_up(fraction)
    assert fraction <= rounded <= min(fraction * (1 + 1e-5), 1.0)
    assert float(f"{rounded:.6g}") == rounded
    assert rounded_up(rounded) <= rounded * (1 + 1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--num-samples is missing. Give N, or a share to keep"),
        (("--num-samples", "2.5"), "N must be a whole number of at least 1; got '2.5'"),
        (("--num-samples", "10", "--exogenous-fraction", "1.5"), "alpha must lie in [0, 1]; got 1.5"),
        (("--num-samples", "10", "--num-generations", "0"), "must be a whole number of at least 1; got '0'"),
        (("--num-samples", "10", "--num-generations", "1e7"), "must lie between 1 and 1000000; got 10000000"),
        (("--num-samples", "10", "--num-generations", "soon"), "--num-generations: T, or the word inf,"),
        (("--num-samples", "10", "--mixing", "mixed"), "--mixing must be one of bernoulli, stratified; got 'mixed'"),
        (("--num-samples", "10", "--target", "gaussian:0,1"), "a vocabulary is that of a categorical target"),
        (("--num-samples", "10", "--target", "zpf:3"), "unknown name 'zpf'; did you mean zipf"),
        (("--num-samples", "table:3,4"), "the schedule table has 2 entries"),
        (("--num-samples", "10", "--keep-diversity", "1"), "the share to keep must lie between 0 and 1; got 1"),
        (("--num-samples", "10", "--keep-diversity", "x"), "the share to keep must be a finite number; got 'x'"),
        (("--keep-diversity", "0.5", "--keep-vocabulary", "0.5"), "exclude each other"),
        (("--num-samples", "10", "--keep-vocabulary", "0.5"), "--keep-vocabulary needs --target"),
        (("--num-samples", "10", "--keep-diversity", "0.95"), "N = 10 keeps at most 1 - 1/N = 0.9"),
        (
            ("--keep-diversity", "0.9999999999"),
            "draws per generation, and a loop can count 2^31 - 1",
        ),
        (("--keep-diversity", "0.9", "--num-generations", "inf"), "no number of draws keeps a share of 0.9 for ever"),
        (
            ("--keep-vocabulary", "0.9", "--target", TARGET, "--num-generations", "inf"),
            "without real data one type survives for ever",
        ),
        (
            ("--keep-vocabulary", "0.9", "--target", TARGET, "--num-samples", "20"),
            "a share of 0.9 is out of reach: 20 real draws have",
        ),
        (
            ("--keep-vocabulary", "0.999999", "--target", "zipf:1e6", "--num-generations", "1000"),
            "needs 2^31 draws per generation or more",
        ),
        (
            ("--keep-diversity", "0.9", "--exogenous-fraction", "power_law:1,1"),
            "--exogenous-fraction must be one number where N is asked for; got the schedule power_law:1,1",
        ),
        (
            ("--keep-diversity", "0.9", "--num-samples", "power_law:9,-1", "--mixing", "stratified"),
            "--num-samples must be one number where real draws are asked for",
        ),
        (
            ("--keep-diversity", "0.9", "--num-samples", "power_law:9,-1", "--num-generations", "inf"),
            "--num-samples must be one number where alpha is asked for in the long run",
        ),
        (
            ("--keep-diversity", "0.9", "--exogenous-fraction", "0.1", "--mixing", "stratified"),
            "--mixing stratified fixes the number of real draws by rounding alpha N",
        ),
        (
            ("--num-samples", "power_law:9,-1", "--num-generations", "inf", "--target", TARGET),
            "--target with --num-generations inf needs constant N and alpha",
        ),
        (("--num-samples", "10", "--json", "nowhere/p.json"), "cannot write 'nowhere/p.json'"),
    ],
)
def test_bad_input_is_one_line(refused, arguments, message):
    assert message in refused("plan", *arguments)
