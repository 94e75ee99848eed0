"""Drives a situation through the engine model, with the provider in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dynamic_host import MAKERS, DynamicHost
from fake_clock import FakeClock
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.host.process import Process
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import Kind
from recordings.driver import Driver
from recordings.recorder.engine_calls import Recorder
from stateful.engine_model import Engine

__all__ = ["ModelDriver"]


class ModelDriver(Driver):
    """A stack of the engine model."""

    def __init__(self, local: LocalBedrock, log: Path) -> None:
        super().__init__(local, log)
        self._recorder = Recorder(log)
        self._clients = Clients(AwsConfiguration(region="us-east-1", max_retries=0))
        self._engine = Engine(self._start_host, self._serves, on_hold=lambda key: self._recorder.hold(*key))

    def taint(self, name: str) -> None:
        """`pulumi state taint`."""
        self._engine.taint(name)

    def rename(self, old: str, new: str) -> None:
        """`pulumi state rename`."""
        self._engine.rename(old, new)

    def move(self, name: str) -> None:
        """`pulumi state move`: the other stack has only this resource."""
        self._engine.state = {name: self._engine.state[name]}
        self._engine.stack = "other"

    def twin(self, name: str) -> None:
        """Put a resource into the state a second time."""
        self._engine.twin(name)

    def _command(self, name: str, flags: dict[str, Any]) -> bool:
        return bool(getattr(self._engine, name)(*[self.program] * (name == "up"), **flags))

    def _start_host(self, kind: Kind, process: Process | None) -> DynamicHost:
        config = {"aws:region": "us-east-1", "aws:maxRetries": "0"}
        host = DynamicHost(config, make=MAKERS[kind], process=process)
        provider: Any = host.provider
        provider.clock, provider.report = FakeClock().clock, lambda _line: None
        host.process.clients = self._clients
        self._recorder = Recorder(self._log)
        self._recorder.watch(host._servicer)
        return host

    def _serves(self, arn: str) -> bool:
        active = [live["customModelDeploymentArn"] for live in self.local.deployments() if live["status"] == "Active"]
        return arn in active
