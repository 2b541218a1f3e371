"""Export, plots and files of a run."""

import builtins

import jax
import numpy as np
import pytest

import zenil_dynamics as zd

RECORD = ("entropy", "kl_from_target")


@pytest.fixture(scope="module")
def system():
    return zd.System(zd.Categorical([0.5, 0.3, 0.2]), 6)


@pytest.fixture(scope="module")
def run(system):
    return zd.simulate(system, num_generations=5, num_replicates=70, key=jax.random.key(2), record=RECORD)


def test_columns_are_one_row_per_quantity_and_generation(run):
    table = run.columns()
    assert {len(column) for column in table.values()} == {12}
    row = np.flatnonzero((table["quantity"] == "entropy") & (table["generation"] == 3))[0]
    assert table["mean"][row] == run.mean["entropy"][3]
    assert table["quantile_0.5"][row] == run.quantiles["entropy"][0.5][3]


def test_a_data_frame_without_pandas_says_what_to_do(run, monkeypatch):
    real = builtins.__import__

    def refuse(name, *arguments, **options):
        if name == "pandas":
            raise ImportError
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ValueError, match=r"needs pandas; install it, or use columns\(\)"):
        run.to_dataframe()


def test_infinite_values_are_counted_and_not_hidden(run):
    assert run.nonfinite["kl_from_target"][0] == 0
    assert run.nonfinite["kl_from_target"][5] > 0
    assert np.isinf(run.mean["kl_from_target"][5])


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_plot_lays_the_exact_curve_over_the_band(run, system, tmp_path, suffix):
    path = tmp_path / f"plot.{suffix}"
    exact = {"entropy": zd.exact(system, "entropy", 5).values}
    figure = run.plot(path, exact=exact)
    assert path.stat().st_size > 1000
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].get_lines()}
    np.testing.assert_array_equal(lines["exact mean"], exact["entropy"])
    np.testing.assert_array_equal(lines["measured mean"], run.mean["entropy"])
    assert [text.get_text() for text in figure.axes[1].texts] == ["infinite mean"]


def test_a_title_names_decoders_and_members():
    loop = zd.System(
        zd.Categorical([0.5, 0.3, 0.2]),
        6,
        update=zd.Population(),
        decoders=(zd.decoders.Temperature(0.9), zd.decoders.Smoothing(0.1)),
        ensemble=zd.Ensemble(2, coupled=False),
    )
    run = zd.simulate(loop, num_generations=2, num_replicates=2, key=jax.random.key(2), record=("member_entropy",))
    figure = run.plot()
    assert figure.get_suptitle() == (
        "categorical, 3 types; N = 6, exogenous fraction = 0, population, mle, temperature, smoothing, "
        "2 uncoupled members; 2 replicates"
    )
    assert figure.axes[0].get_ylabel() == "members' entropy (nats)"


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("plot.gif",), {}, "must end in .png, .svg, .pdf; got 'plot.gif'"),
        ((), {"exact": {"entropy": np.zeros(3)}}, r"must have shape \(6,\); got \(3,\)"),
    ],
)
def test_a_plot_that_cannot_be_drawn_says_why(run, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        run.plot(*arguments, **options)


def test_one_generation_has_no_curve(system):
    last = zd.simulate(
        system, num_generations=5, num_replicates=8, key=jax.random.key(0), record=("entropy",), terminal_only=True
    )
    with pytest.raises(ValueError, match="at least two recorded generations"):
        last.plot()


def test_missing_and_foreign_files_are_refused(tmp_path, run):
    with pytest.raises(ValueError, match="does not exist"):
        zd.Trajectory.load(tmp_path / "nothing")
    _, facts = run.save(tmp_path / "run")
    facts.write_text(facts.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(ValueError, match="has format 99; this version reads format 1"):
        zd.Trajectory.load(tmp_path / "run")
