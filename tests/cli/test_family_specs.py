"""Target SPECs of families other than types: what they make, and what they refuse."""

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.cli.specs import parse_target

COVARIANCE = [[2.0, 0.5], [0.5, 1.0]]


@pytest.fixture
def files(tmp_path):
    """Files of every kind that a SPEC may name."""
    np.savez(tmp_path / "normal.npz", mean=[1.0, 2.0], covariance=COVARIANCE, more=[1])
    np.savez(tmp_path / "mean.npz", mean=[1.0, 2.0])
    np.savez(tmp_path / "shapes.npz", mean=[1.0, 2.0], covariance=np.eye(3))
    np.savez(tmp_path / "singular.npz", mean=[1, 2], covariance=np.ones((2, 2)))
    np.savez(tmp_path / "words.npz", mean=["one"], covariance=np.eye(1))
    np.savez(tmp_path / "objects.npz", mean=np.array([None]), covariance=np.eye(1))
    with (tmp_path / "array.npz").open("wb") as file:
        np.save(file, np.eye(2))
    whole = (tmp_path / "normal.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[:100])
    (tmp_path / "flipped.npz").write_bytes(whole[:150] + bytes([whole[150] ^ 255]) + whole[151:])
    (tmp_path / "text.npz").write_text("1 2 3")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "weights, 1.txt").write_text("1 2\n-3\n")
    (tmp_path / "bad.txt").write_text("1 x\n")


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("bernoulli:0.3", zd.Bernoulli(0.3)),
        ("binomial:10,0.5", zd.Binomial(5.0, 10)),
        ("binomial: 1e1, 1", zd.Binomial(10.0, 10)),
        ("poisson:2.5", zd.Poisson(2.5)),
        ("geometric:0.5", zd.Geometric(0.5)),
        ("negative_binomial:2,1.5", zd.NegativeBinomial(2.0, 1.5)),
        ("exponential:3", zd.Exponential(3.0)),
        ("gamma:3,0.5", zd.Gamma(3.0, 0.5)),
        ("fixed_variance:-1,2", zd.FixedVarianceGaussian(-1.0, 2.0)),
        ("gaussian:-1,2", zd.Gaussian(-1.0, 2.0)),
        ("gaussian:normal.npz", zd.MultivariateGaussian([1, 2], COVARIANCE)),
        ("interval:4", zd.UniformInterval(4.0)),
        ("alleles:50", zd.InfiniteAlleles(50)),
        ("alleles:50,20", zd.InfiniteAlleles(50, 20)),
        ("mixture:30,1,2,3", zd.GaussianMixture([1.0], [2.0], [3.0], capacity=30)),
        ("mixture:30,0.4,0,1, 0.6,5,2", zd.GaussianMixture([0.4, 0.6], [0.0, 5.0], [1.0, 2.0], capacity=30)),
        ("linear:0,3", zd.LinearModel([3.0], 0.0)),
        ("linear:0.5,1,-2, 3", zd.LinearModel([1.0, -2.0, 3.0], 0.5)),
        ("fixed_design:0.5,1,-2, 3", zd.FixedDesignModel([1.0, -2.0, 3.0], 0.5)),
        ("linear:0.5,weights, 1.txt", zd.LinearModel([1.0, 2.0, -3.0], 0.5)),
    ],
)
def test_specs_make_states(files, spec, state):
    parsed = parse_target(spec).state
    assert jax.tree.structure(parsed) == jax.tree.structure(state)
    for one, other in zip(jax.tree.leaves(parsed), jax.tree.leaves(state), strict=True):
        np.testing.assert_array_equal(one, other)
    assert parsed.describe() == state.describe()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("poison:3", "unknown name 'poison'; did you mean poisson"),
        ("poisson", "poisson needs its parameters. Write poisson:MEAN."),
        ("poisson:", "poisson needs its parameters. Write poisson:MEAN."),
        ("poisson:1,2", "poisson takes poisson:MEAN; got poisson:1,2."),
        ("poisson:many", "MEAN of poisson must be a finite number; got 'many'"),
        ("poisson:nan", "MEAN of poisson must be a finite number; got 'nan'"),
        ("poisson:inf", "MEAN of poisson must be a finite number; got 'inf'"),
        ("poisson:-1", "poisson: `mean` must be at least 0; got -1"),
        ("bernoulli:1.5", "P of bernoulli is a probability and must lie in [0, 1]; got 1.5."),
        ("binomial:10", "binomial takes binomial:TRIALS,P; got binomial:10."),
        ("binomial:10,-0.1", "P of binomial is a probability and must lie in [0, 1]; got -0.1."),
        ("binomial:2.5,0.5", "binomial: `num_trials` must be a whole number of at least 1; got 2.5"),
        ("negative_binomial:2,0", "negative_binomial: `num_successes` must be positive; got 0"),
        ("exponential:0", "exponential: `mean` must be positive; got 0"),
        ("exponential:1e300", "1e+300 is beyond the range of float32. Add --x64"),
        ("exponential:1e-60", "1e-60 is beyond the range of float32. Add --x64"),
        ("gamma:2", "gamma takes gamma:MEAN,SHAPE; got gamma:2."),
        ("gamma:2,-1", "gamma: `shape` must be positive; got -1"),
        ("fixed_variance:0,0", "fixed_variance: `noise_variance` must be positive; got 0"),
        ("interval:-2", "interval: `upper` must be positive; got -2"),
        ("alleles:2.5", "CAPACITY must be a whole number of at least 1; got '2.5'"),
        ("alleles:10,11", "alleles: `capacity` must hold the 11 individuals; got 10"),
        ("alleles:1e18", "room for 1000000000000000000 individuals needs about 48000000000000000000 bytes"),
        ("alleles:10", "an infinite_alleles state with `capacity` 10 cannot hold a training set of 20 draws"),
        ("mixture:30,0.5,0", "mixture takes mixture:CAPACITY,WEIGHT,MEAN,VARIANCE[,WEIGHT,MEAN,VARIANCE]...; got mix"),
        ("mixture:30,0.5,0,1,0.4,1,1", "mixture: `weights` must sum to 1 (within 1e-06); got 0.9"),
        ("mixture:30,1,0,nan", "a parameter of mixture must be a finite number; got 'nan'"),
        ("mixture:30,1,0,-1", "mixture: `variances` must be positive; got -1"),
        ("mixture:1e18,1,0,1", "room for 1000000000000000000 draws needs about 48000000000000000000 bytes"),
        ("linear:1", "linear takes linear:NOISE,WEIGHTS, the noise variance and then the weights or their file"),
        ("fixed_design:1", "fixed_design takes fixed_design:NOISE,WEIGHTS, the noise variance and then the weights"),
        ("linear:1,2,", "linear takes linear:NOISE,WEIGHTS"),
        ("linear:-1,2", "linear: `noise_variance` must be at least 0; got -1"),
        ("linear:loud,2", "NOISE of linear must be a finite number; got 'loud'"),
        ("linear:1,2,nan", "a weight of linear must be a finite number; got 'nan'"),
        ("linear:1,nowhere.txt", "'nowhere.txt' is neither a list of numbers nor a readable file"),
        ("linear:1,bad.txt", "row 1 of 'bad.txt' holds 'x', which is no number"),
        ("linear:1,folder.npz", "(is a directory)"),
        ("gaussian:0", "gaussian takes gaussian:MEAN,VARIANCE or gaussian:FILE.npz; got gaussian:0."),
        ("gaussian:nowhere.npz", "cannot read 'nowhere.npz': no such file or directory"),
        ("gaussian:folder.npz", "cannot read 'folder.npz': is a directory"),
        ("gaussian:mean.npz", "'mean.npz' holds no array covariance. Write numpy.savez('mean.npz', mean=..., cov"),
        ("gaussian:shapes.npz", "`covariance` must be a finite matrix of shape (2, 2), as `mean` says; got shape (3"),
        ("gaussian:singular.npz", "gaussian: `covariance` must be positive definite"),
        ("gaussian:words.npz", "mean of 'words.npz' holds <U3, which are no numbers"),
        ("gaussian:objects.npz", "'objects.npz' is no NumPy archive of numbers"),
        ("gaussian:array.npz", "'array.npz' is no NumPy archive of numbers"),
        ("gaussian:cut.npz", "'cut.npz' is no NumPy archive of numbers"),
        ("gaussian:flipped.npz", "'flipped.npz' is no NumPy archive of numbers"),
        ("gaussian:text.npz", "'text.npz' is no NumPy archive of numbers"),
    ],
)
def test_one_clear_line(refused, files, spec, message):
    line = refused("simulate", "--target", spec, "--num-samples", "20")
    assert message in line
    # What depends on N as well is refused by the family, which names neither flag.
    assert "--target" in line or "training set" in line


def test_double_precision_holds_what_single_does_not(refused):
    """The next thing that is wrong is named, not the range."""
    line = refused("simulate", "--target", "exponential:1e300", "--num-samples", "20", "--x64", "--record", "upper")
    assert "'upper' has no meaning for an exponential state, only for uniform_interval ones" in line


def test_vanishing_probabilities_are_no_mistake(refused):
    """Of many types some may be too rare for float32."""
    line = refused("simulate", "--target", "zipf:20,50", "--num-samples", "20", "--record", "upper")
    assert "'upper' has no meaning for a categorical state" in line
