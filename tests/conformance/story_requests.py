"""Requests of the small story that tests of the doors play: a provider, a definition, two tasks."""
PROVIDER = {
    "name": "mi",
    "cluster": "web",
    "managedInstancesProvider": {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": ["subnet-0000000a", "subnet-0000000b"]},
        },
    },
}
DEFINITION = {
    "family": "web",
    "requiresCompatibilities": ["MANAGED_INSTANCES"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "main", "image": "example/web:1"}],
}
RUN = {
    "cluster": "web",
    "taskDefinition": "web",
    "count": 2,
    "capacityProviderStrategy": [{"capacityProvider": "mi", "weight": 1}],
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0000000a"]}},
}
