"""All workloads in the order in which they run."""

from benchmarks.probe import Probe
from benchmarks.workload import Workload
from benchmarks.workloads.scaling import CORES, SIZES
from benchmarks.workloads.w1 import W1
from benchmarks.workloads.w2 import W2
from benchmarks.workloads.w3 import W3
from benchmarks.workloads.w4 import W4
from benchmarks.workloads.w5 import W5
from benchmarks.workloads.w6 import W6
from benchmarks.workloads.w7 import W7
from benchmarks.workloads.w8 import W8

WORKLOADS: dict[str, Workload | Probe] = {item.identifier: item for item in (W1, W2, W3, W4, W5, W6, W7, W8)}

SCALING: dict[str, Workload | Probe] = {item.identifier: item for item in (SIZES, CORES)}
"""Run by `--scaling` only."""
