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
#          4             3507           3253.3           0.3723           0.7430           0.3947           0.0513
#          5             3300           5438.3           0.3239           0.7088           0.4400           0.0416
#          6             3112           8326.2           0.2851           0.6829           0.4793           0.0342
#          7             2962          11337.0           0.2562           0.6500           0.5114           0.0290
#          8             2827          14672.3           0.2321           0.6208           0.5400           0.0251
#          9             2726          17852.1           0.2140           0.6076           0.5664           0.0224
#         10             2617          21233.4           0.1978           0.5837           0.5910           0.0200
#         11             2527          24330.5           0.1850           0.5579           0.6101           0.0179
#         12             2444          27671.7           0.1731           0.5388           0.6288           0.0158
#         13             2354          31517.9           0.1609           0.5236           0.6452           0.0148
#         14             2279          35064.2           0.1514           0.5061           0.6604           0.0135
#         15             2204          38925.2           0.1418           0.4894           0.6756           0.0125
#         16             2146          42039.9           0.1346           0.4717           0.6896           0.0113
#         17             2096          45043.3           0.1281           0.4579           0.7016           0.0106
#         18             2035          48801.2           0.1204           0.4418           0.7116           0.0098
#         19             1982          51738.9           0.1148           0.4376           0.7224           0.0090
#         20             1939          54589.0           0.1099           0.4210           0.7308           0.0085
#
# fresh share 0.05: mean of 4 replicates
# generation       vocabulary  rare perplexity     rare covered          4-grams    from original        from last
#          0             5321              4.1           1.0000           0.9143           0.0000           0.0000
#          1             4585            105.5           0.6929           0.8702           0.1618           0.1433
#          2             4156            487.1           0.5499           0.8255           0.2538           0.1535
#          3             3853           1274.8           0.4605           0.7990           0.3170           0.1617
#          4             3683           2100.7           0.4141           0.7675           0.3606           0.1670
#          5             3567           2883.9           0.3850           0.7505           0.3935           0.1713
#          6             3472           3655.9           0.3635           0.7238           0.4175           0.1759
#          7             3394           4498.2           0.3447           0.7102           0.4380           0.1787
#          8             3340           5112.0           0.3320           0.6942           0.4557           0.1827
#          9             3309           5364.1           0.3277           0.6773           0.4677           0.1851
#         10             3272           6001.4           0.3178           0.6758           0.4790           0.1834
#         11             3228           6562.1           0.3098           0.6592           0.4888           0.1849
#         12             3200           6876.6           0.3049           0.6491           0.4958           0.1852
#         13             3192           6946.4           0.3039           0.6525           0.5003           0.1863
#         14             3172           7326.0           0.2990           0.6425           0.5038           0.1896
#         15             3154           7634.4           0.2959           0.6379           0.5108           0.1879
#         16             3153           7639.0           0.2956           0.6279           0.5154           0.1895
#         17             3120           8029.4           0.2910           0.6259           0.5196           0.1899
#         18             3092           8535.0           0.2851           0.6162           0.5208           0.1892
#         19             3088           8692.7           0.2830           0.6240           0.5234           0.1899
#         20             3075           8723.4           0.2832           0.6195           0.5269           0.1926
