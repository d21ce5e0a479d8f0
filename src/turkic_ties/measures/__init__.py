"""Measures: functions that turn tables into statistics, frames in and frames out.

Conventions that hold in every module here and are not repeated in each docstring:

- Countries are ISO 3166-1 alpha-3 codes; `country` is the one a report is about, `partner` the
  other side.
- `start` and `end` are years, both included; None leaves that side open.
- Shares run from 0 to 1. Only a column whose name ends in ``_pct`` (percent) or ``_pp`` (percentage
  points) does not.
- A wrong country, a pair of a country with itself, or a start after the end raises a ValueError
  with one clear line.
- Frames are sorted as the docstring says and have the same columns and types with and without rows.

A measure imports no other measure but `common`, draws nothing and reads no file.
"""
