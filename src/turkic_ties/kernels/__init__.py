"""Warm kernels: one process imports the libraries of the notebooks, each kernel is a fork of it."""
