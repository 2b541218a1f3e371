"""The questions, one file each; `WORKLOADS` maps identifier to workload."""

from benchmarks.workloads.registry import WORKLOADS as WORKLOADS
