"""Turkic Ties: open data on the relations of the Turkic states, in notebooks that are run again.

Each topic has a module of measures (`turkic_ties.trade`, `turkic_ties.defense`, …).
"""

__version__ = "0.1.0"
