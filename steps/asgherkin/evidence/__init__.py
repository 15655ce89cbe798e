"""The evidence of a scenario: one list of records, of which failures, messages and the page are made."""
