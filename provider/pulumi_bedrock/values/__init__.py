"""Plain values that all sides share: ARNs, configuration, durations, redaction and tags. Loads no boto3."""
