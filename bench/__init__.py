"""Benchmarks: each first measures its ceiling in the same run on the same cores, then the product."""
