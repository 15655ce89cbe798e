"""Recording of a run: scenarios as they run, the journals of workers, the outputs, the steps in the terminal."""
