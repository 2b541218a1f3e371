"""What a space of machines puts out, how often: D(n), the complexity -log2 D, and its level sets.

Counts are exact integers. With e(s) the number of machines that halt with output s and h the number that halt at all,
D(s) = e(s)/h. The literature's tables divide so; dividing by all machines m instead gives e(s)/m, a sum of 2^-length
over prefix-free programs (Levin's form). The two complexities differ by log2(m/h) bits for every string.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from zenil_dynamics.validate import positive_integer

_COMPLEMENT = str.maketrans("01", "10")


def bit_string(string: str, *, name: str = "string") -> str:
    """Return `string`.

    Raises:
        ValueError: it is empty, or has another character than 0 and 1.

    Source: Definition.
    """
    if not isinstance(string, str) or not string or set(string) - {"0", "1"}:
        raise ValueError(f"`{name}` must be a non-empty string of 0 and 1, as '0010'; got {string!r}.")
    return string


@dataclass(frozen=True)
class OutputDistribution:
    """Outputs of all machines of (n, 2), with their counts.

    Attributes:
        num_states: n.
        num_machines: m, each blank symbol counted.
        counts: e(s), positive whole numbers; kept from the most frequent output to the rarest, ties by length, then
            lexicographic.

    Raises:
        ValueError: no output, a key that is no string of 0 and 1, a count below 1, more machines that halt than there
            are.
    """

    num_states: int
    num_machines: int
    counts: Mapping[str, int]

    def __post_init__(self):
        positive_integer(self.num_states, name="num_states")
        checked = {
            bit_string(string, name="counts"): positive_integer(count, name=f"counts[{string!r}]")
            for string, count in self.counts.items()
        }
        if not 1 <= sum(checked.values()) <= self.num_machines:
            raise ValueError(
                f"`counts` must sum to a number from 1 to `num_machines`, {self.num_machines}; got "
                f"{sum(checked.values())}. Count every machine that halts once."
            )
        order = sorted(checked.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
        object.__setattr__(self, "counts", dict(order))

    @functools.cached_property
    def num_halting(self) -> int:
        """Machines that halt, h. Definition."""
        return sum(self.counts.values())

    @property
    def longest_output(self) -> int:
        """Bits of the longest output. Definition."""
        return max(map(len, self.counts))

    def count(self, string: str) -> int:
        """Machines that halt with this output, e(s); 0 where none does.

        Raises:
            ValueError: `string` is no string of 0 and 1.

        Source: Definition.
        """
        return self.counts.get(bit_string(string), 0)

    def probability(self, string: str) -> float:
        """D(s) = e(s)/h, among the machines that halt.

        Raises:
            ValueError: `string` is no string of 0 and 1.

        Source: Definition.
        """
        return self.count(string) / self.num_halting

    def complexity(self, string: str) -> float:
        """-log2 D(s), in bits: the K of the coding theorem method, as it is published.

        Args:
            string: of 0 and 1.

        Returns:
            Bits; infinity where no machine puts the string out.

        Raises:
            ValueError: `string` is no string of 0 and 1.

        Source: Soler-Toscano, Zenil, Delahaye, Gauvrit (2014), from Levin's coding theorem.
        """
        return _bits(self.num_halting, self.count(string))

    def raw_complexity(self, string: str) -> float:
        """-log2 e(s)/m, in bits: divided by all machines, those that never halt as well.

        Then 2^-K sums to h/m < 1, and K(s) is at most the length of every program of s: the entries of a table that its
        run reads, log2(4n + 2) bits each, and one bit for the blank symbol where both are counted.

        Args:
            string: of 0 and 1.

        Returns:
            Bits; infinity where no machine puts the string out.

        Raises:
            ValueError: `string` is no string of 0 and 1.

        Source: Levin's coding theorem, for the machine that reads its table when it needs it.
        """
        return _bits(self.num_machines, self.count(string))

    def complexities(self) -> dict[str, float]:
        """`complexity` of every output, in bits; a table for `bdm`. Definition."""
        return {string: self.complexity(string) for string in self.counts}

    def raw_complexities(self) -> dict[str, float]:
        """`raw_complexity` of every output, in bits; a table for `bdm`. Definition."""
        return {string: self.raw_complexity(string) for string in self.counts}

    def level_sets(self) -> tuple[tuple[str, ...], ...]:
        """Outputs of equal complexity together, the simplest first. Equal means equal counts. Definition."""
        levels: dict[int, list[str]] = {}
        for string, count in self.counts.items():
            levels.setdefault(count, []).append(string)
        return tuple(map(tuple, levels.values()))

    def level_set(self, string: str) -> tuple[str, ...]:
        """All outputs as complex as this one.

        Args:
            string: an output.

        Returns:
            Strings, shorter ones first; `string` is among them.

        Raises:
            ValueError: `string` is no string of 0 and 1, or no machine puts it out.

        Source: Definition.
        """
        count = self.count(string)
        if not count:
            raise ValueError(
                f"`string` must be an output of ({self.num_states},2); got {string!r}, which no machine puts out. "
                f"Outputs have at most {self.longest_output} bits; take more states."
            )
        return tuple(other for other, equal in self.counts.items() if equal == count)

    def completed(self) -> "OutputDistribution":
        """With every machine run on the other blank symbol, too: twice the machines, e(s) + e(complement of s).

        Proof. Exchange the symbols in a table and on the tape: machines on blank 1 put out the complements of what
        machines on blank 0 put out.

        Returns:
            The distribution of the literature, if `self` is that of one blank.

        Source: Delahaye and Zenil (2012).
        """
        both = dict(self.counts)
        for string, count in self.counts.items():
            other = string.translate(_COMPLEMENT)
            both[other] = both.get(other, 0) + count
        return OutputDistribution(self.num_states, 2 * self.num_machines, both)


def _bits(total: int, count: int) -> float:
    # A ratio below 1e-308 is out of reach of both: counts are at most 2e10 here, and math.log2 takes whole numbers.
    return math.log2(total) - math.log2(count) if count else math.inf
