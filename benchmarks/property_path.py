"""A property test of many examples: through the engine of claims, and its blocks from the bare compiled kernel."""

import concurrent.futures
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.laws import WrongResult

NUM_SAMPLES = 100
"""N of every example; what differs between examples is alpha."""

ROOT = "00" * 16
"""Root of all keys of a timed run: both sides draw the same numbers."""

BATCHES = 2
"""Batches of an example: one alone does not show whether replicates are independent, so the engine asks for two."""

QUANTITIES = {"categorical": "diversity", "Gaussian": "variance"}
"""Family -> what is recorded at every generation; its value at T is the statistic of the claim."""


@dataclasses.dataclass(frozen=True)
class Examples:
    """How much is checked.

    Attributes:
        family: key of `QUANTITIES`.
        num_examples: distinct values of alpha.
        num_replicates: R of an example, in `BATCHES` equal batches.
        num_generations: T.
    """

    family: str
    num_examples: int
    num_replicates: int
    num_generations: int

    @property
    def batch_size(self) -> int:
        """Replicates per batch."""
        return self.num_replicates // BATCHES

    @property
    def shares(self) -> tuple[float, ...]:
        """Values of alpha, up to 1/2; without real data a loop is compiled differently, so 0 is not among them."""
        return tuple(float(share) for share in np.linspace(1e-3, 0.5, self.num_examples))


def system_of(family: str, share: float) -> Any:
    """The loop of an example, four types or a normal; all of one family share a compilation."""
    import zenil_dynamics as zd

    target = zd.Gaussian(mean=0.0, variance=1.0) if family == "Gaussian" else zd.Categorical(np.full(4, 0.25))
    return zd.System(target=target, num_samples=NUM_SAMPLES, exogenous_fraction=share)


def bound_of(examples: Examples, share: float) -> float:
    """What the mean at T does not exceed: the exact mean diversity; 1 for the variance, since E V_T <= E X^2 = 1."""
    if examples.family == "Gaussian":
        return 1.0
    fixation = 0.0
    for _ in range(examples.num_generations):
        fixation = 1 / NUM_SAMPLES + (1 - 1 / NUM_SAMPLES) * (1 - share) ** 2 * fixation
    return 0.75 * (1.0 - fixation)


def claim_of(examples: Examples) -> Any:
    """The claim whose domain the examples are; it is true."""
    import zenil_dynamics as zd
    from proofs_numeric import Claim, Route, Status, Tail

    quantity = QUANTITIES[examples.family]

    def sample(theta: Mapping[str, Any], key: Any, num_replicates: int) -> np.ndarray:
        run = zd.simulate(
            system_of(examples.family, theta["share"]),
            num_generations=examples.num_generations,
            num_replicates=num_replicates,
            key=key,
            record=(quantity,),
            keep="replicates",
        )
        return run.replicates[quantity][:, -1]

    return Claim(
        id=f"throughput-{examples.family.lower()}",
        item="throughput",
        reading="R2",
        statement="The mean of the statistic at T does not exceed its bound.",
        source="Definition",
        route=Route.EP,
        expected=Status.SUPPORTED,
        domain={"share": examples.shares},
        sample=sample,
        bound=lambda theta: bound_of(examples, theta["share"]),
        tail=Tail(lower=0.0, upper=None if examples.family == "Gaussian" else 0.75),
        slack=1e-5,
        delta=0.05,
        batch_size=examples.batch_size,
    )


def through_engine(examples: Examples) -> Callable[[], None]:
    """A function that checks every example as `zenil verify` would.

    It raises `WrongResult` where the engine refutes what is true or leaves examples out.
    """
    from proofs_numeric import Budget, Status, run_claim

    claim = claim_of(examples)
    budget = Budget(
        name="quick",
        num_examples=examples.num_examples,
        hunt_examples=0,
        shrink_examples=0,
        num_enumerated=1,
        n_max=examples.num_replicates,
        confirm_samples=examples.num_replicates,
        seconds=float("inf"),
    )

    def run() -> None:
        verdict = run_claim(claim, budget, root=ROOT)
        wanted = (examples.num_examples, examples.num_examples * examples.num_replicates)
        if verdict.status not in (Status.SUPPORTED, Status.UNDECIDED) or (verdict.num_examples, verdict.n) != wanted:
            raise WrongResult(f"`engine` is wrong: {verdict.status} after {verdict.num_examples} examples.")

    return run


@dataclasses.dataclass(frozen=True)
class BareKernel:
    """The compiled blocks of all examples, and nothing around them.

    Attributes:
        run: computes all of them, on a host thread per core, and brings what they record to the host.
        statistic: the same for one example, shape (replicates,).
        num_compilations: how many different programs the examples need.
    """

    run: Callable[[], None]
    statistic: Callable[[int], np.ndarray]
    num_compilations: int


def bare_kernel(examples: Examples) -> BareKernel:
    """Make systems, keys and kernels, and compile what has to be."""
    import jax

    from proofs_numeric import derive_key
    from zenil_dynamics import devices
    from zenil_dynamics.blocks import compile_block
    from zenil_dynamics.kernels import choose

    claim, quantity = claim_of(examples), QUANTITIES[examples.family]
    prepared = []
    for share in examples.shares:
        system = system_of(examples.family, share)
        kernel = choose(system, system.table(examples.num_generations), (quantity,), terminal_only=False)
        for batch in range(BATCHES):
            key = jax.random.fold_in(derive_key(ROOT, claim.id, {"share": share}, "main"), batch)
            prepared.append((kernel, np.asarray(jax.random.key_data(key))))
    width = prepared[0][0].block_size
    recorder = system_of(examples.family, examples.shares[0]).initial_state.quantities[quantity]
    # One program if shapes do not depend on values; `compile_block` knows those that it has made.
    programs = [compile_block(arguments, (recorder,), width, False) for arguments in prepared]
    targets = devices.targets()
    firsts = range(0, examples.batch_size, width)

    def block(batch: int, first: int) -> np.ndarray:
        compiled = programs[batch].on(targets[first // width % len(targets)], prepared[batch])
        num_valid = min(width, examples.batch_size - first)
        _, (values,) = compiled(prepared[batch], np.uint32(first), np.uint32(num_valid))
        return np.asarray(values)

    def run() -> None:
        with concurrent.futures.ThreadPoolExecutor(max(devices.num_workers(), len(targets))) as pool:
            for done in [pool.submit(block, batch, first) for batch in range(len(prepared)) for first in firsts]:
                done.result()

    def last_generation(example: int) -> np.ndarray:
        batches = range(BATCHES * example, BATCHES * (example + 1))
        wholes = [np.concatenate([block(batch, first)[-1] for first in firsts]) for batch in batches]
        return np.concatenate([whole[: examples.batch_size] for whole in wholes])

    return BareKernel(run, last_generation, len({id(program) for program in programs}))


def require_same(examples: Examples, bare: BareKernel) -> None:
    """Both sides must do the same work: the same statistics, bit for bit, in the first and the last example.

    Raises:
        WrongResult: they differ.
    """
    import jax

    from proofs_numeric import derive_key

    claim = claim_of(examples)
    for example in {0, examples.num_examples - 1}:
        theta = {"share": examples.shares[example]}
        address = derive_key(ROOT, claim.id, theta, "main")
        keys = [jax.random.fold_in(address, batch) for batch in range(BATCHES)]
        drawn = np.concatenate([claim.sample(theta, key, examples.batch_size) for key in keys])
        if not np.array_equal(drawn, bare.statistic(example)):
            raise WrongResult("`bare kernel` is wrong: it draws other numbers than the engine.")
