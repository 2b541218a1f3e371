"""Baselines, written as a good engineer would write them: every core, the same record, no framework."""

from benchmarks.rivals.numba_categorical import NUMBA_INDIVIDUALS as NUMBA_INDIVIDUALS
from benchmarks.rivals.numba_gaussian import NUMBA_STATISTICS as NUMBA_STATISTICS
from benchmarks.rivals.numpy_categorical import NUMPY_MULTINOMIAL as NUMPY_MULTINOMIAL
from benchmarks.rivals.numpy_gaussian import NUMPY_SAMPLES as NUMPY_SAMPLES
from benchmarks.rivals.numpy_gaussian import NUMPY_STATISTICS as NUMPY_STATISTICS
