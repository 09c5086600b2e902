"""Deployments without containers: hooks, versions, clients."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from beanstalk_case import BeanstalkCase
from sites import APPLICATION, ENVIRONMENT
from support import archive


class Deployments(BeanstalkCase):
    """What deploying does."""

    def test_a_version_runs_over_its_slot(self) -> None:
        address = self.site.environment()["CNAME"]
        for label, number, manifest, slot in (("s1", 1, "aaaa", "a"), ("s2", 2, "bbbb", "b")):
            self.site.deploy(self.release(label, number, manifest, slot))
            environment = self.site.environment()
            self.assertEqual(environment["VersionLabel"], label)
            self.assertEqual((environment["Health"], environment["CNAME"]), ("Green", address))
            status, body = self.site.get("/health")
            self.assertEqual(status, 200)
            self.assertEqual(json.loads(body)["release"], str(number))
            self.assertEqual(self.site.get("/file.txt"), (200, f"data of {manifest}".encode()))
            (instance,) = self.site.instances()
            self.assertEqual(instance["Deployment"]["VersionLabel"], label)
            self.assertEqual(instance["Deployment"]["Status"], "Deployed")
        self.assertEqual(self.site.get("/no-such")[0], 404)

    def test_settings_of_one_environment_leave_those_of_another(self) -> None:
        self.addCleanup(
            self.standin.control, "POST", "world", {"elasticbeanstalk": {"environments": None}}
        )

        def lay(**environments: object) -> object:
            wanted = {"elasticbeanstalk": {"environments": environments}}
            return self.standin.control("POST", "world", wanted)["elasticbeanstalk"]["environments"]

        lay(one={"filesystem": "fs-1", "grey_seconds": 2}, two={"filesystem": "fs-2"})
        # What is laid over an environment is all of its own.
        self.assertEqual(
            lay(one={"filesystem": "fs-3"}),
            {"one": {"filesystem": "fs-3"}, "two": {"filesystem": "fs-2"}},
        )
        self.assertEqual(lay(two=None), {"one": {"filesystem": "fs-3"}})

    def test_hooks_run_in_order_over_the_file_system(self) -> None:
        self.standin.run("rm", "-f", str(self.standin.state / "efs/fs-1/order"))
        line = '#!/bin/sh\necho "{} $(basename "$PWD") $PIPELINE_RELEASE" >>/efs/order\n'
        names = ("prebuild/01.sh", "predeploy/01_b.sh", "predeploy/00_a.sh", "postdeploy/x.sh")
        files = {f".platform/hooks/{name}": line.format(name) for name in names}
        self.site.version("hooks", self.site.bundle(7, "aaaa", "a", files))
        self.assertEqual(self.site.deploy("hooks")["VersionLabel"], "hooks")
        expected = [
            "prebuild/01.sh staging 7",
            "predeploy/00_a.sh staging 7",
            "predeploy/01_b.sh staging 7",
            "postdeploy/x.sh current 7",
        ]
        found = (self.standin.state / "efs/fs-1/order").read_text().splitlines()
        self.assertEqual(found, expected)

    def test_a_hook_that_fails_leaves_what_was_there(self) -> None:
        self.site.deploy(self.release("good"))
        check = "#!/bin/sh\ntest -e /efs/a/no-such || { echo the slot is not ours; exit 3; }\n"
        files = {".platform/hooks/predeploy/check.sh": check}
        self.site.version("refusing", self.site.bundle(9, "aaaa", "a", files))
        environment = self.site.deploy("refusing")
        self.assertEqual(environment["VersionLabel"], "good")
        self.assertEqual(environment["Health"], "Green")
        self.assertIn("the slot is not ours", self.site.messages())
        (instance,) = self.site.instances()
        self.assertEqual(instance["Deployment"]["Status"], "Failed")
        self.assertEqual(json.loads(self.site.get("/health")[1])["release"], "1")

    def test_a_hook_must_be_executable(self) -> None:
        self.site.deploy(self.release("before"))
        bundle = archive(
            {
                "Dockerrun.aws.json": json.dumps(
                    {"AWSEBDockerrunVersion": "1", "Image": {"Name": self.site.image}}
                ),
                ".platform/hooks/prebuild/x.sh": "#!/bin/sh\n",
            }
        )
        self.site.version("not-executable", bundle)
        self.assertEqual(self.site.deploy("not-executable")["VersionLabel"], "before")
        self.assertIn("not executable", self.site.messages())

    def test_an_image_that_is_not_there_fails_the_deployment(self) -> None:
        self.site.deploy(self.release("with-image"))
        image, self.site.image = self.site.image, f"{self.standin.registry}/no/image:v1"
        self.addCleanup(setattr, self.site, "image", image)
        self.release("without-image")
        self.site.image = image
        self.assertEqual(self.site.deploy("without-image")["VersionLabel"], "with-image")
        self.assertIn("Failed to pull", self.site.messages())

    def test_options_restart_the_container_with_them(self) -> None:
        self.site.deploy(self.release("options"))
        option = {
            "Namespace": "aws:elasticbeanstalk:application:environment",
            "OptionName": "PIPELINE_IMAGE",
            "Value": "by option",
        }
        self.site.beanstalk.update_environment(EnvironmentName=ENVIRONMENT, OptionSettings=[option])
        self.assertEqual(self.site.ready()["VersionLabel"], "options")
        self.assertEqual(json.loads(self.site.get("/health")[1])["image"], "by option")
        settings = self.site.beanstalk.describe_configuration_settings(
            ApplicationName=APPLICATION, EnvironmentName=ENVIRONMENT
        )["ConfigurationSettings"][0]["OptionSettings"]
        values = {each["OptionName"]: each.get("Value") for each in settings}
        self.assertEqual(values["PIPELINE_IMAGE"], "by option")
        self.assertEqual(values["PIPELINE_MANIFEST"], "aaaa")

    def test_changed_options_run_other_hooks(self) -> None:
        files = {
            ".platform/hooks/predeploy/x.sh": "#!/bin/sh\necho deployed >>/efs/kinds\n",
            ".platform/confighooks/predeploy/x.sh": "#!/bin/sh\necho configured >>/efs/kinds\n",
        }
        self.site.version("kinds", self.site.bundle(1, "aaaa", "a", files))
        self.site.deploy("kinds")
        option = {"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "1"}
        self.site.beanstalk.update_environment(EnvironmentName=ENVIRONMENT, OptionSettings=[option])
        self.site.ready()
        self.site.beanstalk.restart_app_server(EnvironmentName=ENVIRONMENT)
        self.site.ready()
        found = (self.standin.state / "efs/fs-1/kinds").read_text().split()
        self.assertEqual(found, ["deployed", "configured"])
        self.assertEqual(self.site.get("/health")[0], 200)

    def test_a_lost_instance_comes_back_with_the_version(self) -> None:
        self.site.deploy(self.release("replaced"))
        before = self.site.instances()[0]["InstanceId"]
        self.set("elasticbeanstalk", replace_instance=ENVIRONMENT)
        self.site.ready()
        (instance,) = self.site.instances()
        self.assertNotEqual(instance["InstanceId"], before)
        self.assertEqual(instance["Deployment"]["VersionLabel"], "replaced")
        self.assertEqual(self.site.get("/health")[0], 200)

    def test_logs_are_at_an_address(self) -> None:
        self.site.deploy(self.release("logs"))
        self.site.beanstalk.request_environment_info(EnvironmentName=ENVIRONMENT, InfoType="tail")
        (info,) = self.site.beanstalk.retrieve_environment_info(
            EnvironmentName=ENVIRONMENT, InfoType="tail"
        )["EnvironmentInfo"]
        with urllib.request.urlopen(info["Message"]) as answer:
            self.assertIn(b"deploying logs", answer.read())
        self.set("elasticbeanstalk", logs_expire=True)
        self.addCleanup(self.set, "elasticbeanstalk", logs_expire=None)
        with self.assertRaisesRegex(urllib.error.HTTPError, "403"):
            urllib.request.urlopen(info["Message"])


class Versions(BeanstalkCase):
    """Application versions."""

    def test_a_bundle_is_validated(self) -> None:
        broken = {".ebextensions/a.config": "option_settings: [unclosed"}
        self.site.version("broken", self.site.bundle(1, "aaaa", "a", broken))
        self.assertEqual(self.site.version_status("broken"), "FAILED")
        self.site.version("no-zip", b"not an archive")
        self.assertEqual(self.site.version_status("no-zip"), "FAILED")
        self.site.version("unprocessed", b"not an archive", process=False)
        self.assertEqual(self.site.version_status("unprocessed"), "UNPROCESSED")

    def test_a_bundle_must_exist(self) -> None:
        bucket = self.site.beanstalk.create_storage_location()["S3Bucket"]
        code = self.refused(
            self.site.beanstalk.create_application_version,
            ApplicationName=APPLICATION,
            VersionLabel="nowhere",
            SourceBundle={"S3Bucket": bucket, "S3Key": "nowhere.zip"},
        )
        self.assertEqual(code, "InvalidParameterValue")

    def test_labels_are_used_once_and_the_quota_holds(self) -> None:
        self.release("once")
        self.set("elasticbeanstalk", version_quota=1)
        bucket = self.site.beanstalk.create_storage_location()["S3Bucket"]
        source = {"S3Bucket": bucket, "S3Key": "once.zip"}
        create = self.site.beanstalk.create_application_version
        again = {"ApplicationName": APPLICATION, "SourceBundle": source}
        self.assertEqual(
            self.refused(create, VersionLabel="once", **again), "InvalidParameterValue"
        )
        self.assertEqual(
            self.refused(create, VersionLabel="twice", **again),
            "TooManyApplicationVersionsException",
        )

    def test_a_deployed_version_stays_and_others_go_with_their_bundle(self) -> None:
        self.site.deploy(self.release("deployed"))
        delete = self.site.beanstalk.delete_application_version
        label = {"ApplicationName": APPLICATION, "VersionLabel": "deployed"}
        self.assertEqual(self.refused(delete, **label), "OperationInProgressFailure")
        self.release("old")
        delete(ApplicationName=APPLICATION, VersionLabel="old", DeleteSourceBundle=True)
        bucket = self.site.beanstalk.create_storage_location()["S3Bucket"]
        keys = self.standin.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
        self.assertNotIn("old.zip", [each["Key"] for each in keys])


class Clients(BeanstalkCase):
    """The programs that people use."""

    def test_the_aws_program(self) -> None:
        self.release("by-aws")
        name = ("--environment-name", ENVIRONMENT)
        done = self.standin.run(
            "aws", "elasticbeanstalk", "update-environment", *name, "--version-label", "by-aws"
        )
        self.assertEqual(json.loads(done.stdout)["Status"], "Updating", done.stdout)
        self.site.ready()
        done = self.standin.run(
            *("aws", "elasticbeanstalk", "describe-instances-health", *name),
            *("--attribute-names", "All"),
        )
        (instance,) = json.loads(done.stdout)["InstanceHealthList"]
        self.assertEqual(instance["Deployment"]["VersionLabel"], "by-aws")

    def test_the_eb_program(self) -> None:
        folder = self.standin.folder / "project"
        (folder / ".elasticbeanstalk").mkdir(parents=True)
        settings = {
            "branch-defaults": {"default": {"environment": ENVIRONMENT}},
            "global": {
                "application_name": APPLICATION,
                "default_region": "us-east-2",
                "default_platform": "Docker",
                "workspace_type": "Application",
                "sc": None,
            },
        }
        (folder / ".elasticbeanstalk" / "config.yml").write_text(json.dumps(settings))
        (folder / "Dockerrun.aws.json").write_text(
            json.dumps({"AWSEBDockerrunVersion": "1", "Image": {"Name": self.site.image}})
        )
        done = self.standin.run("eb", "list", cwd=folder)
        self.assertIn(ENVIRONMENT, done.stdout)
        done = self.standin.run("eb", "deploy", "--label", "by-eb", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.site.ready()["VersionLabel"], "by-eb")
        done = self.standin.run("eb", "events", cwd=folder)
        self.assertIn("Environment update completed successfully.", done.stdout)
        self.set("elasticbeanstalk", scripts=[{"version": "stuck", "outcome": "stuck"}])
        self.release("stuck")
        self.site.beanstalk.update_environment(EnvironmentName=ENVIRONMENT, VersionLabel="stuck")
        done = self.standin.run("eb", "abort", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.site.ready()["VersionLabel"], "by-eb")
