"""For all tests: pytest's own fixture that runs pytest in a folder of its own."""

pytest_plugins = ["pytester"]
