from zenil_dynamics.corpora.base import Vocabulary as Vocabulary
from zenil_dynamics.corpora.count_table import read_count_table as read_count_table
from zenil_dynamics.corpora.text import UNITS as UNITS
from zenil_dynamics.corpora.text import read_text as read_text
from zenil_dynamics.corpora.text import split_words as split_words
from zenil_dynamics.corpora.word_frequencies import word_frequencies as word_frequencies
