"""On PYTHONPATH of a `pulumi` command: the dynamic host writes down what the engine sends to it."""

import os
import sys

if "pulumi.dynamic" in sys.orig_argv and os.environ.get("ENGINE_CALLS"):
    from engine_calls import Gate, Recorder
    from pulumi.runtime.proto import provider_pb2_grpc as grpc_side

    add = grpc_side.add_ResourceProviderServicer_to_server
    recorder = Recorder(os.environ["ENGINE_CALLS"], Gate(float(os.environ["ENGINE_CALLS_QUIET"])))

    def add_recorded(servicer: object, server: object) -> None:
        recorder.watch(servicer)
        add(servicer, server)

    grpc_side.add_ResourceProviderServicer_to_server = add_recorded
