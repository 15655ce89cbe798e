"""What one scenario holds while it runs: its client, the last response, variables, evidence."""
