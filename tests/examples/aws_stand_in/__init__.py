"""A stand-in for the pulumi-aws plugin: just the resources that examples use, on moto instead of AWS.

The real plugin is a program that comes from the internet, and tests are on the loopback only. With this one on PATH the
rest is real: Pulumi's engine, the pulumi_aws SDK, boto3 over HTTP. So what a preview doesn't know yet, in which order a
replacement goes and who depends on whom are the engine's own doing. It answers as pulumi-aws does where the examples
can see it: automatic names, outputs that are unknown until made, properties that force a replacement.
"""
