"""Open data on the relations of the Turkic states, in notebooks that are run again with every update."""

__version__ = "0.1.0"
