import json

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.tables import least_error

# The population limit draws nothing, so that it compiles fast; what the sampler does is tested elsewhere.
SMALL = (
    *("--update", "population", "--initial", "uniform:5", "--exogenous-fraction", "0.3"),
    *("--num-samples", "20", "--num-generations", "5", "--num-replicates", "64", "--seed", "3"),
)


def document(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_document(zenil):
    content = document(
        zenil("simulate", "--target", "zipf:5", *SMALL, "--record", "entropy,diversity,successive_kl", "--json", "-")
    )
    assert list(content) == [
        *("schema", "system", "generations", "measured", "exact", "rung", "slack", "no_exact"),
        *("kernel", "device", "versions", "seed", "seconds"),
    ]
    assert (content["schema"], content["seed"]) == (1, 3)
    assert content["generations"] == [0, 1, 2, 3, 4, 5]
    assert list(content["measured"]) == ["entropy", "diversity", "successive_kl"]
    for quantity in content["measured"].values():
        assert list(quantity) == ["mean", "stderr", "quantiles", "nonfinite"]
        assert list(quantity["quantiles"]) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
        assert {len(quantity["mean"]), len(quantity["stderr"]), len(quantity["quantiles"]["0.5"])} == {6}
    assert content["measured"]["successive_kl"]["mean"][0] is None
    assert set(content["exact"]) == set(content["rung"]) == set(content["slack"])
    assert set(content["exact"]) | set(content["no_exact"]) == set(content["measured"])
    assert content["rung"]["diversity"] in ("closed form", "moment recursion")
    assert set(content["seconds"]) == {"compile", "run"}
    assert content["system"]["target"]["support_size"] == 5
    assert content["system"]["specs"]["target"] == "zipf:5"


def test_measured_is_the_library_and_exact_is_the_oracle(zenil):
    import jax

    content = document(
        zenil(
            *("simulate", "--target", "probs:0.4,0.3,0.1,0.1,0.1", "--num-samples", "4", "--num-generations", "5"),
            *("--num-replicates", "64", "--seed", "3", "--exogenous-fraction", "power_law:1,0.5"),
            *("--initial", "estimate:3", "--mixing", "stratified", "--record", "diversity,kl_from_target"),
            *("--json", "-"),
        )
    )
    system = zd.System(
        target=zd.Categorical([0.4, 0.3, 0.1, 0.1, 0.1]),
        num_samples=4,
        exogenous_fraction=zd.schedules.power_law(scale=1.0, exponent=0.5),
        initial=zd.estimate(num_samples=3),
        mixing="stratified",
    )
    records = ("diversity", "kl_from_target")
    run = zd.simulate(system, num_generations=5, num_replicates=64, key=jax.random.key(3), record=records)
    exact, rung = zd.exact(system, "diversity", 5)
    assert content["measured"]["diversity"]["mean"] == run.mean["diversity"].tolist()
    assert content["exact"]["diversity"] == list(exact)
    assert content["rung"]["diversity"] == rung
    # Four draws cannot reach five types: KL(P || Q) is infinite on every path.
    assert content["measured"]["kl_from_target"]["mean"] == [None] * 6
    assert content["measured"]["kl_from_target"]["nonfinite"] == [1.0] * 6


def test_the_population_limit_meets_its_exact_values(zenil):
    content = document(zenil("simulate", "--target", "zipf:5", *SMALL, "--record", "diversity", "--x64", "--json", "-"))
    np.testing.assert_allclose(content["measured"]["diversity"]["mean"], content["exact"]["diversity"], rtol=1e-12)


def test_gaussian_flags(zenil):
    content = document(
        zenil(
            *("simulate", "--target", "gaussian:1,2", "--num-samples", "20", "--num-generations", "5"),
            *("--num-replicates", "64", "--fit", "unbiased", "--update", "accumulate"),
            *("--record", "mean,variance,differential_entropy", "--json", "-"),
        )
    )
    assert content["system"]["target"]["variance"] == 2.0
    assert (content["system"]["fit"], content["system"]["update"]) == ("unbiased", "accumulate")
    assert content["measured"]["variance"]["mean"][0] == 2.0


def test_several_normal_models_of_an_exponential_target(zenil, tmp_path):
    """Model, ensemble and decoder in a file of arguments; measured by the library, described by the system."""
    import jax

    (tmp_path / "run.toml").write_text(
        'target = "exponential:2"\nmodel = "gaussian"\nensemble = [0.7, 0.3]\nuncoupled = true\ndecoder = "noise:0.5"\n'
        'update = "population"\nnum-samples = 20\nexogenous-fraction = 0.3\nnum-generations = 2\nnum-replicates = 8\n'
    )
    content = document(zenil("simulate", "--config", "run.toml", "--json", "-"))
    system = zd.System(
        target=zd.Exponential(2.0),
        model=zd.Gaussian(),
        num_samples=20,
        exogenous_fraction=0.3,
        update=zd.Population(),
        decoders=zd.decoders.Noise(0.5),
        ensemble=zd.Ensemble([0.7, 0.3], coupled=False),
    )
    names = ("mean", "variance", "member_mean", "member_variance", "member_differential_entropy")
    run = zd.simulate(system, num_generations=2, num_replicates=8, key=jax.random.key(0), record=names)
    assert tuple(content["measured"]) == names
    for name in names:
        assert content["measured"][name]["mean"] == run.mean[name].tolist()
    # Of the model's draws 70 % have the noise's variance on top.
    np.testing.assert_allclose(content["measured"]["variance"]["mean"], [4, 4.175, 4.2975], rtol=1e-6)
    assert content["system"]["ensemble"] == {"weights": [0.7, 0.3], "coupled": False}
    assert content["system"]["model"]["family"] == "gaussian"
    assert content["system"]["specs"]["ensemble"] == "0.7,0.3"
    assert set(content["exact"]) | set(content["no_exact"]) == set(names)


def test_what_has_no_exact_value_says_why(zenil):
    flags = ("--target", "mixture:5,0.5,-1,1,0.5,1,1", "--num-samples", "5", "--num-generations", 0)
    result = zenil("simulate", *flags, "--num-replicates", 8, "--record", "variance")
    assert result.exit_code == 0, result.output
    assert "variance (squared units of the data); no exact value: variance of a fitted mixture" in result.stdout


def test_smoothing_and_a_file_of_arguments(zenil, tmp_path):
    (tmp_path / "run.toml").write_text(
        'target = "zipf:5"\nnum-samples = 20\nfit = "smoothed:0.5"\nupdate = "population"\n'
    )
    content = document(zenil("simulate", "--config", "run.toml", "--num-generations", 2, "--json", "-"))
    assert content["system"]["pseudocount"] == 0.5
    assert content["generations"] == [0, 1, 2]


def test_terminal_only(zenil):
    content = document(
        zenil("simulate", "--target", "zipf:5", *SMALL, "--record", "diversity", "--terminal-only", "--json", "-")
    )
    assert content["generations"] == [5]
    assert len(content["measured"]["diversity"]["mean"]) == len(content["exact"]["diversity"]) == 1


def test_the_table_sets_exact_beside_measured(zenil):
    result = zenil("simulate", "--target", "zipf:5", *SMALL, "--record", "diversity")
    assert result.exit_code == 0, result.output
    assert "measured ± standard error" in result.stdout
    assert "exact" in result.stdout
    assert "64 replicates, seed 3" in result.stdout
    assert result.stderr == ""  # no terminal, no progress


def test_a_corpus_says_how_large_it_is_and_what_is_rare(zenil, tmp_path):
    (tmp_path / "corpus.txt").write_text("the cat and the dog and the bird")
    result = zenil("simulate", "--target", "text:corpus.txt", *SMALL, "--json", "result.json")
    assert "words of corpus.txt: 5 distinct tokens, 8 occurrences; rare below probability 0.05" in result.stdout
    content = json.loads((tmp_path / "result.json").read_text())
    assert content["system"]["corpus"] == {
        "source": "words of corpus.txt",
        "vocabulary_size": 5,
        "num_tokens": 8,
        "rare_threshold": 0.05,
    }
    assert "rare_mass" in content["measured"]


def test_quiet_prints_nothing(zenil):
    result = zenil("simulate", "--target", "zipf:5", *SMALL, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_the_folder_holds_arrays_facts_and_plots(zenil, tmp_path):
    result = zenil(
        *("simulate", "--target", "zipf:5", *SMALL, "--record", "diversity", "--keep-replicates", "--quiet"),
        *("--out", "folder", "--plot", "picture.svg"),
    )
    assert result.exit_code == 0, result.output
    run = zd.Trajectory.load(tmp_path / "folder" / "run")
    assert run.replicates["diversity"].shape == (64, 6)
    content = json.loads((tmp_path / "folder" / "result.json").read_text())
    assert content["measured"]["diversity"]["mean"] == run.mean["diversity"].tolist()
    assert (tmp_path / "folder" / "run.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "picture.svg").read_text()
    assert not (tmp_path / "folder" / "checkpoint.bin").exists()


def test_a_rare_event_that_no_replicate_met_is_no_contradiction(zenil):
    """P(collapsed at t = 1) = 0.7^20 + 0.3^20 = 0.0008, of which 200 replicates show nothing: 0.4 standard errors."""
    size = ("--num-samples", "20", "--num-generations", "1", "--num-replicates", "200", "--seed", "3")
    run = zenil("simulate", "--target", "bernoulli:0.3", *size, "--record", "collapsed")
    row = next(line for line in run.stdout.splitlines() if line.startswith("│          1 │"))
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["1", "0 ± 0", "0.000797923", "-0.4"]


def test_one_replicate_is_singular(zenil):
    run = zenil("simulate", "--target", "zipf:5", *SMALL, "--num-replicates", "1")
    assert "1 replicate, seed 3" in run.stdout


@pytest.mark.parametrize(("value", "error"), [(0.0008, 0.0019992), (4.9992, 0.0019992), (2.5, 0.035355), (3.0, 0.0)])
def test_whole_numbers_have_a_least_error(value, error):
    assert least_error(value, 200) == pytest.approx(error, rel=1e-4)


def test_means_of_infinite_expectation_have_none():
    assert least_error(float("inf"), 200) == 0.0
