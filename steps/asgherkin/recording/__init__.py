"""What a run did, put down while it runs, and handed to the outputs that were asked for."""
