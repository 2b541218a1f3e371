"""Contexts and the edges between them: where a walk can go and what it writes on its way."""

import dataclasses
import functools
import hashlib

import numpy as np
from jaxtyping import Int32

LARGEST_EDGES = 2**30
"""Places of edges, and sums over contexts, are int32."""


@dataclasses.dataclass(frozen=True, eq=False)
class EdgeGraph:
    """A labelled graph, sparse and immutable; two graphs of the same content are equal and have one hash.

    A compiled program holds it as constants, so that states which carry it are the numbers on its edges and nothing
    else.

    Attributes:
        first: shape (contexts + 1,), int32; the edges first[c] .. first[c + 1] - 1 leave context c.
        following: shape (edges,), int32; the context that an edge leads to.
        labels: shape (edges,), int32; what an edge writes, in [0, num_labels).
        num_labels: how many labels there are.

    Raises:
        ValueError: no edge, more than 2^30, or arrays that do not fit together.

    Source: Definition.
    """

    first: Int32[np.ndarray, " contexts+1"]
    following: Int32[np.ndarray, " edges"]
    labels: Int32[np.ndarray, " edges"]
    num_labels: int

    def __post_init__(self):
        """Check the arrays and freeze them."""
        for name in ("first", "following", "labels"):
            given = np.asarray(getattr(self, name))
            if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
                raise ValueError(
                    f"`{name}` must be a vector of whole numbers; got {given.dtype} of shape {given.shape}."
                )
            array = np.array(given, np.int32)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        edges = self.following.size
        if not 0 < edges <= LARGEST_EDGES or self.labels.size != edges:
            raise ValueError(
                f"`following` and `labels` must be of one length from 1 to {LARGEST_EDGES}; got {edges} and "
                f"{self.labels.size}."
            )
        if self.first.size < 2 or self.first[0] != 0 or self.first[-1] != edges or np.any(np.diff(self.first) < 0):
            raise ValueError(
                f"`first` must rise from 0 to the number of edges, {edges}, one entry per context and one."
            )
        if self.following.min() < 0 or self.following.max() >= self.num_contexts:
            raise ValueError(f"`following` must name contexts, 0 to {self.num_contexts - 1}.")
        if self.labels.min() < 0 or self.labels.max() >= self.num_labels:
            raise ValueError(f"`labels` must lie in 0 to {self.num_labels - 1}.")

    @property
    def num_contexts(self) -> int:
        """How many contexts there are."""
        return self.first.size - 1

    @property
    def num_edges(self) -> int:
        """How many edges there are."""
        return self.following.size

    @functools.cached_property
    def contexts(self) -> Int32[np.ndarray, " edges"]:
        """The context that each edge leaves."""
        return np.repeat(np.arange(self.num_contexts, dtype=np.int32), np.diff(self.first))

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of everything above."""
        hashed = hashlib.sha256(str((self.num_contexts, self.num_labels)).encode())
        for array in (self.first, self.following, self.labels):
            hashed.update(array.tobytes())
        return hashed.hexdigest()

    def __eq__(self, other: object) -> bool:
        """Same content."""
        return self is other or (isinstance(other, EdgeGraph) and self.digest == other.digest)

    def __hash__(self) -> int:
        """Of the content."""
        return hash(self.digest)
