"""Plain values that every side shares: configuration, tags, durations and redaction.."""
