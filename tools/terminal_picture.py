"""Makes docs/three-deployments.svg: what `pulumi up` shows while three deployments wait on a local Bedrock.

    .venv/bin/python tools/terminal_picture.py

The picture is a frame of the real output: Pulumi repaints its rows, and the last frame before a deployment is `Active`
is drawn.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import suppress
from pathlib import Path

from pulumi_bedrock.local import LocalBedrock
from rich.console import Console
from rich.text import Text
from stack import LOCAL_ENDPOINT, STACK, TOP, stack_environment

__all__ = ["main"]

PICTURE = TOP / "docs/three-deployments.svg"
COMMAND = ("pulumi", "up", "--yes", "--skip-preview")
NAMES = ("support-bot", "triage", "summaries")
ACTIVATION_SECONDS = 34
COLUMNS, LINES = 176, 40

PROGRAM = f"""\
import pulumi
import pulumi_bedrock as bedrock

for name in {NAMES}:
    bedrock.CustomModelDeployment(name, model_arn=pulumi.Config().require("modelArn"))
"""

REPAINT = re.compile(r"\r?\x1b\[\d+A")
"""The cursor moves up: a new frame begins."""
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Fonts from another site, which a picture in a page can't load."""
NOT_COLOURS = re.compile(r"\x1b\[(?:K|\?\d+[hl])")


def main() -> None:
    """Run the stack, and draw the frame."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        LocalBedrock.serve(activation_seconds=ACTIVATION_SECONDS, quota_in_progress=len(NAMES)) as local,
    ):
        local.create_custom_model("support-bot-v1")
        output = pulumi_up(Path(folder), local.endpoint_url)
    waiting = [frame for frame in REPAINT.split(output) if is_waiting(frame)]
    if not waiting:
        sys.exit(f"error: no frame shows {len(NAMES)} deployments that are being created:\n{output}")
    draw(NOT_COLOURS.sub("", waiting[-1]).replace("\r", ""))
    print(f"Wrote {PICTURE.relative_to(TOP)}.")


def is_waiting(frame: str) -> bool:
    """Return whether all deployments are being created, and none is `Active` yet."""
    return len(re.findall(r"Deployment .*creating", frame)) == len(NAMES) and "Active after" not in frame


def pulumi_up(folder: Path, endpoint: str) -> str:
    """Return what `pulumi up` writes to a terminal."""
    for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        (folder / name).write_text((TOP / name).read_text().replace(LOCAL_ENDPOINT, endpoint))
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / ".venv").symlink_to(TOP / ".venv")
    environment = {**stack_environment(folder / "pulumi"), "TERM": "xterm-256color"}
    subprocess.run(
        ["pulumi", "stack", "init", STACK], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=True
    )
    terminal, its_end = pty.openpty()
    fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    with subprocess.Popen(COMMAND, cwd=folder, env=environment, stdin=its_end, stdout=its_end, stderr=its_end):
        os.close(its_end)
        written = b""
        with suppress(OSError):  # Linux answers so when the other end is closed
            while part := os.read(terminal, 65536):
                written += part
    os.close(terminal)
    return written.decode()


def draw(frame: str) -> None:
    """Write a frame as SVG, as wide as its longest line."""
    text = Text.from_ansi(f"$ {' '.join(COMMAND)}\n{frame.rstrip()}")
    text.rstrip()
    lines = text.split()
    width = max(len(line.plain.rstrip()) for line in lines)
    console = Console(record=True, width=width + 1, file=io.StringIO(), force_terminal=True, color_system="256")
    for line in lines:
        line.rstrip()
        console.print(line, no_wrap=True, crop=True)
    PICTURE.write_text(FONT.sub("", console.export_svg(title="pulumi up", unique_id="pulumi-up")))


if __name__ == "__main__":
    main()
