#!/usr/bin/env python3
"""Turns AWS shape JSON (one file per service) into aws_shapes.tsv, what contract_test.cc compares the protos with.

Usage: make_table.py DIR, with DIR holding ecs.json, sqs.json, application-autoscaling.json, cloudwatch.json.
Only operations that the contract carries, and the shapes they reach, go in; a new operation is added here first.

Rows (tab-separated): service PACKAGE NAME TARGET_PREFIX | operation PACKAGE NAME INPUT OUTPUT |
message PACKAGE NAME structure/union | field PACKAGE MESSAGE JSON_NAME one/list/map TYPE | enum PACKAGE NAME VALUE |
required PACKAGE MESSAGE JSON_NAME, for what requests reach, lists and maps apart: protobuf cannot tell an empty one from none

The required rows are written once more as src/api/required_members.inc, which the daemon is built with.
"""
import json
import pathlib
import re
import sys

ECS_OPERATIONS = """
CreateCluster DescribeClusters ListClusters UpdateCluster UpdateClusterSettings DeleteCluster PutClusterCapacityProviders
CreateCapacityProvider DescribeCapacityProviders UpdateCapacityProvider DeleteCapacityProvider
RegisterTaskDefinition DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies DeregisterTaskDefinition
DeleteTaskDefinitions RunTask StartTask StopTask DescribeTasks ListTasks ExecuteCommand
CreateService UpdateService DeleteService DescribeServices ListServices ListServicesByNamespace
DescribeServiceDeployments ListServiceDeployments StopServiceDeployment DescribeServiceRevisions
DescribeContainerInstances ListContainerInstances UpdateContainerInstancesState DeregisterContainerInstance
TagResource UntagResource ListTagsForResource GetTaskProtection UpdateTaskProtection
ListAccountSettings PutAccountSetting PutAccountSettingDefault DeleteAccountSetting
PutAttributes DeleteAttributes ListAttributes
""".split()
SERVICES = [  # package, file, service, operations (None: all of the file)
    ("ecsmi.ecs.v1", "ecs", "EcsService", ECS_OPERATIONS),
    ("ecsmi.sqs.v1", "sqs", "SqsService", None),
    ("ecsmi.autoscaling.v1", "application-autoscaling", "ApplicationAutoScalingService", None),
    ("ecsmi.cloudwatch.v1", "cloudwatch", "CloudWatchService", None),
]
SCALARS = {
    "string": "string", "integer": "int32", "long": "int64", "number": "int64", "float": "double", "double": "double",
    "boolean": "bool", "blob": "bytes", "timestamp": "timestamp", "document": "document",
}


def rows_of(package, model, service, operations):
    shapes = model["shapes"]
    operations = sorted(operations or model["operations"])
    renamed = {}  # what AWS calls FooResult, FooInput … is FooResponse, FooRequest here
    rows = [("service", package, service, model["targetPrefix"])]
    empty = []
    for name in operations:
        ends = []
        for side, suffix in (("input", "Request"), ("output", "Response")):
            shape = model["operations"][name][side]
            ends.append(name + suffix)
            if shape is None:
                empty.append(name + suffix)
            elif renamed.setdefault(shape, name + suffix) != name + suffix:
                sys.exit(f"{shape} serves two operations: {renamed[shape]}, {name + suffix}")
        rows.append(("operation", package, name, *ends))

    def type_of(text):
        if text in SCALARS:
            return SCALARS[text]
        kind = "enum" if shapes[text]["type"] == "enum" else "message"
        return f"{kind}:{renamed.get(text, text)}"

    def reach(todo):
        found = set()
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            for member in shapes[name].get("members", {}).values():
                todo += [word for word in re.findall(r"\w+", member["type"]) if word in shapes]
        return found

    reached = reach(sorted(renamed))
    asked = reach([model["operations"][name]["input"] for name in operations if model["operations"][name]["input"]])
    rows += [("message", package, name, "structure") for name in empty]
    for name in reached:
        shape, ours = shapes[name], renamed.get(name, name)
        if shape["type"] == "enum":
            rows += [("enum", package, ours, value) for value in shape["values"]]
            continue
        if shape["type"] not in ("structure", "union"):
            sys.exit(f"{name} is a {shape['type']}")
        rows.append(("message", package, ours, shape["type"]))
        for member, facts in shape["members"].items():
            label, text = "one", facts["type"]
            if match := re.fullmatch(r"list<(\w+)>", text):
                label, text = "list", type_of(match[1])
            elif match := re.fullmatch(r"map<(\w+), ?(\w+)>", text):
                label, text = "map", type_of(match[2])  # keys are strings, enums too
            else:
                text = type_of(text)
            rows.append(("field", package, ours, member, label, text))
            if facts.get("required") and label == "one" and name in asked:
                rows.append(("required", package, ours, member))
    return rows


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = []
    for package, file, service, operations in SERVICES:
        model = json.loads((pathlib.Path(sys.argv[1]) / f"{file}.json").read_text())
        rows += sorted(rows_of(package, model, service, operations))
    table = pathlib.Path(__file__).with_name("aws_shapes.tsv")
    table.write_text("".join("\t".join(row) + "\n" for row in rows))
    required = pathlib.Path(__file__).parents[3] / "src/api/required_members.inc"
    required.write_text("// Made by tests/conformance/contract/make_table.py.\n" + "".join(
        f'{{"{package}.{message}", "{member}"}},\n' for kind, package, message, member in
        (row for row in rows if row[0] == "required")))
    print(f"{len(rows)} rows in {table}")


main()
