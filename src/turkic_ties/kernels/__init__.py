"""Warm kernels: one process imports what notebooks import, each kernel is a fork of it."""
