"""The questions, one file each; `WORKLOADS` and `SCALING` map identifier to workload."""

from benchmarks.workloads.registry import SCALING as SCALING
from benchmarks.workloads.registry import WORKLOADS as WORKLOADS
