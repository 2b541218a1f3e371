"""All workloads in the order in which they run."""

from benchmarks.workload import Workload
from benchmarks.workloads.w1 import W1
from benchmarks.workloads.w2 import W2
from benchmarks.workloads.w3 import W3
from benchmarks.workloads.w4 import W4
from benchmarks.workloads.w5 import W5

WORKLOADS: dict[str, Workload] = {workload.identifier: workload for workload in (W1, W2, W3, W4, W5)}
