"""Warm kernels: one process imports what the notebooks import, and each kernel is forked from it."""
