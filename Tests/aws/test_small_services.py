"""EFS, Backup, SNS, and what is MiniStack's own and relied upon."""

from __future__ import annotations

import json
import unittest

from support import StandInCase, wait

ROLE = "arn:aws:iam::123456789012:role/backup"


class FileSystems(StandInCase):
    def setUp(self) -> None:
        super().setUp()
        self.efs = self.standin.client("efs")

    def test_a_file_system_is_a_folder_with_a_size(self) -> None:
        made = self.efs.create_file_system(
            CreationToken="a", Encrypted=True, Tags=[{"Key": "Name", "Value": "site_fs"}]
        )
        identity = made["FileSystemId"]
        folder = self.standin.state / "efs" / identity
        (folder / "file").write_bytes(bytes(12_345))
        found = self.efs.describe_file_systems(FileSystemId=identity)["FileSystems"][0]
        self.assertEqual(
            (found["Name"], found["SizeInBytes"]["Value"], found["ThroughputMode"]),
            ("site_fs", 12_345, "bursting"),
        )
        with self.assertRaises(self.efs.exceptions.FileSystemAlreadyExists):
            self.efs.create_file_system(CreationToken="a")
        self.efs.delete_file_system(FileSystemId=identity)
        self.assertFalse(folder.exists())
        with self.assertRaises(self.efs.exceptions.FileSystemNotFound):
            self.efs.describe_file_systems(FileSystemId=identity)

    def test_they_are_listed_in_pages(self) -> None:
        made = {
            self.efs.create_file_system(CreationToken=f"page-{number}")["FileSystemId"]
            for number in range(3)
        }
        pages = self.efs.get_paginator("describe_file_systems").paginate(
            PaginationConfig={"PageSize": 2}
        )
        found = [each["FileSystemId"] for page in pages for each in page["FileSystems"]]
        self.assertLessEqual(made, set(found))
        self.assertEqual(len(found), len(set(found)))

    def test_mount_targets_and_policies_are_told(self) -> None:
        identity = self.efs.create_file_system(CreationToken="policies")["FileSystemId"]
        subnet = self.standin.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        target = self.efs.create_mount_target(FileSystemId=identity, SubnetId=subnet)
        groups = self.efs.describe_mount_target_security_groups(
            MountTargetId=target["MountTargetId"]
        )["SecurityGroups"]
        self.assertEqual(len(groups), 1)
        policies = [{"TransitionToIA": "AFTER_14_DAYS"}]
        self.efs.put_lifecycle_configuration(FileSystemId=identity, LifecyclePolicies=policies)
        told = self.efs.describe_lifecycle_configuration(FileSystemId=identity)
        self.assertEqual(told["LifecyclePolicies"], policies)
        policy = self.efs.describe_backup_policy(FileSystemId=identity)["BackupPolicy"]
        self.assertEqual(policy["Status"], "DISABLED")


class Backups(StandInCase):
    def test_a_job_takes_its_time_and_leaves_a_recovery_point(self) -> None:
        backup = self.standin.client("backup")
        backup.create_backup_vault(BackupVaultName="vault")
        resource = "arn:aws:elasticfilesystem:us-east-2:123456789012:file-system/fs-1"
        asked = {"BackupVaultName": "vault", "ResourceArn": resource, "IamRoleArn": ROLE}
        self.set("backup", job_takes=0.5)
        job = backup.start_backup_job(**asked)["BackupJobId"]

        def state() -> str:
            told: str = backup.describe_backup_job(BackupJobId=job)["State"]
            return told

        self.assertIn(state(), ("CREATED", "RUNNING"))
        wait(lambda: state() == "COMPLETED")
        points = backup.list_recovery_points_by_resource(ResourceArn=resource)["RecoveryPoints"]
        self.assertEqual([each["Status"] for each in points], ["COMPLETED"])
        self.set("backup", job_takes=0, outcome="FAILED", message="no access")
        failed = backup.start_backup_job(**asked)["BackupJobId"]
        told = backup.describe_backup_job(BackupJobId=failed)
        self.assertEqual((told["State"], told["StatusMessage"]), ("FAILED", "no access"))


class Subscriptions(StandInCase):
    def test_a_person_has_to_confirm(self) -> None:
        sns = self.standin.client("sns")
        topic = sns.create_topic(Name="alerts")["TopicArn"]
        asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": "a@example.org"}
        self.assertEqual(sns.subscribe(**asked)["SubscriptionArn"], "pending confirmation")

        def told() -> str:
            listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            arn: str = listed[0]["SubscriptionArn"]
            return arn

        self.assertEqual(told(), "PendingConfirmation")
        self.set("sns", confirmed=["a@example.org"])
        self.assertTrue(told().startswith(topic))


class MiniStacksOwn(StandInCase):
    """What the tool asks of services that this package does not serve."""

    def test_outputs_of_a_stack(self) -> None:
        cloudformation = self.standin.client("cloudformation")
        template = {
            "Parameters": {"FileSystem": {"Type": "String"}},
            "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
            "Outputs": {"FileSystemId": {"Value": {"Ref": "FileSystem"}}},
        }
        cloudformation.create_stack(
            StackName="site",
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": "FileSystem", "ParameterValue": "fs-1"}],
        )

        def outputs() -> list[tuple[str, str]]:
            stack = cloudformation.describe_stacks(StackName="site")["Stacks"][0]
            return [(each["OutputKey"], each["OutputValue"]) for each in stack.get("Outputs", [])]

        self.assertEqual(wait(outputs), [("FileSystemId", "fs-1")])

    def test_what_a_policy_allows(self) -> None:
        iam = self.standin.client("iam")
        iam.create_user(UserName="operator")
        statements = [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
            {"Effect": "Deny", "Action": "transfer:*", "Resource": "*"},
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="operator", PolicyName="p", PolicyDocument=document)
        told = iam.simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::123456789012:user/operator",
            ActionNames=["s3:GetObject", "transfer:CreateServer", "ec2:RunInstances"],
        )["EvaluationResults"]
        self.assertEqual(
            [each["EvalDecision"] for each in told], ["allowed", "explicitDeny", "implicitDeny"]
        )

    def test_alarms_by_state(self) -> None:
        cloudwatch = self.standin.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName="memory",
            MetricName="m",
            Namespace="n",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName="memory", StateValue="ALARM", StateReason="test")
        found = cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        self.assertEqual([each["AlarmName"] for each in found], ["memory"])


class Distributions(StandInCase):
    def test_a_change_takes_time_and_is_written_over_the_version_that_was_read(self) -> None:
        front = self.standin.client("cloudfront")
        origin: dict[str, object] = {"Id": "s3", "DomainName": "b.s3.amazonaws.com", "OriginPath": ""}
        origin |= {"S3OriginConfig": {"OriginAccessIdentity": ""}}
        made = front.create_distribution(
            DistributionConfig={
                "CallerReference": "t",
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {
                    "TargetOriginId": "s3",
                    "ViewerProtocolPolicy": "allow-all",
                    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                },
            }
        )["Distribution"]["Id"]
        self.set("cloudfront", deploy_seconds=1)
        read = front.get_distribution_config(Id=made)
        read["DistributionConfig"]["Origins"]["Items"][0]["OriginPath"] = "/a"
        change = {"Id": made, "IfMatch": read["ETag"], "DistributionConfig": read["DistributionConfig"]}
        told = front.update_distribution(**change)
        self.assertEqual(told["Distribution"]["Status"], "InProgress")
        with self.assertRaises(front.exceptions.PreconditionFailed):
            front.update_distribution(**change)
        wait(lambda: front.get_distribution(Id=made)["Distribution"]["Status"] == "Deployed")
        now = front.get_distribution_config(Id=made)["DistributionConfig"]
        self.assertEqual(now["Origins"]["Items"][0]["OriginPath"], "/a")


if __name__ == "__main__":
    unittest.main()
