"""Baselines: as a good engineer would write them, on every core, and the ten plain lines on one; the same record."""

from benchmarks.rivals.numba_categorical import NUMBA_INDIVIDUALS as NUMBA_INDIVIDUALS
from benchmarks.rivals.numba_coalescent import NUMBA_COALESCENT as NUMBA_COALESCENT
from benchmarks.rivals.numba_gaussian import NUMBA_STATISTICS as NUMBA_STATISTICS
from benchmarks.rivals.numpy_categorical import NUMPY_MULTINOMIAL as NUMPY_MULTINOMIAL
from benchmarks.rivals.numpy_gaussian import NUMPY_SAMPLES as NUMPY_SAMPLES
from benchmarks.rivals.numpy_gaussian import NUMPY_STATISTICS as NUMPY_STATISTICS
from benchmarks.rivals.numpy_plain import NUMPY_PLAIN_SAMPLES as NUMPY_PLAIN_SAMPLES
from benchmarks.rivals.numpy_plain import NUMPY_PLAIN_STATISTICS as NUMPY_PLAIN_STATISTICS
