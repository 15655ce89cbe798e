"""What came about in a scenario: one list of records, from which failures, messages and the page are made."""
