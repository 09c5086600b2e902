"""Parameters as a lock."""

from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor

from command_case import CommandTest


class Parameters(CommandTest):
    def test_one_of_many_creates_it(self) -> None:
        def create(holder: int) -> bool:
            ssm = self.standin.client("ssm")
            try:
                ssm.put_parameter(Name="/lease", Value=str(holder), Type="String")
            except ssm.exceptions.ParameterAlreadyExists:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            created = list(pool.map(create, range(24)))
        self.assertEqual(created.count(True), 1)
        value = self.ssm.get_parameter(Name="/lease")["Parameter"]["Value"]
        self.assertEqual(value, str(created.index(True)))
        self.ssm.delete_parameter(Name="/lease")
        with self.assertRaises(self.ssm.exceptions.ParameterNotFound):
            self.ssm.delete_parameter(Name="/lease")

    def test_versions_count_and_tags_come_with_creation_only(self) -> None:
        tags = [{"Key": "holder", "Value": "alice"}]
        self.ssm.put_parameter(Name="/tagged", Value="1", Type="String", Tags=tags)
        with self.assertRaisesRegex(Exception, "ValidationException"):
            self.ssm.put_parameter(
                Name="/tagged", Value="2", Type="String", Overwrite=True, Tags=tags
            )
        answer = self.ssm.put_parameter(Name="/tagged", Value="2", Type="String", Overwrite=True)
        self.assertEqual(answer["Version"], 2)
        self.ssm.add_tags_to_resource(
            ResourceType="Parameter",
            ResourceId="/tagged",
            Tags=[{"Key": "reason", "Value": "test"}],
        )
        listed = self.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/tagged")
        self.assertEqual({each["Key"] for each in listed["TagList"]}, {"holder", "reason"})


if __name__ == "__main__":
    unittest.main()
