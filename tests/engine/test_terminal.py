"""What a person sees while `pulumi up` waits: in a terminal, in CI, and in the events of the Automation API.

`docs/what-you-see.md` holds what these commands showed; each block there is compared with what they show now.
"""

from __future__ import annotations

import re
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Stack
from engine.terminal import Terminal
from pulumi import automation
from pulumi_bedrock.local import LocalBedrock

PAGE = (Path(__file__).parents[2] / "docs/what-you-see.md").read_text()
MANY = """
for number in range(20):
    bedrock.CustomModelDeployment(f"bot-{{number:02}}", model_arn="{}")
"""
DIAGNOSTICS_LINES = 5
"""Lines that a successful run may leave to read."""


def documented(command: str) -> list[str]:
    """Return the blocks of the page that begin with a command, each without that line."""
    return [block for first, block in re.findall(r"```text\n\$ (.+)\n((?:.*\n)*?)```", PAGE) if first == command]


def comparable(shown: str) -> list[str]:
    """Return lines without what differs from run to run: order, names, IDs, seconds, and the widths of columns."""
    text = re.sub(r"\b[0-9a-z]{12}\b|(?<=-)[0-9a-f]{7}\b", "…", shown.replace("engine-test-dev", "shop-dev"))
    text = re.sub(r"(of 60 min\)): \S*", r"\1", text)  # a narrow column cuts the name
    text = re.sub(r"\d+(\.\d+)?( ?s\b)", r"0\2", re.sub(r"(?<=\))\.+", "", text))
    return sorted(" ".join(line.replace("└─", "├─").split()) for line in text.strip().splitlines())


def comparable_messages(shown: str) -> list[str]:
    """Return the messages of the rows, comparable, without the names: any deployment may come first."""
    return comparable("\n".join(re.findall(r"(?:Creating, waiting for Active|waiting for a slot) \(.*?\)", shown)))


def diagnostics(shown: str) -> list[str]:
    """Return the lines between `Diagnostics:` and the next heading."""
    found = re.search(r"^Diagnostics:\n((?:  .*\n|\n(?= ))*)", shown, re.M)
    return found[1].splitlines() if found else []


@pytest.mark.usefixtures("no_quotas")
@pytest.mark.parametrize("count", [1, 20])
def test_terminal_shows_progress_in_row_of_each_deployment(
    stack: Stack, local: LocalBedrock, model: str, count: int
) -> None:
    local.set_activation(manual=True)
    if count == 1:
        stack.declare(model_arn=model)
    else:
        stack.program(MANY.format(model))
    waiting: list[str] = []

    def activate(frame: str) -> None:
        if not waiting and frame.count("Creating, waiting for Active") == count:
            waiting.append(frame)
            local.set_activation(seconds=0)

    terminal = Terminal(columns=150)
    shown = terminal.run(stack, "up", "--yes", "--skip-preview", "--parallel", "32", on_frame=activate)

    assert waiting, terminal.text
    during, after = documented(f"pulumi up   # {count}")
    assert comparable(waiting[0]) == comparable(during)
    assert comparable(shown) == comparable(after)
    assert len(diagnostics(shown)) <= DIAGNOSTICS_LINES


@pytest.mark.usefixtures("no_quotas")
def test_ci_shows_one_line_for_each_message(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.set_activation(manual=True)
    stack.program(MANY.format(model))
    stack._write_config()
    lines: list[str] = []
    command = stack.command("up", "--yes", "--skip-preview", "--parallel", "32")
    with subprocess.Popen(
        command, cwd=stack.work, env=stack.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as cli:
        assert cli.stdout is not None
        for line in cli.stdout:
            lines.append(line.rstrip())
            if sum("Creating, waiting for Active" in line for line in lines) == 20:
                local.set_activation(seconds=0)

    assert cli.returncode == 0, lines
    assert diagnostics("\n".join(lines)) == []
    rows = [line for line in lines if f"{DEPLOYMENT} bot-07 " in line]
    assert comparable("\n".join(rows)) == comparable(documented("pulumi up --non-interactive   # 20")[0])
    assert len([line for line in lines if f"{DEPLOYMENT} bot-" in line]) == 20 * len(rows)

    # In two minutes, "Creating" comes three times more: `test_wait_of_two_minutes_shows_four_lines`.
    long = re.search(r"```text\n((?: .* bot-00 .*\n)+)```", PAGE)
    assert long
    wait = long[1].replace("bot-00", "bot-07").replace("Active after 2 min", "Active after 128 s")
    assert comparable(wait) == sorted(comparable("\n".join([*rows, *3 * [rows[1]]])))
    total = re.search(r"made (\d+) lines in .*, of which (\d+) are the engine's own", PAGE)
    assert total
    others = [line for line in lines if "bot-" not in line and not line.startswith("@ updating")]
    assert int(total[1]) - int(total[2]) == 20 * len(wait.splitlines()) + len(others), others


def test_rows_show_places_in_queue_for_slot(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.set_activation(manual=True)
    stack.program(MANY.format(model).replace("20", "8"))
    (during,) = documented("pulumi up   # 8")
    seen: list[str] = []

    def activate(frame: str) -> None:
        if comparable_messages(frame) == comparable_messages(during):
            seen.append(frame)
            local.set_activation(seconds=0)

    terminal = Terminal(columns=180)
    give_up = threading.Timer(90, lambda: local.set_activation(seconds=0))  # else a failing test would hang
    give_up.start()
    terminal.run(stack, "up", "--yes", "--skip-preview", "--parallel", "32", on_frame=activate)
    give_up.cancel()

    assert "waiting for a slot (AWS allows 2 at a time, 5 before this one): bot-" in during
    assert seen, terminal.text


def test_automation_events_name_the_resource_of_each_message(
    stack: Stack, local: LocalBedrock, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", stack.environment["PATH"])
    local.set_activation(seconds=1)
    stack.declare(model_arn=model)
    stack._write_config()
    workspace = automation.LocalWorkspaceOptions(env_vars=stack.environment)
    found: list[Any] = []
    lock = threading.Lock()

    def take(event: automation.EngineEvent) -> None:
        if event.diagnostic_event is not None and event.diagnostic_event.severity != "debug":
            with lock:
                found.append(event.diagnostic_event)

    automation.select_stack(stack.name, work_dir=str(stack.work), opts=workspace).up(on_event=take)

    urn = f"urn:pulumi:dev::engine-test::{DEPLOYMENT}::support-bot"
    assert {(event.urn, event.ephemeral) for event in found} == {(urn, True)}
    assert [re.sub(r"\W.*", "", event.message, flags=re.S) for event in found] == ["Creating", "Active"]
