"""Sentences of the reports that need logic, one module per topic: frames in, a sentence out."""
