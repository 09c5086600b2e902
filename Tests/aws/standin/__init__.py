"""A stand-in for the parts of AWS that the tool uses, for tests on one machine.

usage: PYTHONPATH=Tests/aws python -m standin --state FOLDER

One HTTP endpoint on loopback serves all services. Every request's signature is checked, its call
is written to a journal, and faults that a test has asked for happen to it. A service in
`standin/services` answers the operations that it has methods for; every other one goes on to
MiniStack, a child process. README.md describes the control addresses and every setting.
"""
