"""EC2 instances that take their time: MiniStack keeps the records, the states are ours.

An instance that is running has a machine (`machine.Machine`) for the commands that SSM sends.

Settings:
    start_takes     seconds in "pending", after RunInstances and StartInstances (0)
    stop_takes      seconds in "stopping" and "shutting-down" (0)
    never_running   an instance that starts stays in "pending"
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from standin.service import AWSError, Call, Params, Service
from standin.services.forwarding import forward
from standin.services.machine import Machine

if TYPE_CHECKING:
    from standin.world import World

_CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}
_STATE_FILTERS = ("instance-state-name", "instance-state-code")


@dataclass
class Instance:
    """Where an instance is on its way from one state to the next."""

    id: str
    machine: Machine
    during: str
    then: str
    takes: float
    began: float = field(default_factory=time.monotonic)

    @property
    def state(self) -> str:
        return self.then if time.monotonic() - self.began >= self.takes else self.during

    @property
    def up_for(self) -> float | None:
        """Seconds since it has been running; None while it is not."""
        if self.state != "running":
            return None
        return time.monotonic() - self.began - self.takes

    def move(self, during: str, then: str, takes: float) -> None:
        self.during, self.then, self.takes = during, then, takes
        self.began = time.monotonic()


class Instances(Service):
    """Starting, stopping and looking at instances."""

    name = "ec2"

    def __init__(self, world: World):
        super().__init__(world)
        self._lock = threading.RLock()
        self._instances: dict[str, Instance] = {}

    # What other services and the framework ask.

    def running(self, instance_id: str) -> Instance | None:
        """The instance, if it is running."""
        found = self._instances.get(instance_id)
        return found if found and found.state == "running" else None

    def known(self) -> list[Instance]:
        """All instances that have been started here."""
        with self._lock:
            return list(self._instances.values())

    def paid(self) -> list[dict[str, str]]:
        """A stopped instance is not paid for, one that is still stopping is."""
        return [
            {"kind": "instance", "id": each.id, "state": each.state}
            for each in self.known()
            if each.state in ("pending", "running", "stopping")
        ]

    def stop(self) -> None:
        for each in self.known():
            each.machine.end()

    # Operations.

    def RunInstances(self, call: Call, params: Params) -> Params:
        made = forward(self.world, "ec2", "RunInstances", params)
        with self._lock:
            for record in made["Instances"]:
                instance_id = record["InstanceId"]
                folder = self.world.folder("instances", instance_id)
                machine = Machine(self.world, instance_id, folder)
                moving = Instance(instance_id, machine, "pending", "running", self._start_takes())
                self._instances[instance_id] = moving
                record["State"] = _state("pending")
        return made

    def StartInstances(self, call: Call, params: Params) -> Params:
        return {"StartingInstances": self._change(params, "stopped", "pending", "running")}

    def StopInstances(self, call: Call, params: Params) -> Params:
        return {"StoppingInstances": self._change(params, "running", "stopping", "stopped")}

    def TerminateInstances(self, call: Call, params: Params) -> Params:
        changes = self._change(params, None, "shutting-down", "terminated")
        return {"TerminatingInstances": changes}

    def DescribeInstances(self, call: Call, params: Params) -> Params:
        filters, params = _without_state_filters(params)
        found = forward(self.world, "ec2", "DescribeInstances", params)
        for reservation in found["Reservations"]:
            for record in reservation["Instances"]:
                self._tell(record, "State")
            reservation["Instances"] = [
                record for record in reservation["Instances"] if _passes(record["State"], filters)
            ]
        found["Reservations"] = [each for each in found["Reservations"] if each["Instances"]]
        return found

    def DescribeInstanceStatus(self, call: Call, params: Params) -> Params:
        filters, params = _without_state_filters(params)
        include_all = params.get("IncludeAllInstances", False)
        asked = {**params, "IncludeAllInstances": True}
        found = forward(self.world, "ec2", "DescribeInstanceStatus", asked)
        for record in found["InstanceStatuses"]:
            self._tell(record, "InstanceState")
        found["InstanceStatuses"] = [
            record
            for record in found["InstanceStatuses"]
            if _passes(record["InstanceState"], filters)
            and (include_all or record["InstanceState"]["Name"] == "running")
        ]
        return found

    # Inside.

    def _change(
        self, params: Params, from_state: str | None, during: str, then: str
    ) -> list[Params]:
        changes = []
        with self._lock:
            instances = [self._instance(each) for each in params["InstanceIds"]]
            for each in instances:
                # Starting what runs and stopping what is stopped are accepted and change nothing.
                if each.state in (during, then):
                    continue
                if each.state == "terminated" or (from_state and each.state != from_state):
                    raise AWSError(
                        "IncorrectInstanceState",
                        f"The instance '{each.id}' is not in a state from which it can be "
                        f"{'started' if then == 'running' else then}.",
                    )
            for each in instances:
                before = each.state
                if before not in (during, then):
                    takes = self._start_takes()
                    if then != "running":
                        each.machine.end()
                        takes = float(self.settings.get("stop_takes", 0))
                    each.move(during, then, takes)
                    now = during
                else:
                    now = before
                changes.append(
                    {
                        "InstanceId": each.id,
                        "PreviousState": _state(before),
                        "CurrentState": _state(now),
                    }
                )
        return changes

    def _start_takes(self) -> float:
        settings = self.settings
        if settings.get("never_running"):
            return float("inf")
        return float(settings.get("start_takes", 0))

    def _instance(self, instance_id: str) -> Instance:
        found = self._instances.get(instance_id)
        if found is None:
            raise AWSError(
                "InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist"
            )
        return found

    def _tell(self, record: Params, name: str) -> None:
        known = self._instances.get(record["InstanceId"])
        if known is not None:
            record[name] = _state(known.state)


def _state(name: str) -> Params:
    return {"Code": _CODES[name], "Name": name}


def _without_state_filters(params: Params) -> tuple[list[Params], Params]:
    """The filters by state, which MiniStack cannot answer, and the call without them."""
    filters = params.get("Filters", [])
    own = [each for each in filters if each["Name"] in _STATE_FILTERS]
    others = [each for each in filters if each["Name"] not in _STATE_FILTERS]
    return own, {**params, "Filters": others}


def _passes(state: Params, filters: list[Params]) -> bool:
    values = {"instance-state-name": state["Name"], "instance-state-code": str(state["Code"])}
    return all(values[each["Name"]] in each["Values"] for each in filters)
