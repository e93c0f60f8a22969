"""boto_flow.py ENDPOINT: the lifecycle and the queue's story with boto3."""
import sys

import boto3

ENDPOINT, ACCOUNT = sys.argv[1], "222233334444"
OPTIONS = {"endpoint_url": ENDPOINT, "region_name": "us-east-1", "aws_access_key_id": ACCOUNT,
           "aws_secret_access_key": "any"}
ecs, sqs, cloudwatch, scaling, sts = (
    boto3.client(name, **OPTIONS) for name in ("ecs", "sqs", "cloudwatch", "application-autoscaling", "sts"))
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0000000a"]}}
TARGET = {"ServiceNamespace": "ecs", "ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount"}


def make_cluster():
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    role = sts.assume_role(RoleArn="arn:aws:iam::333344445555:role/deploy", RoleSessionName="tests")["Credentials"]
    assumed = boto3.client("sts", **{**OPTIONS, "aws_access_key_id": role["AccessKeyId"],
                                     "aws_secret_access_key": role["SecretAccessKey"],
                                     "aws_session_token": role["SessionToken"]})
    assert assumed.get_caller_identity()["Account"] == "333344445555"
    ecs.create_cluster(clusterName="c")
    made = ecs.create_capacity_provider(name="mi", cluster="c", managedInstancesProvider={
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/r",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/p",
            "networkConfiguration": {"subnets": ["subnet-0000000a"]}}})
    assert made["capacityProvider"]["status"] == "PROVISIONING"
    shown = ecs.describe_capacity_providers(capacityProviders=["mi"])["capacityProviders"][0]
    assert shown["status"] == "ACTIVE", shown
    ecs.put_cluster_capacity_providers(cluster="c", capacityProviders=["mi"], defaultCapacityProviderStrategy=[
        {"capacityProvider": "mi", "weight": 1}])
    ecs.register_task_definition(
        family="w", networkMode="awsvpc", requiresCompatibilities=["MANAGED_INSTANCES"], cpu="1024", memory="2048",
        containerDefinitions=[{"name": "main", "image": "busybox", "dockerLabels": {
            "ecsmi.queue": "jobs", "ecsmi.seconds-per-message": "5"}}])


def run_and_stop():
    run = ecs.run_task(cluster="c", taskDefinition="w", count=3, networkConfiguration=NETWORK)
    assert {task["lastStatus"] for task in run["tasks"]} == {"PROVISIONING"}
    tasks = [task["taskArn"] for task in run["tasks"]]
    ecs.get_waiter("tasks_running").wait(cluster="c", tasks=tasks, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    for task in tasks:
        ecs.stop_task(cluster="c", task=task)
    ecs.get_waiter("tasks_stopped").wait(cluster="c", tasks=tasks, WaiterConfig={"Delay": 1, "MaxAttempts": 1})


def scale_with_the_queue():
    queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert queue == f"{ENDPOINT}/{ACCOUNT}/jobs", queue
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="w", desiredCount=0, networkConfiguration=NETWORK)
    scaling.register_scalable_target(**TARGET, MinCapacity=0, MaxCapacity=4)

    def alarm(name, comparison, steps):
        policy = scaling.put_scaling_policy(
            **TARGET, PolicyName=name, PolicyType="StepScaling", StepScalingPolicyConfiguration={
                "AdjustmentType": "ExactCapacity", "Cooldown": 60, "StepAdjustments": steps})
        cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "jobs"}], Statistic="Maximum", Period=60, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator=comparison, AlarmActions=[policy["PolicyARN"]])

    alarm("up", "GreaterThanOrEqualToThreshold", [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2}])
    alarm("down", "LessThanThreshold", [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}])
    for number in range(15):
        sqs.send_message(QueueUrl=queue, MessageBody=f"take {number}")
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0", counts
    service = ecs.describe_services(cluster="c", services=["s"])["services"][0]
    assert (service["desiredCount"], service["runningCount"]) == (0, 0), service
    assert ecs.list_container_instances(cluster="c")["containerInstanceArns"] == []
    told = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert any("desired count to 1" in each["Description"] for each in told), told


def be_refused():
    for call, exception in (
            (lambda: ecs.describe_tasks(cluster="nope", tasks=["x"]), ecs.exceptions.ClusterNotFoundException),
            (lambda: sqs.get_queue_url(QueueName="nope"), sqs.exceptions.QueueDoesNotExist)):
        try:
            call()
        except exception as error:
            assert error.response["ResponseMetadata"]["RequestId"]
        else:
            raise AssertionError("was accepted")


def clean_up():
    ecs.delete_service(cluster="c", service="s", force=True)
    ecs.get_waiter("services_inactive").wait(cluster="c", services=["s"], WaiterConfig={"Delay": 1, "MaxAttempts": 1})


for step in (make_cluster, run_and_stop, scale_with_the_queue, be_refused, clean_up):
    step()
    print("ok", step.__name__)
