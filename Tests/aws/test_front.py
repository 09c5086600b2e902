"""The front: signatures, faults, journal, parameters, and what goes on to MiniStack."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from functools import partial

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from support import StandIn, StandInCase, wait


class Signatures(StandInCase):
    """Who may call."""

    def code(self, service: str, operation: str, **options: str) -> str:
        with self.assertRaises(ClientError) as caught:
            getattr(self.standin.client(service, **options), operation)()
        return caught.exception.response["Error"]["Code"]

    def test_operators_are_told_apart(self) -> None:
        for name in ("alice", "bob"):
            arn = self.standin.client("sts", name).get_caller_identity()["Arn"]
            self.assertEqual(arn, f"arn:aws:iam::123456789012:user/{name}")
        self.assertEqual([c["operator"] for c in self.standin.calls("sts")], ["alice", "bob"])

    def test_a_wrong_secret_is_refused_in_each_protocol(self) -> None:
        wrong = {"aws_secret_access_key": "wrong"}
        self.assertEqual(self.code("sts", "get_caller_identity", **wrong), "SignatureDoesNotMatch")
        self.assertEqual(self.code("s3", "list_buckets", **wrong), "SignatureDoesNotMatch")
        self.assertEqual(
            self.code("ecr", "describe_repositories", **wrong), "InvalidSignatureException"
        )
        self.assertEqual(
            self.code("efs", "describe_file_systems", **wrong), "SignatureDoesNotMatch"
        )

    def test_an_unknown_key_is_refused(self) -> None:
        unknown = {"aws_access_key_id": "AKIAUNKNOWN"}
        self.assertEqual(self.code("sts", "get_caller_identity", **unknown), "InvalidClientTokenId")
        self.assertEqual(
            self.code("ecr", "describe_repositories", **unknown), "UnrecognizedClientException"
        )

    def test_an_unsigned_request_is_refused(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.standin.description["endpoint"])
        self.assertEqual(caught.exception.code, 403)
        self.assertIn(b"MissingAuthenticationToken", caught.exception.read())
        caught.exception.close()

    def test_sessions_end(self) -> None:
        given = self.standin.client("sts").get_session_token()["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
        }
        self.assertEqual(self.code("sts", "get_caller_identity", **keys), "InvalidClientTokenId")
        keys["aws_session_token"] = given["SessionToken"]
        self.standin.client("sts", **keys).get_caller_identity()
        self.set("sts", end_sessions=True)
        self.assertEqual(self.code("sts", "get_caller_identity", **keys), "ExpiredToken")
        self.assertEqual(self.code("ecr", "describe_repositories", **keys), "ExpiredTokenException")

    def test_a_clock_that_is_wrong_shows(self) -> None:
        self.set("front", clock_offset=3600)
        with self.assertRaises(ClientError) as caught:
            self.standin.client("sts").get_caller_identity()
        response = caught.exception.response
        self.assertEqual(response["Error"]["Code"], "SignatureDoesNotMatch")
        date = parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])
        self.assertGreater(date.timestamp(), time.time() + 3000)

    def test_presigned_addresses_work_until_they_are_changed(self) -> None:
        s3 = self.standin.client("s3", signing="s3v4")
        where = {"LocationConstraint": "us-east-2"}
        s3.create_bucket(Bucket="presigned", CreateBucketConfiguration=where)
        s3.put_object(Bucket="presigned", Key="a b/ü+c", Body=b"content")
        url = s3.generate_presigned_url(
            "get_object", Params={"Bucket": "presigned", "Key": "a b/ü+c"}
        )
        with urllib.request.urlopen(url) as answer:
            self.assertEqual(answer.read(), b"content")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"))
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()


class Faults(StandInCase):
    """Every kind of fault happens, to the calls that it is for."""

    def arm(self, **fault: object) -> None:
        self.standin.control("POST", "faults", [{"match": "sts:GetCallerIdentity", **fault}])

    def ask(self, **options: str) -> None:
        self.standin.client("sts", **options).get_caller_identity()

    def outcomes(self) -> list[tuple[str, str | None]]:
        return [(c["outcome"], c["fault"]) for c in self.standin.calls("sts")]

    def test_throttling_hits_the_nth_call_so_many_times(self) -> None:
        self.arm(do="throttle", nth=2, times=2)
        codes = []
        for _ in range(4):
            try:
                self.ask()
                codes.append("ok")
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])
        self.assertEqual(codes, ["ok", "ThrottlingException", "ThrottlingException", "ok"])

    def test_errors_carry_code_message_and_status(self) -> None:
        self.arm(do="error", code="AccessDenied", message="not you", status=403, operator="bob")
        self.ask()
        with self.assertRaises(ClientError) as caught:
            self.standin.client("sts", "bob").get_caller_identity()
        response = caught.exception.response
        self.assertEqual(response["Error"]["Code"], "AccessDenied")
        self.assertEqual(response["Error"]["Message"], "not you")
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 403)

    def test_a_dropped_call_is_not_acted_on(self) -> None:
        self.standin.control("POST", "faults", [{"match": "ecr:Create*", "do": "drop"}])
        ecr = self.standin.client("ecr")
        with self.assertRaises(ConnectionClosedError):
            ecr.create_repository(repositoryName="dropped")
        names = [r["repositoryName"] for r in ecr.describe_repositories()["repositories"]]
        self.assertNotIn("dropped", names)

    def test_a_lost_reply_is_of_a_call_that_was_acted_on(self) -> None:
        self.standin.control("POST", "faults", [{"match": "ecr:Create*", "do": "lose-reply"}])
        ecr = self.standin.client("ecr")
        with self.assertRaises(ConnectionClosedError):
            ecr.create_repository(repositoryName="lost")
        names = [r["repositoryName"] for r in ecr.describe_repositories()["repositories"]]
        self.assertIn("lost", names)
        self.assertEqual(self.standin.calls("ecr")[0]["fault"], "lose-reply")

    def test_hanging_lasts_until_the_client_goes_away(self) -> None:
        self.arm(do="hang")
        impatient = self.standin.client("sts", read_timeout=0.5)
        with self.assertRaises(ReadTimeoutError):
            impatient.get_caller_identity()
        impatient.close()
        self.assertEqual(wait(self.outcomes), [("dropped", "hang")])

    def test_delays_answer_late(self) -> None:
        self.arm(do="delay", seconds=0.3)
        began = time.monotonic()
        self.ask()
        self.assertGreaterEqual(time.monotonic() - began, 0.3)
        self.assertEqual(self.outcomes(), [("ok", "delay")])

    def test_a_fault_that_says_nonsense_is_refused(self) -> None:
        for fault in ({"do": "explode"}, {"do": "error"}, {"do": "drop", "when": 1}):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.arm(**fault)
            self.assertEqual(caught.exception.code, 400)
            caught.exception.close()


class Calls(StandInCase):
    """Parameters, the journal, and MiniStack."""

    def test_parameters_are_held_against_the_model(self) -> None:
        request = self.standin.run("aws", "ecr", "create-repository", "--repository-name", "NO")
        self.assertNotEqual(request.returncode, 0)
        self.assertIn("InvalidParameterException", request.stdout)
        self.assertIn("repositoryName", request.stdout)

    def test_secrets_are_masked_in_the_journal(self) -> None:
        secrets = self.standin.client("secretsmanager")
        secrets.create_secret(Name="word", SecretString="hush")
        self.assertEqual(self.standin.calls("secretsmanager")[0]["parameters"]["Name"], "word")
        self.assertNotIn("hush", (self.standin.state / "journal.jsonl").read_text())

    def test_ministack_serves_what_is_not_served_here(self) -> None:
        token = {"CreationToken": "x"}
        made = self.standin.client("efs").create_file_system(**token)["FileSystemId"]
        self.assertTrue(made.startswith("fs-"))
        self.assertEqual(len(self.standin.client("ec2").describe_vpcs()["Vpcs"]), 1)
        self.assertEqual(self.standin.client("cloudwatch").list_metrics()["Metrics"], [])
        actions = [c["action"] for c in self.standin.calls("efs")]
        self.assertEqual(actions, ["CreateFileSystem"])

    def test_objects_that_are_to_go_are_listed(self) -> None:
        s3 = self.standin.client("s3")
        where = {"LocationConstraint": "us-east-2"}
        s3.create_bucket(Bucket="paid", CreateBucketConfiguration=where)
        for key in ("keep", "temporary/one"):
            s3.put_object(Bucket="paid", Key=key, Body=b"x")
        self.set("s3", temporary=[{"bucket": "paid", "prefix": "temporary/"}])
        paid = self.standin.control("GET", "paid")
        self.assertIn({"kind": "s3:object", "id": "s3://paid/temporary/one"}, paid)
        self.assertNotIn("s3://paid/keep", [each["id"] for each in paid])

    def test_the_aws_program_moves_large_objects(self) -> None:
        content = os.urandom(20 << 20)
        (self.standin.folder / "large").write_bytes(content)
        address = "s3://large/a b/large"
        run = partial(self.standin.run, cwd=self.standin.folder)
        self.assertEqual(run("aws", "s3", "mb", "s3://large").returncode, 0)
        done = run("aws", "s3", "cp", "large", address)
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("aws", "s3", "cp", address, "back")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual((self.standin.folder / "back").read_bytes(), content)
        self.assertIn("UploadPart", [each["action"] for each in self.standin.calls("s3")])
        url = run("aws", "s3", "presign", address).stdout.strip()
        with urllib.request.urlopen(url) as answer:
            self.assertEqual(answer.read(), content)

    def test_the_journal_can_be_cleared(self) -> None:
        self.standin.client("sts").get_caller_identity()
        before = self.standin.control("GET", "journal")[-1]["sequence"]
        self.assertEqual(self.standin.control("DELETE", "journal"), [])
        self.standin.client("sts").get_caller_identity()
        self.assertEqual([c["sequence"] for c in self.standin.calls("sts")], [before + 1])

    def test_calls_at_once_are_all_served(self) -> None:
        client = self.standin.client("sts")
        threads = [threading.Thread(target=client.get_caller_identity) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sequence = [c["sequence"] for c in self.standin.calls("sts")]
        self.assertEqual(len(sequence), 8)
        self.assertEqual(sequence, sorted(sequence))


class Ending(unittest.TestCase):
    """Whatever ends the stand-in ends its children."""

    def children(self, standin: StandIn) -> list[int]:
        found = subprocess.run(
            ["pgrep", "--parent", str(standin.process.pid)], capture_output=True, text=True
        ).stdout
        return [int(line) for line in found.split()]

    def assert_gone(self, children: list[int]) -> None:
        self.assertGreaterEqual(len(children), 2)
        wait(lambda: not any(os.path.exists(f"/proc/{each}") for each in children))

    def test_end_of_input(self) -> None:
        standin = StandIn()
        children = self.children(standin)
        self.assertEqual(standin.end(), 0)
        self.assert_gone(children)

    def test_sigkill(self) -> None:
        standin = StandIn()
        children = self.children(standin)
        standin.process.send_signal(signal.SIGKILL)
        self.assertEqual(standin.end(), -signal.SIGKILL)
        self.assert_gone(children)
