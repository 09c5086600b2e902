"""Operations on applications and their versions."""

from __future__ import annotations

import threading
from fnmatch import fnmatch

from botocore.exceptions import ClientError

from standin.beanstalk import bundle
from standin.beanstalk.bundle import BundleError
from standin.beanstalk.records import Application, Version
from standin.beanstalk.scripts import Settings
from standin.beanstalk.store import Store, invalid
from standin.service import Answer, AWSError, Call, Params
from standin.world import World

_QUOTA = 1000


class Versions:
    """Part of the service."""

    world: World
    store: Store

    def CreateApplication(self, call: Call, params: Params) -> Answer:
        name = params["ApplicationName"]
        with self.store.lock:
            if name in self.store.applications:
                raise invalid(f"Application {name} already exists.")
            return {"Application": self._new(name, params.get("Description")).shape()}

    def _new(self, name: str, description: str | None) -> Application:
        now = self.world.clock()
        arn = self.world.arn("elasticbeanstalk", f"application/{name}")
        application = Application(name, arn, description, now, now)
        self.store.applications[name] = application
        return application

    def DescribeApplications(self, call: Call, params: Params) -> Answer:
        wanted = params.get("ApplicationNames")
        with self.store.lock:
            found = [
                each.shape()
                for each in self.store.applications.values()
                if not wanted or each.name in wanted
            ]
        return {"Applications": found}

    def CreateStorageLocation(self, call: Call, params: Params) -> Answer:
        bucket = f"elasticbeanstalk-{self.world.region}-{self.world.account}"
        s3 = self.world.upstream("s3")
        try:
            s3.head_bucket(Bucket=bucket)
        except ClientError:
            where = {"LocationConstraint": self.world.region}
            s3.create_bucket(
                Bucket=bucket,
                **(
                    {} if self.world.region == "us-east-1" else {"CreateBucketConfiguration": where}
                ),
            )
        return {"S3Bucket": bucket}

    def CreateApplicationVersion(self, call: Call, params: Params) -> Answer:
        source = params.get("SourceBundle") or {}
        if not (source.get("S3Bucket") and source.get("S3Key")):
            raise invalid("SourceBundle must name an S3Bucket and an S3Key.")
        settings = Settings.of(self.world)
        with self.store.lock:
            name, label = params["ApplicationName"], params["VersionLabel"]
            if name not in self.store.applications and params.get("AutoCreateApplication"):
                self._new(name, None)
            application = self.store.application(name)
            if label in application.versions:
                raise invalid(f"Application Version {label} already exists.")
            count = sum(len(each.versions) for each in self.store.applications.values())
            quota = int(settings.number("version_quota", _QUOTA))
            if count >= quota:
                raise AWSError(
                    "TooManyApplicationVersionsException",
                    f"You cannot have more than {quota} Application Versions. "
                    "Either remove some Application Versions or request a limit increase.",
                )
            now = self.world.clock()
            version = Version(
                name,
                label,
                self.world.arn("elasticbeanstalk", f"applicationversion/{name}/{label}"),
                params.get("Description"),
                source["S3Bucket"],
                source["S3Key"],
                "PROCESSING" if params.get("Process") else "UNPROCESSED",
                now,
                now,
            )
            content = self.store.content(version)
            application.versions[label] = version
        if params.get("Process"):
            seconds = settings.number("process_seconds", 0)
            timer = threading.Timer(seconds, self._process, (version, content))
            timer.daemon = True
            timer.start()
        return {"ApplicationVersion": version.shape()}

    def _process(self, version: Version, content: bytes) -> None:
        try:
            bundle.validate(content)
            refused = str(Settings.of(self.world).values.get("refused_versions", ""))
            status = "FAILED" if fnmatch(version.label, refused) else "PROCESSED"
        except BundleError:
            status = "FAILED"
        with self.store.lock:
            version.status = status
            version.updated = self.world.clock()

    def DescribeApplicationVersions(self, call: Call, params: Params) -> Answer:
        name, labels = params.get("ApplicationName"), params.get("VersionLabels")
        with self.store.lock:
            found = [
                version.shape()
                for application in self.store.applications.values()
                for version in reversed(application.versions.values())
                if name in (None, application.name) and (not labels or version.label in labels)
            ]
        start = int(params.get("NextToken") or 0)
        end = start + int(
            params.get("MaxRecords") or self.world.settings("elasticbeanstalk").get("page", 100)
        )
        rest = str(end) if end < len(found) else None
        return {"ApplicationVersions": found[start:end], "NextToken": rest}

    def DeleteApplicationVersion(self, call: Call, params: Params) -> Answer:
        name, label = params["ApplicationName"], params["VersionLabel"]
        with self.store.lock:
            application = self.store.application(name)
            version = application.versions.get(label)
            if version is None:
                return None
            users = [
                each.name
                for each in self.store.environments()
                if each.application == name and each.status != "Terminated" and each.uses(label)
            ]
            if users:
                raise AWSError(
                    "OperationInProgressFailure",
                    f"Unable to delete application version {label}: it is deployed to "
                    f"{', '.join(users)}.",
                )
            del application.versions[label]
        if params.get("DeleteSourceBundle"):
            self.world.upstream("s3").delete_object(Bucket=version.bucket, Key=version.key)
        return None
