"""Feature files as pytest items: collect, find the definition of each step, run. Knows no HTTP."""
