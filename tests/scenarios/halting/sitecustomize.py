"""On PYTHONPATH of a `pulumi` command: the dynamic host halts at one of its points, until it is killed or let go."""

import os
import sys

if "pulumi.dynamic" in sys.orig_argv and os.environ.get("HALT_AT"):
    from halt import Halt

    Halt(os.environ["HALT_AT"], os.environ["HALT_FOLDER"]).install()
