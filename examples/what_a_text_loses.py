"""How many words of a text survive when a model is trained on its own output, with and without a little real text?

    python what_a_text_loses.py [FILE]

The model is the table of word frequencies; each generation writes 5000 words and the next is fitted to them. Without a
file the text is Python's own documentation topics. A word is rare when fewer than one of its kind is expected among
the 5000. The expected mass on rare words never falls without real text either: a few of them inherit what the others
lose, and the column "lost" says how much of the original text has become impossible to say.
"""

import sys
from collections import Counter

import jax

import zenil_dynamics as zd

NUM_SAMPLES = 5000
NUM_GENERATIONS = 50
SHOWN = (0, 1, 2, 5, 10, 20, 50)
COLUMNS = {"support_size": "vocabulary", "entropy": "entropy", "rare_mass": "rare mass", "missing_mass": "lost"}


def vocabulary(arguments: list[str]) -> zd.corpora.Vocabulary:
    """The words of the file named on the command line, or of Python's documentation."""
    if arguments:
        return zd.corpora.read_text(arguments[0])
    from pydoc_data.topics import topics

    words = (word for text in topics.values() for word in zd.corpora.split_words(text))
    return zd.corpora.Vocabulary.from_occurrences(Counter(words), source="words of Python's documentation topics")


def main() -> None:
    """Print measured and exact values for both shares of real text."""
    zd.devices.configure()
    words = vocabulary(sys.argv[1:])
    print(f"{words.source}: {words.support_size} distinct, {words.num_tokens} in all")
    for share in (0.0, 0.05):
        system = zd.System(zd.Categorical.from_counts(words.counts), NUM_SAMPLES, exogenous_fraction=share)
        run = zd.simulate(
            system,
            num_generations=NUM_GENERATIONS,
            num_replicates=64,
            key=jax.random.key(0),
            record=tuple(COLUMNS),
        )
        exact = {name: zd.exact(system, name, NUM_GENERATIONS).values for name in COLUMNS}
        print(f"\nreal share {share}: measured / exact")
        print("generation " + "".join(f"{title:>20}" for title in COLUMNS.values()))
        for t in SHOWN:
            digits = {name: 1 if name == "support_size" else 4 for name in COLUMNS}
            cells = (f"{run.mean[name][t]:.{digits[name]}f} / {exact[name][t]:.{digits[name]}f}" for name in COLUMNS)
            print(f"{t:10d} " + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()


# Typical output:
#
# words of Python's documentation topics: 3365 distinct, 65420 in all
#
# real share 0.0: measured / exact
# generation           vocabulary             entropy           rare mass                lost
#          0      3365.0 / 3365.0     6.1840 / 6.1840     0.1433 / 0.1433     0.0000 / 0.0000
#          1      1155.6 / 1156.9     5.9271 / 5.9275     0.1432 / 0.1433     0.1173 / 0.1171
#          2        907.3 / 907.8     5.8042 / 5.7987     0.1433 / 0.1433     0.1583 / 0.1584
#          5        600.0 / 600.0     5.5444 / 5.5429     0.1419 / 0.1433     0.2379 / 0.2392
#         10        406.2 / 407.3     5.2714 / 5.2720     0.1427 / 0.1433     0.3203 / 0.3220
#         20        260.7 / 260.1     4.9288 / 4.9288     0.1424 / 0.1433     0.4179 / 0.4191
#         50        131.7 / 132.8     4.3466 / 4.3659     0.1392 / 0.1433     0.5591 / 0.5559
#
# real share 0.05: measured / exact
# generation           vocabulary             entropy           rare mass                lost
#          0      3365.0 / 3365.0     6.1840 / 6.1840     0.1433 / 0.1433     0.0000 / 0.0000
#          1      1155.6 / 1156.9     5.9271 / 5.9275     0.1432 / 0.1433     0.1173 / 0.1171
#          2        931.5 / 932.1     5.8162 / 5.8112     0.1432 / 0.1433     0.1535 / 0.1536
#          5        694.9 / 695.6     5.6174 / 5.6177     0.1424 / 0.1433     0.2085 / 0.2091
#         10        588.9 / 590.6     5.4718 / 5.4745     0.1437 / 0.1433     0.2413 / 0.2425
#         20        544.2 / 545.0     5.3785 / 5.3774     0.1432 / 0.1433     0.2593 / 0.2594
#         50        533.7 / 532.6     5.3439 / 5.3387     0.1428 / 0.1433     0.2633 / 0.2642
