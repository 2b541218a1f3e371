"""What W1 costs from a cold start in NumPy: `python plain_script.py K N T R THREADS`; imports nothing of ours."""

import concurrent.futures
import json
import sys

import numpy as np


def block(generator, target, num_samples, num_generations, num_replicates):
    """Entropy and diversity by generation, summed over the replicates of a block."""
    share = np.arange(num_samples + 1) / num_samples
    surprise = -share * np.log(np.where(share > 0, share, 1.0))
    probs = np.tile(target, (num_replicates, 1))
    sums = []
    for _ in range(num_generations):
        counts = generator.multinomial(num_samples, probs)
        probs = counts / num_samples
        sums.append((surprise[counts].sum(), num_replicates - np.einsum("rk,rk->", probs, probs)))
    return np.array(sums)


def main(support_size, num_samples, num_generations, num_replicates, num_threads):
    """Print the mean diversity of the last generation."""
    weights = 1.0 / np.arange(1, support_size + 1)
    target = weights / weights.sum()
    # A core's second-level cache holds about 640 replicates of 100 types; no thread may stay idle.
    width = max(1, min(2**16 // support_size, -(-num_replicates // num_threads)))
    sizes = [min(width, num_replicates - first) for first in range(0, num_replicates, width)]
    generators = [np.random.Generator(np.random.SFC64(s)) for s in np.random.SeedSequence(0).spawn(len(sizes))]
    with concurrent.futures.ThreadPoolExecutor(num_threads) as pool:
        work = [
            pool.submit(block, generator, target, num_samples, num_generations, size)
            for generator, size in zip(generators, sizes, strict=True)
        ]
        total = np.sum([future.result() for future in work], axis=0)
    print(json.dumps({"diversity": float(total[-1, 1] / num_replicates)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
