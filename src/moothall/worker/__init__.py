"""The loop that claims due jobs, runs them and applies the retry policy."""
