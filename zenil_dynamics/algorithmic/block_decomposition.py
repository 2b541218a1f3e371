"""Long strings from the complexities of their blocks: the literature's BDM, and a code that can be decoded.

BDM names each distinct block once and says how often it occurs, but not in which order: it is a score. 2^-BDM is no
probability, since over all sequences of k blocks it sums to more than 1 as soon as k is large enough: two blocks of
4 bits in random order raise BDM by 2 log2(k) bits, while their order alone holds k. `kraft_code_length` pays for the
order as well.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping

from zenil_dynamics.algorithmic.output_distribution import bit_string
from zenil_dynamics.validate import nearest_names, positive_integer

_KRAFT_SLACK = 1e-9
"""Rounding allowed to a sum of 2^-bits that should be at most 1."""


def _side_by_side(string: str, length: int) -> list[str]:
    return [string[start : start + length] for start in range(0, len(string) - length + 1, length)]


def _sliding(string: str, length: int) -> list[str]:
    return [string[start : start + length] for start in range(len(string) - length + 1)]


BOUNDARIES: dict[str, Callable[[str, int], list[str]]] = {"ignore": _side_by_side, "sliding": _sliding}
"""How a string is cut: blocks side by side from the left, what remains is ignored; or every window ("correlated")."""


def blocks(string: str, block_length: int, *, boundary: str = "ignore") -> Counter[str]:
    """Blocks of a string with their multiplicities.

    Args:
        string: of 0 and 1.
        block_length: bits per block.
        boundary: "ignore" or "sliding", see `BOUNDARIES`.

    Returns:
        Block -> how often, in the order of first occurrence.

    Raises:
        ValueError: a bad string, an unknown boundary, or a block longer than the string.

    Source: Zenil et al. (2018), Entropy 20, 605, on boundaries.
    """
    length = positive_integer(block_length, name="block_length")
    if boundary not in BOUNDARIES:
        raise ValueError(
            f"`boundary` must be one of {', '.join(BOUNDARIES)}; got {boundary!r}{nearest_names(boundary, BOUNDARIES)}."
        )
    if len(bit_string(string)) < length:
        raise ValueError(
            f"`block_length` must be at most the length of `string`, {len(string)} bits; got {length}. Shorten it."
        )
    return Counter(BOUNDARIES[boundary](string, length))


def bdm(string: str, table: Mapping[str, float], block_length: int, *, boundary: str = "ignore") -> float:
    """Complexity by block decomposition: sum over distinct blocks u of K(u) + log2 n_u.

    Args:
        string: of 0 and 1.
        table: K, bits of every block that occurs; for example `OutputDistribution.complexities()`.
        block_length: bits per block.
        boundary: "ignore" (blocks side by side, what remains is ignored) or "sliding" (every window).

    Returns:
        Bits. A score, not the length of a description.

    Raises:
        ValueError: a bad string, an unknown boundary, a block longer than the string or missing from the table.

    Source: Zenil et al. (2018), Entropy 20, 605.
    """
    found = blocks(string, block_length, boundary=boundary)
    return math.fsum(_look_up(table, block) + math.log2(number) for block, number in found.items())


def kraft_code_length(string: str, table: Mapping[str, float], block_length: int) -> float:
    """Length of a description of a string of k blocks, given k and the length of a block.

    With d distinct blocks u, each n_u times:

        log2 k + sum_u K(u) + log2 binomial(k - 1, d - 1) + log2 (k! / prod_u n_u!)

    for d itself, the set of blocks, how often each occurs (one of the ways to write k as a sum of d positive numbers),
    and their order. Proof of Kraft's inequality, 2^-length summed over all strings of k blocks: the last two terms
    cancel the number of such ways and orders; sets of d blocks sum to at most (sum_u 2^-K(u))^d / d! <= 1; d has k
    values. So some prefix-free code has these lengths, rounded up.

    Args:
        string: of 0 and 1, of a whole number of blocks.
        table: K, bits of every block of this length that occurs, with sum 2^-K at most 1.
        block_length: bits per block.

    Returns:
        Bits.

    Raises:
        ValueError: as `bdm`; a length that is no multiple of the block's; a table with sum 2^-K above 1.

    Source: enumerative coding (Cover 1973); proof above.
    """
    found = blocks(string, block_length)
    if len(string) % block_length:
        raise ValueError(
            f"`string` must have a multiple of {block_length} bits, since each must be described; got {len(string)}. "
            "Pad it, or choose another `block_length`."
        )
    total = math.fsum(2.0**-bits for block, bits in table.items() if len(block) == block_length)
    if total > 1 + _KRAFT_SLACK:
        raise ValueError(
            f"`table` must have sum 2^-K at most 1 over blocks of {block_length} bits; got {total:.6g}. Use lengths "
            "of a prefix-free code, such as the complexities of an output distribution."
        )
    num_blocks, num_distinct = found.total(), len(found)
    content = math.fsum(_look_up(table, block) for block in found)
    multiplicities = math.log2(num_blocks) + _log2_multinomial([num_distinct - 1, num_blocks - num_distinct])
    return content + multiplicities + _log2_multinomial(found.values())


def _log2_multinomial(parts: Collection[int]) -> float:
    """Bits of the number of orders of so many things of each kind."""
    return (math.lgamma(sum(parts) + 1) - math.fsum(math.lgamma(part + 1) for part in parts)) / math.log(2)


def _look_up(table: Mapping[str, float], block: str) -> float:
    if block not in table or not math.isfinite(table[block]):
        raise ValueError(
            f"`table` must hold the bits of every block; got none for {block!r}. Shorten the blocks, or take a table "
            "of machines with more states."
        )
    return table[block]
