"""However many devices take part, and whatever interrupts them, the bits are the same."""

import os
import pathlib
import subprocess
import sys

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from zenil_dynamics.summaries import Gatherer

ROOT = pathlib.Path(__file__).parent.parent.parent

PROGRAM = """
import sys
import jax
import numpy as np
import zenil_dynamics as zd

assert jax.local_device_count() == int(sys.argv[1])
zd.devices.targets = jax.local_devices  # as accelerators would be
systems = {
    "gaussian": (zd.System(zd.Gaussian(), 11, 0.2, fit=zd.Unbiased()), ("mean", "log_variance")),
    "categorical": (zd.System(zd.Categorical.zipf(support_size=9), 23, 0.1), ("entropy", "kl_from_target")),
}
found = {}
for name, (system, record) in systems.items():
    for num_replicates in (1, 1000):
        run = zd.simulate(
            system, num_generations=12, num_replicates=num_replicates, key=jax.random.key(5), record=record,
            keep="replicates", block_size=64,
        )
        for quantity in record:
            for table in ("mean", "variance", "minimum", "maximum", "replicates"):
                found[f"{name}/{num_replicates}/{quantity}/{table}"] = getattr(run, table)[quantity]
np.savez(sys.argv[2], **found)
"""


def test_devices_are_invisible(tmp_path):
    found = {}
    for num_devices in (1, 3, 4):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={num_devices}",
            "JAX_PLATFORMS": "cpu",
        }
        path = tmp_path / f"{num_devices}.npz"
        subprocess.run((sys.executable, "-c", PROGRAM, str(num_devices), path), env=environment, check=True)
        with np.load(path) as stored:
            found[num_devices] = {name: stored[name] for name in stored.files}
    assert len(found[1]) == 40
    for name, expected in found[1].items():
        np.testing.assert_array_equal(found[3][name], expected, err_msg=name)
        np.testing.assert_array_equal(found[4][name], expected, err_msg=name)


def test_blocks_are_spread_over_all_targets(monkeypatch):
    from zenil_dynamics import blocks

    seen = []
    block = blocks._block

    def spy(index, future):
        seen.append(future.result()[0].devices())
        return block(index, future)

    monkeypatch.setattr(blocks, "_block", spy)
    monkeypatch.setattr(zd.devices, "targets", lambda: jax.local_devices()[:2])
    system = zd.System(zd.Gaussian(), 11)
    options = {"num_generations": 3, "key": jax.random.key(0), "record": ("mean",), "block_size": 64}
    zd.simulate(system, num_replicates=64 * 4, quantiles=False, **options)
    assert seen == [{jax.local_devices()[turn % 2]} for turn in range(4)]


def test_an_interruption_within_a_merge_leaves_the_block_out_whole(monkeypatch):
    """All quantities are those before the block, or all of them those after it."""
    from zenil_dynamics import summaries

    rng = np.random.default_rng(3)
    values = rng.normal(size=(2, 3, 5)).astype(np.float32)
    moments = np.stack([np.full((2, 3), 5.0), values.mean(2), values.var(2) * 5, values.min(2), values.max(2)])
    gatherer = Gatherer(2, 3, 20)
    gatherer.merge(moments, 5, tuple(values))
    before = gatherer.state
    kept = gatherer.kept.copy()

    def interrupted(old, new):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(summaries, "_merged", interrupted)
        with pytest.raises(KeyboardInterrupt):
            gatherer.merge(moments + 1, 5, tuple(values + 1))
    assert gatherer.state is before
    np.testing.assert_array_equal(gatherer.kept, kept)
    gatherer.merge(moments, 5, tuple(values))
    np.testing.assert_array_equal(gatherer.kept, np.concatenate([values, values], axis=2))


def test_snapshots_between_chunks_wait_until_they_are_worth_it(tmp_path, monkeypatch):
    from zenil_dynamics import checkpoint, snapshots

    written = []
    write = checkpoint.write

    def counted(folder, arrays, facts):
        written.append(facts["num_blocks"])
        write(folder, arrays, facts)

    monkeypatch.setattr(checkpoint, "write", counted)
    arguments = {
        "num_generations": 2,
        "num_replicates": 640,
        "key": jax.random.key(0),
        "record": ("mean",),
        "block_size": 64,
        "chunk_size": 64,
    }
    system = zd.System(zd.Gaussian(), 11)
    monkeypatch.setattr(snapshots, "PATIENCE", 0.0)
    zd.simulate(system, checkpoint=tmp_path / "often", **arguments)
    assert written == list(range(1, 11))
    written.clear()
    monkeypatch.setattr(snapshots, "PATIENCE", 1e9)
    zd.simulate(system, checkpoint=tmp_path / "seldom", **arguments)
    assert written == [1, 10]


def test_one_process_shares_with_nobody():
    team = zd.distributed.processes()
    assert team == zd.distributed.ALONE
    assert team.first
    assert team.gather(b"alone") == [b"alone"]
    assert team.from_first(lambda: b"made") == b"made"
