"""The most frequent words of a language, from the `wordfreq` tables."""

import numpy as np

from zenil_dynamics.corpora.base import Vocabulary

WORDS = 10**12
"""Counts are occurrences per this many words. wordfreq's tables end at one occurrence in 10^8 words and move in steps
of 2.3 % (centibels), so that rounding to whole counts (at most .005 %) adds nothing."""


def word_frequencies(language: str, top: int = 5000) -> Vocabulary:
    """The `top` most frequent words of a language with their frequencies.

    Args:
        language: code of the language, such as `en`.
        top: number of words wanted, at least 1.

    Returns:
        Vocabulary of `top` words, most frequent first; counts are occurrences per 10^12 words.

    Raises:
        ValueError: the extra is not installed, an unknown language, or more words than the table has.

    Source: wordfreq 3 (Robyn Speer, 2022), its largest list for the language.
    """
    if isinstance(top, bool) or int(top) != top or top < 1:
        raise ValueError(f"`top` must be a whole number of at least 1; got {top}. Say how many words are wanted.")
    try:
        import wordfreq
    except ModuleNotFoundError:
        raise ValueError(
            "the frequencies of words need the package wordfreq. Run pip install 'zenil-dynamics[corpora]'."
        ) from None
    languages = wordfreq.available_languages()
    # wordfreq falls back to a related language without a word; a report must not say more than was read.
    if language not in languages:
        raise ValueError(f"no word list for the language {language!r}. Choose one of {', '.join(sorted(languages))}.")
    words = wordfreq.top_n_list(language, top, wordlist="best")
    if len(words) < top:
        raise ValueError(
            f"the word list of {language!r} has {len(words)} words; got `top` = {top}. Ask for at most that."
        )
    table = wordfreq.get_frequency_dict(language, wordlist="best")
    counts = np.array([round(table[word] * WORDS) for word in words], np.int64)
    source = f"the {top} most frequent words of {language!r} (wordfreq, per 10^12 words)"
    return Vocabulary(tuple(words), counts, source)
