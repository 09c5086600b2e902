"""What a test can make happen to a deployment."""

from __future__ import annotations

from beanstalk_case import BeanstalkCase
from sites import APPLICATION, ENVIRONMENT, Site, until_status
from support import wait


class Scripted(BeanstalkCase):
    """Outcomes that a test asks for."""

    def script(self, outcome: str, **more: object) -> None:
        self.set("elasticbeanstalk", scripts=[{"version": "bad*", "outcome": outcome, **more}])

    def test_fail_keeps_the_old_label(self) -> None:
        self.site.deploy(self.release("ok-1"))
        self.script("fail")
        environment = self.site.deploy(self.release("bad-fail"))
        self.assertEqual((environment["VersionLabel"], environment["Health"]), ("ok-1", "Green"))

    def test_red_takes_the_new_label(self) -> None:
        self.script("red")
        environment = self.site.deploy(self.release("bad-red"))
        self.assertEqual((environment["VersionLabel"], environment["Health"]), ("bad-red", "Red"))
        self.assertEqual(self.site.instances()[0]["HealthStatus"], "Severe")
        self.site.deploy(self.release("ok-2"))
        self.assertEqual(self.site.environment()["Health"], "Green")

    def test_stuck_lasts_until_it_is_aborted(self) -> None:
        self.site.deploy(self.release("ok-3"))
        self.script("stuck")
        self.release("bad-stuck")
        beanstalk = self.site.beanstalk
        update = {"EnvironmentName": ENVIRONMENT, "VersionLabel": "bad-stuck"}
        beanstalk.update_environment(**update)
        environment = self.site.environment()
        self.assertEqual(environment["Status"], "Updating")
        self.assertTrue(environment["AbortableOperationInProgress"])
        self.assertEqual(
            self.refused(beanstalk.update_environment, **update), "InvalidParameterValue"
        )
        beanstalk.abort_environment_update(EnvironmentName=ENVIRONMENT)
        self.assertEqual(self.site.ready()["VersionLabel"], "ok-3")
        self.assertEqual(
            self.refused(beanstalk.abort_environment_update, EnvironmentName=ENVIRONMENT),
            "InvalidParameterValue",
        )

    def test_half_leaves_one_instance_behind(self) -> None:
        self.set("elasticbeanstalk", environments={"fleet": {"instances": 2}})
        fleet = Site(self.standin, "fleet")
        fleet.create()
        fleet.deploy(self.release("ok-4"))
        self.script("half")
        environment = fleet.deploy(self.release("bad-half"))
        self.assertEqual(environment["VersionLabel"], "ok-4")
        labels = [each["Deployment"]["VersionLabel"] for each in fleet.instances()]
        self.assertEqual(sorted(labels), ["bad-half", "ok-4"])

    def test_a_name_is_used_once_and_the_terminated_are_shown_on_demand(self) -> None:
        gone = Site(self.standin, "gone")
        gone.create()
        create = self.site.beanstalk.create_environment
        again = {"ApplicationName": APPLICATION, "EnvironmentName": "gone"}
        self.assertEqual(self.refused(create, **again), "InvalidParameterValue")
        self.site.beanstalk.terminate_environment(EnvironmentName="gone")
        wait(lambda: gone.environment()["Status"] == "Terminated")
        shown = self.site.beanstalk.describe_environments(
            EnvironmentNames=["gone"], IncludeDeleted=False
        )
        self.assertEqual(shown["Environments"], [])
        self.assertEqual(
            self.refused(self.site.beanstalk.restart_app_server, EnvironmentName="gone"),
            "InvalidParameterValue",
        )

    def test_lags_changes_the_label_alone(self) -> None:
        self.site.deploy(self.release("ok-5"))
        self.script("lags")
        environment = self.site.deploy(self.release("bad-lags"))
        self.assertEqual(environment["VersionLabel"], "bad-lags")
        (instance,) = self.site.instances()
        self.assertEqual(instance["Deployment"]["VersionLabel"], "ok-5")

    def test_a_container_exits_after_the_deployment(self) -> None:
        self.script("exits-after", seconds=0.1)
        self.assertEqual(self.site.deploy(self.release("bad-exit"))["VersionLabel"], "bad-exit")
        until_status(self.site, "/health", 502)
        self.assertEqual(self.site.environment()["Health"], "Red")

    def test_somebody_else_updates(self) -> None:
        other = {"environment": ENVIRONMENT, "operator": "bob", "seconds": 0.3}
        self.set("elasticbeanstalk", update_by=other)
        self.assertEqual(self.site.environment()["Status"], "Updating")
        self.site.ready()

    def test_health_is_grey_for_a_while(self) -> None:
        self.set("elasticbeanstalk", grey_seconds=0.5)
        self.assertEqual(self.site.deploy(self.release("grey"))["Health"], "Grey")
        wait(lambda: self.site.environment()["Health"] == "Green")

    def test_words_of_events_change(self) -> None:
        self.set("elasticbeanstalk", vary_texts=True)
        self.site.deploy(self.release("words"))
        events = self.site.beanstalk.describe_events(
            EnvironmentName=ENVIRONMENT, VersionLabel="words"
        )["Events"]
        self.assertGreaterEqual(len(events), 4)
        self.assertNotIn("Environment update is starting.", [each["Message"] for each in events])
