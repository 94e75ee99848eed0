"""Benchmark of many deployments at once, against a typical provider, a boto3 script and the floor: `make bench`."""
