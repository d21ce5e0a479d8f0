"""Sentences of the reports, written from frames; nothing here measures."""
