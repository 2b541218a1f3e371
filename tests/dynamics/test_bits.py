"""The promise of addressed keys: replicate i is the same bits however the run is cut."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics import blocks, devices

SYSTEMS = {
    "categorical": (zd.System(zd.Categorical.zipf(support_size=9), 23, 0.1), ("entropy", "diversity")),
    "gaussian": (zd.System(zd.Gaussian(), 11, 0.2, fit=zd.Unbiased()), ("mean", "log_variance")),
    "accumulate": (
        zd.System(zd.Categorical.uniform(5), 8, update=zd.Accumulate(), initial=zd.estimate(num_samples=13)),
        ("entropy", "kl_to_target"),
    ),
}


def values(name, num_replicates, **options):
    system, record = SYSTEMS[name]
    run = zd.simulate(
        system,
        num_generations=12,
        num_replicates=num_replicates,
        key=jax.random.key(5),
        record=record,
        keep="replicates",
        **options,
    )
    return np.stack([run.replicates[quantity] for quantity in record])


@pytest.fixture(scope="module", params=SYSTEMS)
def reference(request):
    return request.param, values(request.param, 4096)


@pytest.mark.parametrize("num_replicates", [1, 7, 64, 500])
def test_fewer_replicates_are_a_prefix(reference, num_replicates):
    name, expected = reference
    np.testing.assert_array_equal(values(name, num_replicates), expected[:, :num_replicates])


@pytest.mark.parametrize("chunk_size", [1, 100, 512, 1000, 5000])
def test_chunks_are_invisible(reference, chunk_size):
    name, expected = reference
    np.testing.assert_array_equal(values(name, 4096, chunk_size=chunk_size), expected)


def test_replicates_differ(reference):
    _, expected = reference
    assert len(np.unique(expected[0, :, -1])) > 10


class Interruption:
    """Stops a run as Ctrl-C would, once, after `after` replicates."""

    def __init__(self, after):
        self.after = after

    def __call__(self, done, total):
        if done >= self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("keep", ["summary", "replicates"])
def test_interrupted_and_resumed_runs_are_the_same_bits(tmp_path, keep):
    system, record = SYSTEMS["categorical"]
    arguments = {
        "num_generations": 12,
        "num_replicates": 3000,
        "key": jax.random.key(9),
        "record": record,
        "keep": keep,
        "block_size": 64,
        "chunk_size": 128,
    }
    whole = zd.simulate(system, **arguments)
    for after in (64, 1000, 2900):
        with pytest.raises(KeyboardInterrupt):
            zd.simulate(system, **arguments, checkpoint=tmp_path, progress=Interruption(after))
        assert (tmp_path / "checkpoint.bin").exists()
    resumed = zd.simulate(system, **arguments, checkpoint=tmp_path)
    again = zd.simulate(system, **arguments, checkpoint=tmp_path, progress=Interruption(0))
    for quantity in record:
        np.testing.assert_array_equal(again.mean[quantity], whole.mean[quantity])
        np.testing.assert_array_equal(resumed.mean[quantity], whole.mean[quantity])
        np.testing.assert_array_equal(resumed.standard_error[quantity], whole.standard_error[quantity])
        for level, curve in whole.quantiles[quantity].items():
            np.testing.assert_array_equal(resumed.quantiles[quantity][level], curve)
        if keep == "replicates":
            np.testing.assert_array_equal(resumed.replicates[quantity], whole.replicates[quantity])


def test_a_saved_run_loads_as_it_was(tmp_path):
    system, record = SYSTEMS["gaussian"]
    run = zd.simulate(
        system, num_generations=4, num_replicates=33, key=jax.random.key(1), record=record, keep="replicates"
    )
    run.save(tmp_path / "a.b.run")
    loaded = zd.Trajectory.load(tmp_path / "a.b.run.npz")
    for quantity in record:
        np.testing.assert_array_equal(loaded.mean[quantity], run.mean[quantity])
        np.testing.assert_array_equal(loaded.replicates[quantity], run.replicates[quantity])
        assert loaded.quantiles[quantity].keys() == run.quantiles[quantity].keys()
    assert (loaded.system, loaded.kernel, loaded.key) == (run.system, run.kernel, run.key)


def test_a_foreign_checkpoint_is_refused(tmp_path):
    system, record = SYSTEMS["categorical"]
    arguments = {"num_generations": 3, "num_replicates": 300, "record": record, "block_size": 64, "chunk_size": 64}
    with pytest.raises(KeyboardInterrupt):
        zd.simulate(system, **arguments, key=jax.random.key(0), checkpoint=tmp_path, progress=Interruption(64))
    with pytest.raises(ValueError, match="belongs to another run: its key"):
        zd.simulate(system, **arguments, key=jax.random.key(1), checkpoint=tmp_path)


@pytest.mark.parametrize("damage", ["truncate", "beheaded", "flip", "replace", "empty", "version"])
def test_a_damaged_checkpoint_is_refused(tmp_path, damage):
    system, record = SYSTEMS["categorical"]
    arguments = {"num_generations": 3, "num_replicates": 300, "record": record, "block_size": 64, "chunk_size": 64}
    arguments["key"] = jax.random.key(0)
    with pytest.raises(KeyboardInterrupt):
        zd.simulate(system, **arguments, checkpoint=tmp_path, progress=Interruption(64))
    path = tmp_path / "checkpoint.bin"
    content = bytearray(path.read_bytes())
    if damage == "truncate":
        content = content[: len(content) // 2]
    elif damage == "beheaded":
        content = content[:10]
    elif damage == "flip":
        content[-100] ^= 1
    elif damage == "replace":
        content = b"something else"
    elif damage == "empty":
        content = b""
    else:
        content = content.replace(b"zenil-checkpoint-2", b"zenil-checkpoint-1", 1)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="another version" if damage == "version" else "damaged or foreign"):
        zd.simulate(system, **arguments, checkpoint=tmp_path)


def singular(state, target):
    """A record that JAX hands to LAPACK."""
    return jnp.linalg.svd(jnp.outer(state.probs, target.probs), compute_uv=False)[0]


def test_records_that_call_lapack_do_not_stop_the_threads():
    """Two threads inside LAPACK would wait for each other: this run would not end."""
    system = zd.System(zd.Categorical([0.5, 0.3, 0.2]), 10)
    options = {"num_generations": 3, "key": jax.random.key(0), "block_size": 64, "record": (singular, "diversity")}
    run = zd.simulate(system, num_replicates=512, **options)
    # A matrix of rank 1 has the product of both norms.
    assert run.mean["singular"][0] == pytest.approx(0.38, rel=1e-5)


def test_lapack_is_found_at_any_depth():
    def nested(x):
        return jax.lax.fori_loop(0, 3, lambda _, m: jnp.where(m[0, 0] > 0, jnp.linalg.qr(m)[1], m), x)

    def plain(x):
        return jax.lax.fori_loop(0, 3, lambda _, m: m @ m, x)

    assert devices.calls_lapack(jax.make_jaxpr(jax.jit(nested))(jnp.eye(2)))
    assert not devices.calls_lapack(jax.make_jaxpr(jax.jit(plain))(jnp.eye(2)))


def test_few_programs_are_kept(monkeypatch):
    monkeypatch.setattr(blocks, "_PROGRAMS", {})
    monkeypatch.setattr(blocks, "MAX_PROGRAMS", 1)
    options = {"num_generations": 1, "num_replicates": 2, "key": jax.random.key(0), "record": ("diversity",)}
    for support_size in (2, 3):
        system = zd.System(zd.Categorical.uniform(support_size), 5, update=zd.Population())
        assert zd.simulate(system, **options).mean["diversity"][1] == pytest.approx(1 - 1 / support_size)
        assert len(blocks._PROGRAMS) == 1
