"""The result of a run: what was measured, how, and on what."""

import functools
import json
import pathlib
import platform
from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import numpy as np

from zenil_dynamics.files import replacing
from zenil_dynamics.summaries import QUANTILE_LEVELS, Summary
from zenil_dynamics.system import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMAT = 1
"""Version of the files that `Trajectory.save` writes."""

_TABLES = ("mean", "standard_error", "variance", "minimum", "maximum", "nonfinite")


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of what computes the numbers; read once, for package metadata are files."""
    try:
        own = metadata.version("zenil-dynamics")
    except metadata.PackageNotFoundError:  # Run from a source tree without installation.
        own = "source"
    found = {
        "zenil-dynamics": own,
        "jax": jax.__version__,
        "jaxlib": metadata.version("jaxlib"),
        "equinox": eqx.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    return MappingProxyType(found)


class Trajectory:
    """Measured quantities by generation.

    Attributes:
        generations: shape (recorded,): 0 .. T, or T alone.
        mean, standard_error, variance, minimum, maximum: record name -> float64 of shape (recorded,), over replicates.
            A mean is infinite or nan as soon as one replicate's value is.
        nonfinite: record name -> fraction of replicates whose value is infinite or nan.
        quantiles: record name -> level -> float64 of shape (recorded,): order statistics of the first 4096 replicates,
            sorted when they are first asked for.
        replicates: record name -> values of shape (replicates, recorded), where every replicate was kept.
        num_replicates: R.
        system: description of the loop, plain values.
        kernel, device, block_size: which algorithm ran, where, and how wide it was compiled.
        key: the two words of the root key.
        seconds: {"compile": ..., "run": ...}.
        versions: of the packages that computed the numbers.
    """

    def __init__(
        self, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray], kept: Mapping[str, Summary] | None = None
    ):
        self._facts = dict(facts)
        self._arrays = dict(arrays)
        self._kept = kept or {}
        self.generations: np.ndarray = self._arrays["generations"]
        self.names: tuple[str, ...] = tuple(facts["record"])
        self.num_replicates: int = facts["num_replicates"]
        self.system: dict[str, Any] = facts["system"]
        self.kernel: str = facts["kernel"]
        self.device: str = facts["device"]
        self.block_size: int = facts["block_size"]
        self.key: list[int] = facts["key"]
        self.seconds: dict[str, float] = facts["seconds"]
        self.versions: dict[str, str] = facts["versions"]
        self.mean, self.standard_error, self.variance, self.minimum, self.maximum, self.nonfinite = (
            {name: self._arrays[f"{name}/{table}"] for name in self.names} for table in _TABLES
        )
        self.replicates = {
            name: self._arrays[f"{name}/replicates"] for name in self.names if f"{name}/replicates" in self._arrays
        }

    @functools.cached_property
    def quantiles(self) -> dict[str, dict[float, np.ndarray]]:
        """Record name -> level -> order statistics of the kept replicates."""
        levels = self._facts["quantile_levels"]
        for name, summary in self._kept.items():
            curves = np.array(list(summary.quantiles(tuple(levels)).values()), np.float64)
            self._arrays[f"{name}/quantiles"] = curves.reshape(len(levels), len(self.generations))
        self._kept = {}  # The values behind them may be a thousand times as large.
        return {name: dict(zip(levels, self._arrays[f"{name}/quantiles"], strict=True)) for name in self.names}

    @classmethod
    def of(
        cls,
        system: System,
        summaries: Mapping[str, Summary],
        *,
        num_generations: int,
        num_replicates: int,
        terminal_only: bool,
        keep_replicates: bool,
        **facts: Any,
    ) -> "Trajectory":
        """Freeze the summaries of a finished run."""
        first = num_generations if terminal_only else 0
        arrays: dict[str, np.ndarray] = {"generations": np.arange(first, num_generations + 1)}
        levels: list[float] = []
        for name, summary in summaries.items():
            for table in _TABLES:
                arrays[f"{name}/{table}"] = np.asarray(getattr(summary, table))
            levels = list(QUANTILE_LEVELS) if summary.kept.shape[1] else []
            if keep_replicates:
                arrays[f"{name}/replicates"] = summary.values()
        return cls(
            {
                "format": FORMAT,
                "record": list(summaries),
                "num_replicates": num_replicates,
                "system": system.describe(),
                "quantile_levels": levels,
                "versions": dict(versions()),
                **facts,
            },
            arrays,
            summaries,
        )

    def __repr__(self) -> str:
        """One line: what was recorded, how often, how long."""
        last = self.generations[-1]
        return (
            f"Trajectory({', '.join(self.names)}; generations to {last}, {self.num_replicates} replicates, "
            f"{self.kernel}, {self.seconds['run']:.3g} s on {self.device})"
        )

    def save(self, path: str | pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
        """Write `PATH.npz` (arrays), then `PATH.json` (facts), each of them whole or not at all.

        Args:
            path: with or without one of the two suffixes.

        Returns:
            Both paths.
        """
        base = _without_suffix(path)
        base.parent.mkdir(parents=True, exist_ok=True)
        arrays_path, facts_path = base.with_name(base.name + ".npz"), base.with_name(base.name + ".json")
        assert self.quantiles is not None, "asking for them fills in their arrays"
        with replacing(arrays_path) as file:
            np.savez_compressed(file, **self._arrays)  # type: ignore[arg-type]
        with replacing(facts_path) as file:
            file.write((json.dumps(self._facts, indent=1) + "\n").encode())
        return arrays_path, facts_path

    @classmethod
    def load(cls, path: str | pathlib.Path) -> "Trajectory":
        """Read what `save` wrote.

        Raises:
            ValueError: a file is missing or was written by another format.
        """
        base = _without_suffix(path)
        arrays_path, facts_path = base.with_name(base.name + ".npz"), base.with_name(base.name + ".json")
        for needed in (arrays_path, facts_path):
            if not needed.exists():
                raise ValueError(f"{needed} does not exist; a saved trajectory is a pair of .npz and .json files.")
        facts = json.loads(facts_path.read_text(encoding="utf-8"))
        if facts.get("format") != FORMAT:
            raise ValueError(f"{facts_path} has format {facts.get('format')!r}; this version reads format {FORMAT}.")
        with np.load(arrays_path) as stored:
            return cls(facts, {name: stored[name] for name in stored.files})

    def columns(self) -> dict[str, np.ndarray]:
        """Long-format columns, one row per quantity and generation: `pandas.DataFrame(run.columns())` is a data frame.

        Returns:
            Columns generation, quantity, mean, standard_error, variance, minimum, maximum, nonfinite, and one column
            `quantile_LEVEL` per level, all of one length.
        """
        repeated = len(self.names)
        table: dict[str, np.ndarray] = {
            "generation": np.tile(self.generations, repeated),
            "quantity": np.repeat(np.array(self.names), self.generations.shape[0]),
        }
        for name in _TABLES:
            table[name] = np.concatenate([getattr(self, name)[quantity] for quantity in self.names])
        for level in next(iter(self.quantiles.values())):
            table[f"quantile_{level:g}"] = np.concatenate([self.quantiles[quantity][level] for quantity in self.names])
        return table

    def to_dataframe(self) -> Any:
        """Return `columns()` as a pandas data frame.

        Raises:
            ValueError: pandas is not installed.
        """
        try:
            import pandas  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise ValueError("to_dataframe needs pandas; install it, or use columns().") from None
        return pandas.DataFrame(self.columns())

    def plot(
        self, path: str | pathlib.Path | None = None, *, exact: Mapping[str, np.ndarray] | None = None
    ) -> "Figure":
        """Draw each quantity by generation: band of replicates, mean, and the exact curve over them.

        Args:
            path: written when given; the suffix chooses the format (.png, .svg, .pdf).
            exact: record name -> exact values at `generations`, such as `zenil_dynamics.exact` returns.

        Returns:
            The figure.

        Raises:
            ValueError: one generation only, or an unknown suffix.
        """
        from zenil_dynamics.plotting import draw_trajectory

        return draw_trajectory(self, path, exact or {})


def _without_suffix(path: str | pathlib.Path) -> pathlib.Path:
    """Strip .npz or .json and nothing else: a name may contain dots."""
    given = pathlib.Path(path)
    return given.with_suffix("") if given.suffix in (".npz", ".json") else given
