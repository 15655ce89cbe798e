"""How fast asgherkin is, against the same by hand: ratios measured in one run. `python -m benchmarks` prints all."""
