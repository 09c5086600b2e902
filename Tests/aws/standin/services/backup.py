"""AWS Backup: on-demand jobs that take their time, and the recovery points they leave.

MiniStack, which keeps vaults and plans, completes each job at once and lists no recovery points.

Settings, read when a job begins:
    job_takes   seconds from CREATED over RUNNING to the end (0)
    outcome     the state at the end: "COMPLETED", "FAILED", "EXPIRED" ("COMPLETED")
    message     the StatusMessage of a job that did not complete
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from standin.service import AWSError, Call, Params, Service
from standin.services.forwarding import forward
from standin.services.paging import page

if TYPE_CHECKING:
    from standin.world import World

_ENDED = ("COMPLETED", "FAILED", "EXPIRED", "ABORTED")
_PAGE = 1000


@dataclass
class Job:
    """A backup job; it runs from a tenth of its time on."""

    id: str
    params: Params
    vault_arn: str
    recovery_point: str
    created: datetime
    takes: float
    outcome: str
    message: str
    began: float = field(default_factory=time.monotonic)
    aborted: bool = False

    @property
    def progress(self) -> float:
        return min(1.0, (time.monotonic() - self.began) / self.takes) if self.takes else 1.0

    @property
    def state(self) -> str:
        if self.aborted:
            return "ABORTED"
        if self.progress >= 1:
            return self.outcome
        return "RUNNING" if self.progress >= 0.1 else "CREATED"

    @property
    def ended(self) -> datetime:
        return self.created + timedelta(seconds=self.takes)


class Backup(Service):
    """Jobs and recovery points."""

    name = "backup"

    def __init__(self, world: World):
        super().__init__(world)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def StartBackupJob(self, call: Call, params: Params) -> Params:
        vault = {"BackupVaultName": params["BackupVaultName"]}
        arn = forward(self.world, "backup", "DescribeBackupVault", vault)["BackupVaultArn"]
        settings, token = self.settings, params.get("IdempotencyToken")
        with self._lock:
            for known in self._jobs.values():
                if token is not None and known.params.get("IdempotencyToken") == token:
                    return _started(known)
            job = Job(
                id=str(uuid.uuid4()).upper(),
                params=params,
                vault_arn=arn,
                recovery_point=self.world.arn("backup", f"recovery-point:{uuid.uuid4()}"),
                created=self.world.clock(),
                takes=float(settings.get("job_takes", 0)),
                outcome=settings.get("outcome", "COMPLETED"),
                message=settings.get("message", ""),
            )
            self._jobs[job.id] = job
        return _started(job)

    def DescribeBackupJob(self, call: Call, params: Params) -> Params:
        job = self._job(params)
        return self._told(job) | {"RecoveryPointArn": job.recovery_point}

    def ListBackupJobs(self, call: Call, params: Params) -> Params:
        with self._lock:
            jobs = [self._told(each) for each in self._jobs.values()]
        for name, member in (
            ("ByResourceArn", "ResourceArn"),
            ("ByState", "State"),
            ("ByBackupVaultName", "BackupVaultName"),
        ):
            if name in params:
                jobs = [each for each in jobs if each[member] == params[name]]
        return page(jobs, params, "BackupJobs", _PAGE)

    def StopBackupJob(self, call: Call, params: Params) -> Params:
        job = self._job(params)
        if job.state in _ENDED:
            raise AWSError("InvalidRequestException", f"The job is already {job.state}")
        job.aborted = True
        return {}

    def ListRecoveryPointsByResource(self, call: Call, params: Params) -> Params:
        points = [
            {
                "RecoveryPointArn": job.recovery_point,
                "CreationDate": job.created,
                "Status": "COMPLETED",
                "BackupVaultName": job.params["BackupVaultName"],
                "IsParent": False,
            }
            for job in self._completed()
            if job.params["ResourceArn"] == params["ResourceArn"]
        ]
        return page(points, params, "RecoveryPoints", _PAGE)

    def ListRecoveryPointsByBackupVault(self, call: Call, params: Params) -> Params:
        points = [
            self._point(job)
            for job in self._completed()
            if job.params["BackupVaultName"] == params["BackupVaultName"]
            and params.get("ByResourceArn", job.params["ResourceArn"]) == job.params["ResourceArn"]
        ]
        return page(points, params, "RecoveryPoints", _PAGE)

    def DescribeRecoveryPoint(self, call: Call, params: Params) -> Params:
        for job in self._completed():
            if job.recovery_point == params["RecoveryPointArn"]:
                return self._point(job)
        raise AWSError("ResourceNotFoundException", "Recovery point does not exist.")

    # Inside.

    def _job(self, params: Params) -> Job:
        with self._lock:
            found = self._jobs.get(params["BackupJobId"])
        if found is None:
            raise AWSError("ResourceNotFoundException", "Backup job does not exist.")
        return found

    def _completed(self) -> list[Job]:
        with self._lock:
            return [each for each in self._jobs.values() if each.state == "COMPLETED"]

    def _told(self, job: Job) -> Params:
        state = job.state
        told = {
            "AccountId": self.world.account,
            "BackupJobId": job.id,
            "BackupVaultName": job.params["BackupVaultName"],
            "BackupVaultArn": job.vault_arn,
            "ResourceArn": job.params["ResourceArn"],
            "ResourceType": "EFS",
            "IamRoleArn": job.params["IamRoleArn"],
            "CreationDate": job.created,
            "State": state,
            "PercentDone": f"{job.progress * 100:.1f}",
        }
        if state in _ENDED:
            told["CompletionDate"] = job.ended
            if state != "COMPLETED":
                told["StatusMessage"] = job.message
        return told

    def _point(self, job: Job) -> Params:
        return {
            "RecoveryPointArn": job.recovery_point,
            "BackupVaultName": job.params["BackupVaultName"],
            "BackupVaultArn": job.vault_arn,
            "ResourceArn": job.params["ResourceArn"],
            "ResourceType": "EFS",
            "IamRoleArn": job.params["IamRoleArn"],
            "CreationDate": job.created,
            "CompletionDate": job.ended,
            "Status": "COMPLETED",
        }


def _started(job: Job) -> Params:
    return {
        "BackupJobId": job.id,
        "RecoveryPointArn": job.recovery_point,
        "CreationDate": job.created,
        "IsParent": False,
    }
