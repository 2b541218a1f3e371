"""Measured against exact, over every combination of the registry, and the mutants that must be caught.

The verdict on each record is reached at generation T on kept replicates, with bounds that hold at any sample size.
"""
