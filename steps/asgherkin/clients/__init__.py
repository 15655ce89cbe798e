"""The ways to reach an app: one port, an adapter a client; transport, lifespan, loop. Knows no Gherkin."""
