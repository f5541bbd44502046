"""Measures the engine against its peers, on models of several sizes and types.

    python -m benchmarks.engine                                       everything: hours on two cores
    python -m benchmarks.engine --models tiny 30M --types bf16 4-bit --blas on --cycles 100

Each cell (model, type, BLAS) is a process of its own, because a BLAS is chosen before mlx is
imported. Within a cell all contestants take turns, so that a noisy machine is noisy for all, and
medians are compared: ratios are what counts. Markdown goes to standard output.
"""
