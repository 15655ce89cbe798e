"""What is secret, and masking of texts and of data."""
