"""Elastic Beanstalk: a state machine whose deployments really happen.

Each instance of an environment is a folder in which a version's bundle is unpacked, its hooks are
run and its container is started, in the order in which Beanstalk's Docker platform does it
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.workflow.html).
"""
