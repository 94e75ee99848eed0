"""Whether the engine is still there: a closed pipe or a refused connection is proof that it isn't."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi_bedrock.host.engine_liveness import Engine


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def exits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where the process would have ended."""
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    return codes


def address(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_listening_engine_is_alive(listener: socket.socket, exits: list[int]) -> None:
    engine = Engine(address(listener))

    engine.exit_if_gone()

    assert engine.present()
    assert exits == []


def test_missing_engine_exits_process(exits: list[int]) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        engine = Engine(address(bound))
        assert not engine.present()
        engine.exit_if_gone()

    assert exits == [1]


def test_other_connection_error_counts_as_alive(monkeypatch: pytest.MonkeyPatch, exits: list[int]) -> None:
    def time_out(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", time_out)

    Engine("127.0.0.1:1").exit_if_gone()

    assert exits == []


@pytest.mark.parametrize("text", [None, "", "nonsense", "127.0.0.1", "127.0.0.1:port"])
def test_missing_address_counts_as_alive(text: str | None, exits: list[int]) -> None:
    Engine(text).exit_if_gone()

    assert exits == []


def test_concurrent_checks_connect_once(listener: socket.socket) -> None:
    engine = Engine(address(listener))
    assert engine.present()
    listener.close()

    assert engine.present()


def test_fresh_check_connects_again(listener: socket.socket) -> None:
    engine = Engine(address(listener))
    assert engine.present()
    listener.close()

    assert not engine.present(fresh=True)


def test_output_without_reader_proves_missing_engine_though_another_process_listens(listener: socket.socket) -> None:
    reader, writer = os.pipe()
    try:
        engine = Engine(address(listener), stdout=writer)
        assert engine.present()
        os.close(reader)

        assert not engine.present()
        assert not engine.present(fresh=True)
    finally:
        os.close(writer)


def test_output_to_file_leaves_decision_to_connection(listener: socket.socket, tmp_path: Path) -> None:
    with (tmp_path / "output").open("w") as output:
        engine = Engine(address(listener), stdout=output.fileno())
        assert engine.present(fresh=True)
        listener.close()

        assert not engine.present(fresh=True)


def test_sleep_checks_engine_afterwards(monkeypatch: pytest.MonkeyPatch, exits: list[int]) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        Engine(address(bound)).sleep(7)

    assert slept == [7]
    assert exits == [1]


def test_dynamic_host_is_detected_by_script_name(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, exits: list[int]
) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        host = str(Path("somewhere", "pulumi", "dynamic", "__main__.py"))
        monkeypatch.setattr(sys, "argv", [host, address(bound)])
        assert not Engine.of_this_process().present()

        monkeypatch.setattr(sys, "argv", ["pytest", address(bound)])
        assert Engine.of_this_process().present()
