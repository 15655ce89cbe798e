"""The comparison of actual with expected values: pure functions, no input or output."""
