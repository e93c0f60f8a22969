"""cli_flow.py ENDPOINT: the AWS CLI as deployment scripts use it (clients.md §1, Shell), on an auto clock.

Every `wait` has to end on its first poll.
"""
import json
import os
import subprocess
import sys

ENDPOINT, ACCOUNT = sys.argv[1], "333344445555"
ENVIRONMENT = {**os.environ, "AWS_ENDPOINT_URL": ENDPOINT, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any",
               "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull,
               "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
NETWORK = "awsvpcConfiguration={subnets=[subnet-0000000a]}"


def run(*words):
    # Version 1 of the CLI sends SQS calls to AWS whatever the variable says.
    return subprocess.run(["aws", "--endpoint-url", ENDPOINT, "--output", "json", *words], env=ENVIRONMENT,
                          capture_output=True, text=True, timeout=60)


def aws(*words):
    result = run(*words)
    assert result.returncode == 0, (words, result.stderr)
    return json.loads(result.stdout) if result.stdout else None


def ecs(*words):
    return aws("ecs", *words)


def wait(*words):
    result = run("--debug", "ecs", "wait", *words)
    assert result.returncode == 0, (words, result.stderr)
    polls = result.stderr.count('"POST / HTTP/1.1" 200')
    assert polls == 1, (words, polls)


def refused(exception, operation, *words):
    """The CLI's own words for a modelled exception."""
    result = run(*words)
    assert result.returncode in (254, 255), (words, result)
    assert f"An error occurred ({exception}) when calling the {operation} operation" in result.stderr, result.stderr


def prepare():
    made = ecs("create-cluster", "--cluster-name", "shop")["cluster"]
    assert made["clusterArn"] == f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop", made
    ecs("create-capacity-provider", "--name", "mi", "--cluster", "shop", "--managed-instances-provider", json.dumps({
        "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "instanceLaunchTemplate": {"ec2InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/p",
                                   "networkConfiguration": {"subnets": ["subnet-0000000a"]}},
        "infrastructureOptimization": {"scaleInAfter": 0}}))
    ecs("put-cluster-capacity-providers", "--cluster", "shop", "--capacity-providers", "mi",
        "--default-capacity-provider-strategy", "capacityProvider=mi,weight=1")
    register()


def register():
    ecs("register-task-definition", "--family", "web", "--network-mode", "awsvpc", "--cpu", "256", "--memory", "512",
        "--requires-compatibilities", "MANAGED_INSTANCES", "--container-definitions", "name=web,image=nginx")


def run_a_task():
    task = ecs("run-task", "--cluster", "shop", "--task-definition", "web", "--network-configuration", NETWORK)
    arn = task["tasks"][0]["taskArn"]
    wait("tasks-running", "--cluster", "shop", "--tasks", arn)
    ecs("stop-task", "--cluster", "shop", "--task", arn, "--reason", "enough")
    wait("tasks-stopped", "--cluster", "shop", "--tasks", arn)
    stopped = ecs("describe-tasks", "--cluster", "shop", "--tasks", arn)["tasks"][0]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough"), stopped


def deploy():
    ecs("create-service", "--cluster", "shop", "--service-name", "web", "--task-definition", "web", "--desired-count", "2",
        "--network-configuration", NETWORK)
    wait("services-stable", "--cluster", "shop", "--services", "web")
    register()
    ecs("update-service", "--cluster", "shop", "--service", "web", "--task-definition", "web:2")
    wait("services-stable", "--cluster", "shop", "--services", "web")
    shown = ecs("describe-services", "--cluster", "shop", "--services", "web")["services"][0]
    assert shown["taskDefinition"].endswith("web:2") and shown["runningCount"] == 2, shown


def be_refused():
    refused("ClusterContainsServicesException", "DeleteCluster", "ecs", "delete-cluster", "--cluster", "shop")
    refused("InvalidParameterException", "DeleteService", "ecs", "delete-service", "--cluster", "shop", "--service", "web")
    refused("AWS.SimpleQueueService.NonExistentQueue", "GetQueueUrl", "sqs", "get-queue-url", "--queue-name", "none")


def use_a_queue():
    url = aws("sqs", "create-queue", "--queue-name", "jobs")["QueueUrl"]
    assert url == f"{ENDPOINT}/{ACCOUNT}/jobs", url
    aws("sqs", "send-message", "--queue-url", url, "--message-body", "take 1")
    assert aws("sqs", "receive-message", "--queue-url", url)["Messages"][0]["Body"] == "take 1"


def clean_up():
    ecs("update-service", "--cluster", "shop", "--service", "web", "--desired-count", "0")
    ecs("delete-service", "--cluster", "shop", "--service", "web")
    wait("services-inactive", "--cluster", "shop", "--services", "web")
    ecs("put-cluster-capacity-providers", "--cluster", "shop", "--capacity-providers", "--default-capacity-provider-strategy")
    ecs("delete-capacity-provider", "--capacity-provider", "mi", "--cluster", "shop")
    assert ecs("delete-cluster", "--cluster", "shop")["cluster"]["status"] == "INACTIVE"
    assert ecs("list-clusters")["clusterArns"] == []


for step in (prepare, run_a_task, deploy, be_refused, clean_up, use_a_queue):
    step()
    print("ok", step.__name__)
