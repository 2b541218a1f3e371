"""What does a language model of real text forget when it is trained on its own output, with and without fresh text?

    python ngram_language_model.py [FILE]

The model knows how often each word follows each pair of words. Every generation writes as many words as the text has,
one after another, and the next model counts them. Without a file the text is Python's own documentation: its help
topics and the docstrings of its library. A word is rare when it occurs at most five times in the text. Perplexity is
that of the smoothed model on the rare words of the original text; "4-grams" is the share of distinct ones among 20000
words that the model writes; the divergences are nats per word, from the original and (smoothed, since what comes back
was impossible a generation ago) from the generation before.
"""

import ast
import itertools
import pathlib
import sys
import sysconfig
from collections.abc import Iterator

import jax

import zenil_dynamics as zd

ORDER = 2
NUM_GENERATIONS = 20
DEFAULT_WORDS = 120_000


def distinct_4grams(state: zd.NGram, target: zd.NGram) -> jax.Array:
    """Share of distinct 4-grams in a text that the model writes; every model is asked with the same random words."""
    return zd.estimators.distinct_ngrams(state.path(20_000, key=jax.random.key(1)), 4)


COLUMNS = {
    "vocabulary_alive": ("vocabulary", 0),
    "rare_perplexity": ("rare perplexity", 1),
    "rare_coverage": ("rare covered", 4),
    distinct_4grams: ("4-grams", 4),
    "kl_to_target": ("from original", 4),
    "smoothed_successive_kl": ("from last", 4),
}


def documentation() -> Iterator[str]:
    """The words of Python's help topics, then of the docstrings of its library, module after module."""
    from pydoc_data.topics import topics

    for topic in topics.values():
        yield from zd.corpora.split_words(topic)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, documented):
                yield from zd.corpora.split_words(ast.get_docstring(node) or "")


def read(arguments: list[str]) -> zd.corpora.TokenSequence:
    """The words of the file named on the command line, or of Python's documentation."""
    if arguments:
        return zd.corpora.read_tokens(arguments[0])
    words = itertools.islice(documentation(), DEFAULT_WORDS)
    return zd.corpora.number_tokens(words, source="words of Python's documentation")


def main() -> None:
    """Simulate both shares of fresh text and print what is left by generation."""
    zd.devices.configure()
    text = read(sys.argv[1:])
    target = zd.NGram.from_tokens(text.indices, order=ORDER)
    facts = target.describe()
    print(f"{text.vocabulary.source}: {text.indices.size} words, {facts['vocabulary_size']} distinct")
    print(f"order {ORDER}: {facts['num_contexts']} contexts, {facts['num_edges']} continuations")
    names = [name if isinstance(name, str) else name.__name__ for name in COLUMNS]
    for share in (0.0, 0.05):
        system = zd.System(
            target,
            num_samples=facts["num_tokens"],
            exogenous_fraction=share,
            rare_threshold=5.5 / facts["num_tokens"],
        )
        run = zd.simulate(
            system,
            num_generations=NUM_GENERATIONS,
            num_replicates=4,
            key=jax.random.key(0),
            record=tuple(COLUMNS),
        )
        print(f"\nfresh share {share}: mean of 4 replicates")
        print("generation" + "".join(f"{title:>17}" for title, _ in COLUMNS.values()))
        for t in run.generations:
            cells = (
                f"{run.mean[name][t]:>17.{digits}f}" for name, (_, digits) in zip(names, COLUMNS.values(), strict=True)
            )
            print(f"{t:10d}" + "".join(cells))


if __name__ == "__main__":
    main()


# Typical output:
#
# words of Python's documentation: 120000 words, 5321 distinct
# order 2: 46286 contexts, 79902 continuations
#
# fresh share 0.0: mean of 4 replicates
# generation       vocabulary  rare perplexity     rare covered          4-grams    from original        from last
#          0             5321              4.1           1.0000           0.9143           0.0000           0.0000
#          1             4605             98.5           0.6990           0.8696           0.1611           0.1427
#          2             4102            567.5           0.5346           0.8256           0.2638           0.0918
#          3             3768           1588.2           0.4382           0.7807           0.3381           0.0657
#          5             3300           5438.3           0.3239           0.7088           0.4400           0.0416
#         10             2617          21233.4           0.1978           0.5837           0.5910           0.0200
#         20             1939          54589.0           0.1099           0.4210           0.7308           0.0085
#
# fresh share 0.05: mean of 4 replicates
# generation       vocabulary  rare perplexity     rare covered          4-grams    from original        from last
#          0             5321              4.1           1.0000           0.9143           0.0000           0.0000
#          1             4585            105.5           0.6929           0.8702           0.1618           0.1433
#          2             4156            487.1           0.5499           0.8255           0.2538           0.1535
#          3             3853           1274.8           0.4605           0.7990           0.3170           0.1617
#          5             3567           2883.9           0.3850           0.7505           0.3935           0.1713
#         10             3272           6001.4           0.3178           0.6758           0.4790           0.1834
#         20             3075           8723.4           0.2832           0.6195           0.5269           0.1926
