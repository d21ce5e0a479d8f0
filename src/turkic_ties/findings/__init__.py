"""Sentences that a notebook shows, written from frames where that needs logic.

A module per topic: typed functions from the frames of its measures to a title or a finding. They
import words and names of countries, and nothing that measures.
"""
