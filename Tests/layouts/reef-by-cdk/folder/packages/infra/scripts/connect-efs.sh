#!/bin/bash
# Starts the instance where it is stopped, and a session on it.
ID=$(aws cloudformation describe-stacks --stack-name "$STACK" --query "Stacks[0].Outputs[?OutputKey=='efsInstanceId'].OutputValue" --output text)
aws ssm start-session --target "$ID"
