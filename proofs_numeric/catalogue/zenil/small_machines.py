"""Eqs. (6) and (25): complexity from the outputs of small Turing machines, divided by what, restoring what.

True: dividing by all machines instead of the halting ones costs a constant per distinct block; level sets are closed
under reversal and complement. False: that the level set of what survived is the support of P.
"""

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping

import zenil_dynamics as zd
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2"
Distribution = zd.algorithmic.OutputDistribution


# eq6-normalisation ----------------------------------------------------------------------------------------------------
# Proof. With e(u) of m machines, h of which halt, a block u costs log2 m - log2 e(u) bits or log2 h - log2 e(u). BDM
# adds this once for each distinct block, and its other term, log2 of the multiplicity, does not know m or h.


@functools.cache
def both_blanks() -> Distribution:
    """D(2), every machine run on its own on either blank symbol. Definition."""
    num_machines = zd.algorithmic.num_machines(2)
    outputs = Counter(
        output
        for blank in (0, 1)
        for index in range(num_machines)
        if (output := zd.algorithmic.run_machine(index, 2, blank=blank)) is not None
    )
    return Distribution(2, 2 * num_machines, outputs)


def _score(theta: Theta, table: Mapping[str, float]) -> float:
    return zd.algorithmic.bdm(theta["string"], table, theta["block"], boundary=theta["boundary"])


def _added_bits(theta: Theta) -> float:
    return _score(theta, both_blanks().raw_complexities()) - _score(theta, both_blanks().complexities())


def _found_blocks(theta: Theta) -> Counter[str]:
    return zd.algorithmic.blocks(theta["string"], theta["block"], boundary=theta["boundary"])


def _bits_per_distinct_block(theta: Theta) -> float:
    return len(_found_blocks(theta)) * math.log2(20000 / 6088)


def _bits_per_block(theta: Theta) -> float:
    return _found_blocks(theta).total() * math.log2(20000 / 6088)


def _bits_of_one_blank(theta: Theta) -> float:
    return len(_found_blocks(theta)) * math.log2(10000 / 6088)


# eq25-tails -----------------------------------------------------------------------------------------------------------
# Any complexity fails, not only D(2)'s: where it gives two strings the same value, a P that charges one of them and not
# the other is not restored. Every K of whole numbers does: by K(x) <= |x| + c the 2^(L+1) - 2 strings of up to L bits
# have at most L + c + 1 values.


def _wrong(theta: Theta, found: Distribution) -> int:
    """Strings in the level set of what survived or in the support of P, not in both."""
    return len(set(found.level_set(theta["survivor"])) ^ set(theta["S"]))


def _wrongly_restored(theta: Theta) -> int:
    return _wrong(theta, zd.algorithmic.tree(2).completed())


def _wrongly_restored_by_single_runs(theta: Theta) -> int:
    return _wrong(theta, both_blanks())


def _none(theta: Theta) -> int:
    return 0


# eq25-symmetric-classes -----------------------------------------------------------------------------------------------
# Proof. Exchanging left and right in a table is a bijection of machines that reverses outputs; exchanging 0 and 1 in
# it, and the blank symbol with them, is one that complements outputs. Both keep what halts.

_COMPLEMENT = str.maketrans("01", "10")
IMAGES: dict[str, Callable[[str], str]] = {
    "reversed": lambda string: string[::-1],
    "complement": lambda string: string.translate(_COMPLEMENT),
    "reversed complement": lambda string: string[::-1].translate(_COMPLEMENT),
    "turned by one bit": lambda string: string[1:] + string[0],
}


@functools.cache
def _by_all_runs(num_states: int) -> Distribution:
    return zd.algorithmic.exhaustive(num_states).completed()


def _counts_of_images(theta: Theta) -> list[int]:
    found = _by_all_runs(theta["n"])
    return [found.count(IMAGES[theta["image"]](string)) for string in found.counts]


def _counts(theta: Theta) -> list[int]:
    return list(_by_all_runs(theta["n"]).counts.values())


def _on_blank_zero_alone(theta: Theta) -> tuple[list[int], list[int]]:
    found = zd.algorithmic.exhaustive(theta["n"])
    return [found.count(IMAGES[theta["image"]](string)) for string in found.counts], list(found.counts.values())


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="eq6-normalisation",
        item="Eq. (6)",
        reading="ALG",
        statement="In D(2), dividing by all machines instead of the halting ones adds log2(20000/6088) = 1.716 bits to "
        "BDM for each distinct block, however often it occurs.",
        source=f"{SOURCE}, Eq. (6), which divides by all machines; published tables divide by the halting ones",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "string": ("00", "0000", "0011", "01101001", "0000111100001111", "011010011001011010010110"),
            "block": (2, 1),
            "boundary": ("ignore", "sliding"),
        },
        value=_added_bits,
        bound=_bits_per_distinct_block,
        delta=1e-12,
        mutants={
            "per block, repeated ones too": Variant(bound=_bits_per_block),
            "all machines of one blank": Variant(bound=_bits_of_one_blank),
        },
        assumptions=("all 20000 runs: 10000 machines of two states, on blank 0 and on blank 1",),
        note="strings with different numbers of distinct blocks gain different amounts, so their order can change",
        proved="beside the claim, every n and every string whose blocks are outputs",
        decided_at="smoke",
    ),
    Claim(
        id="eq25-symmetric-classes",
        item="Eq. (25)",
        reading="ALG",
        statement="Level sets of K are closed under reversal and complement, so they restore no support that is not: "
        "equal counts in D(n), n <= 3.",
        source=f"{SOURCE}, Eq. (25), in the sense in which it holds",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (1, 2, 3), "image": ("reversed", "complement", "reversed complement")},
        value=_counts_of_images,
        bound=_counts,
        delta=0,
        mutants={
            "turned by one bit": Variant(domain={"n": (2,), "image": ("turned by one bit",)}),
            "blank 0 alone": Variant(evaluate=_on_blank_zero_alone, domain={"n": (2,), "image": ("complement",)}),
        },
        assumptions=("K = -log2 of the share of halting machines with that output, both blanks counted",),
        proved="by bijections of machines, beside the claim, every n",
        decided_at="smoke",
    ),
    Claim(
        id="eq25-tails",
        item="Eq. (25)",
        reading="ALG",
        statement="The strings as complex as one that survived are the support of P: {x : K(x) = K(00)} = supp P for P "
        "on S, with K from D(2).",
        source=f"{SOURCE}, Eq. (25), text after it",
        route=Route.EX,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "survivor": ("00",),
            "S": (("00", "11"), ("00",), ("00", "01", "10"), ("00", "000")),
        },
        value=_wrongly_restored,
        bound=_none,
        delta=0,
        confirm=_wrongly_restored_by_single_runs,
        controls={
            "P charges a whole level set": Variant(
                domain={"survivor": ("00",), "S": (("00", "01", "10", "11"),)}, must="SUPPORTED"
            ),
            "another whole level set": Variant(
                domain={"survivor": ("001", "110"), "S": (("001", "011", "100", "110"),)}, must="SUPPORTED"
            ),
        },
        assumptions=("K = -log2 of the share of halting machines with that output, both blanks counted",),
        note="value: strings restored but not charged, or charged but not restored. In D(2), 508 of 6088 machines put "
        "out each of 00, 01, 10, 11: P on 00 and 11 gains 01 and 10",
        corrected_by=("eq25-symmetric-classes",),
        decided_at="smoke",
    ),
)
