"""Side-by-side timings of `zenil_dynamics` and its rivals; run with `python -m benchmarks`."""
