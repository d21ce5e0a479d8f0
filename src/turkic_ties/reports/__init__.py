"""From a request to a published report: plan, run, render, publish."""
