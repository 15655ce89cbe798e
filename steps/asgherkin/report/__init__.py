"""Reports on a run: its messages, and the summary, the page and the history that are made of them."""
