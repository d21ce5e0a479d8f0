"""New figures from the publishers: fetch, check, compare, hand over, or keep what there is."""
