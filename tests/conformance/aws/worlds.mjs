// What the stories make in their worlds.
const subnets = ["subnet-0000000a", "subnet-0000000b"];
export const awsvpc = { networkConfiguration: { awsvpcConfiguration: { subnets } } };

// A managed instances provider as CreateCapacityProvider takes it; `more` goes beside the launch template.
export const provider = (name, cluster, more = {}) => ({
  name,
  cluster,
  managedInstancesProvider: {
    infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    instanceLaunchTemplate: {
      ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
      networkConfiguration: { subnets },
    },
    infrastructureOptimization: { scaleInAfter: 0 },
    ...more,
  },
});

export const definition = (family, dockerLabels = {}, extra = {}) => ({
  family,
  requiresCompatibilities: ["MANAGED_INSTANCES"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "main", image: "example/app:1", dockerLabels, ...extra }],
});
