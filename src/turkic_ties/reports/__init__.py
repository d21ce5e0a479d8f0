"""From a request to a published report: plan, run, render, publish."""

from turkic_ties import _startup  # noqa: F401  before anything imports nbformat
