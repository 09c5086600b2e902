"""The wording of events, which changes at random where a test asks for it."""

from __future__ import annotations

import random

_TEXTS = {
    "launching": ["createEnvironment is starting."],
    "launched": ["Successfully launched environment: {name}"],
    "starting": ["Environment update is starting."],
    "deploying": ["Deploying new version to instance(s)."],
    "deployed": ["New application version was deployed to running EC2 instances."],
    "completed": ["Environment update completed successfully."],
    "configured": ["Successfully deployed new configuration to environment."],
    "instance-failed": ["[Instance: {instance}] {reason}"],
    "command-failed": [
        "Unsuccessful command execution on instance id(s) '{instance}'. Aborting the operation."
    ],
    "failed": ["Failed to deploy application."],
    "aborting": ["Environment update was aborted. Rolling back."],
    "aborted": ["The environment was reverted to the previous version."],
    "red": ["Environment health has transitioned from Info to Severe. {cause}"],
    "restarting": ["restartAppServer is starting."],
    "restarted": ["restartAppServer completed successfully."],
    "terminating": ["terminateEnvironment is starting."],
    "terminated": ["terminateEnvironment completed successfully."],
    "logs-requested": ["requestEnvironmentInfo is starting."],
    "logs": ["[Instance: {instance}] Successfully finished tailing 1 log(s)"],
    "replaced": ["Removed instance '{old}' from your environment. Added instance '{instance}'."],
}
_OTHER_WORDS = [
    "La mise à jour de l'environnement {name} : {key}",
    "Operation note {number} for {name}.",
    "{name}: state changed ({key}).",
    "Die Umgebung {name} meldet Vorgang {number}.",
]


def text(key: str, vary: bool, **values: object) -> str:
    """The text of an event; with `vary`, one that says the same in words of no known form."""
    form = random.choice(_OTHER_WORDS) if vary else _TEXTS[key][0]
    return form.format(key=key, number=random.randrange(10000), **{"name": "", **values})
