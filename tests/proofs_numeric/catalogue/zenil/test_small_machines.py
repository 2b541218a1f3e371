import itertools
import math
from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import small_machines
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(small_machines.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_single_runs_find_the_distribution():
    assert small_machines.both_blanks() == zd.algorithmic.tree(2).completed()
    assert small_machines.both_blanks() == zd.algorithmic.exhaustive(2).completed()


def test_the_offset_is_exact():
    # 2^BDM is rational: the product over distinct blocks of n_u m / e(u), or n_u h / e(u).
    entry, found = claim("eq6-normalisation"), small_machines.both_blanks()
    assert entry.bound(next(entry.examples())) == pytest.approx(1.716, abs=5e-4)
    for theta in entry.examples():
        blocks = zd.algorithmic.blocks(theta["string"], theta["block"], boundary=theta["boundary"])
        raw, normalised = (
            math.prod(Fraction(number * total, found.count(block)) for block, number in blocks.items())
            for total in (found.num_machines, found.num_halting)
        )
        assert raw / normalised == Fraction(20000, 6088) ** len(blocks)
        assert entry.value(theta) == pytest.approx(math.log2(raw / normalised), abs=1e-12)


def test_the_offset_can_change_an_order():
    found = small_machines.both_blanks()
    one_block, two_blocks = (
        [zd.algorithmic.bdm(string, table, 1) for table in (found.complexities(), found.raw_complexities())]
        for string in ("0000", "01")
    )
    assert one_block[0] > two_blocks[0]
    assert one_block[1] < two_blocks[1]


def test_the_domain_has_repeated_blocks_and_both_boundaries_differ():
    entry = claim("eq6-normalisation")
    repeated = [theta for theta in entry.examples() if small_machines._bits_per_block(theta) > entry.bound(theta)]
    assert {theta["boundary"] for theta in repeated} == {"ignore", "sliding"}


@pytest.mark.parametrize("num_states", [2, 3])
def test_no_other_part_of_the_level_set_is_restored(num_states):
    found = zd.algorithmic.tree(num_states).completed()
    level = found.level_set("00")
    assert level == ("00", "01", "10", "11")
    wrong = {
        support: small_machines._wrong({"survivor": "00", "S": support}, found)
        for size in range(1, 5)
        for support in itertools.combinations(level, size)
    }
    assert all(count == 4 - len(support) for support, count in wrong.items())


def test_the_counterexample():
    entry = claim("eq25-tails")
    assert entry.value({"survivor": "00", "S": ("00", "11")}) == 2
    # A string of another length is missed, and three are added.
    assert entry.value({"survivor": "00", "S": ("00", "000")}) == 4
    assert [small_machines.both_blanks().count(string) for string in ("00", "01", "10", "11")] == [508] * 4


def test_images_are_what_they_are_called():
    found = {name: image("001") for name, image in small_machines.IMAGES.items()}
    assert found == {
        "reversed": "100", "complement": "110", "reversed complement": "011", "turned by one bit": "010"
    }  # fmt: skip
