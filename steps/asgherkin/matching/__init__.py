"""Compare what came with what a feature expects: pure functions, no input or output."""
