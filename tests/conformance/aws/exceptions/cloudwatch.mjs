// CloudWatch's exceptions: what raises each, its older name in the query protocol, and why the others never come.
const alarm = (AlarmName) => ({
  AlarmName, Namespace: "n", MetricName: "m", Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
});
const datum = (more) => ({ Namespace: "n", MetricData: [{ MetricName: "m", ...more }] });

// 5,000 alarms in a Region, AWS's quota.
async function crowd({ aws }) {
  for (let i = 0; i < 5_000; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, j) => aws.cloudwatch.putMetricAlarm(alarm(`a${i + j}`))));
  }
  return aws.cloudwatch.putMetricAlarm(alarm("one more"));
}

export async function prepare() {}

export const raised = {
  InternalServiceFault: [
    [({ broken }) => broken.cloudwatch.putMetricData(datum({ Value: 1 })), /^An internal error occurred\.$/],
  ],
  InvalidFormatFault: [
    [({ aws }) => aws.cloudwatch.setAlarmState({
      AlarmName: "a", StateValue: "OK", StateReason: "x", StateReasonData: "no JSON",
    }), /^StateReasonData is not a JSON object\.$/],
  ],
  InvalidNextToken: [[({ aws }) => aws.cloudwatch.describeAlarms({ NextToken: "x" }), /./]],
  InvalidParameterCombinationException: [
    [({ aws }) => aws.cloudwatch.putMetricData(datum({ Value: 1, Values: [1] })), /mutually exclusive\.$/],
    [({ aws }) => aws.cloudwatch.describeAlarms({ AlarmNames: ["a"], AlarmNamePrefix: "a" }),
      /^The parameters AlarmNames and AlarmNamePrefix are mutually exclusive\.$/],
  ],
  InvalidParameterValueException: [
    [({ aws }) => aws.cloudwatch.putMetricData(datum({ Value: 1e40 })), /must be between -2\^120 and 2\^120\.$/],
    [({ aws }) => aws.cloudwatch.putMetricData(datum({ Value: NaN })), /MetricData/],
  ],
  LimitExceededFault: [[crowd, /^The maximum number of alarms, 5000, has been reached\.$/]],
  MissingRequiredParameterException: [
    [({ aws }) => aws.cloudwatch.putMetricData(datum({})),
      /^The parameter MetricData\.member\.1|^The parameter MetricData\[0\]/],
  ],
  ResourceNotFound: [
    [({ aws }) => aws.cloudwatch.deleteAlarms({ AlarmNames: ["none"] }), /^None of the alarms exists: none$/],
    [({ aws }) => aws.cloudwatch.setAlarmState({ AlarmName: "none", StateValue: "OK", StateReason: "x" }),
      /^Unknown alarm none$/],
  ],
};

const operations = (names) => `only ${names} may raise it, which are not emulated`;

export const never = {
  ConcurrentModificationException: operations("metric streams and TagResource"),
  ConflictException: operations("data sets, dashboards and TagResource"),
  DashboardInvalidInputError: operations("dashboards"),
  DashboardNotFoundError: operations("dashboards"),
  KmsAccessDeniedException: operations("data sets"),
  KmsKeyDisabledException: operations("data sets"),
  KmsKeyNotFoundException: operations("data sets"),
  LimitExceededException: operations("anomaly detectors and insight rules"),
  ResourceConflict: "composite alarms, which an alarm's deletion could break, are not emulated",
  ResourceNotFoundException: operations("mute rules, metric streams, data sets, insight rules and TagResource"),
  ValidationException: operations("OTel enrichment"),
};
