"""The state of a scenario while it runs: its app and client, requests, responses, variables, evidence."""
