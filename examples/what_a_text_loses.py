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
