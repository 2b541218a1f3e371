"""Exact laws that a result must pass before its time is printed."""

from benchmarks.laws.categorical import diversity_moments as diversity_moments
from benchmarks.laws.check import DELTA as DELTA
from benchmarks.laws.check import Finding as Finding
from benchmarks.laws.check import WrongResult as WrongResult
from benchmarks.laws.check import bernstein_reach as bernstein_reach
from benchmarks.laws.check import check as check
from benchmarks.laws.check import require as require
