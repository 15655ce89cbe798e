"""What a run tells: evidence without secrets. Knows only what it is handed."""
