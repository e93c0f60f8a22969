#include "api/cloudwatch/cloudwatch.h"

namespace ecsmi::api {

void RegisterCloudWatch(Registry& registry) {
  constexpr char kService[] = "ecsmi.cloudwatch.v1.CloudWatchService";
  registry.Add<cw::PutMetricDataRequest, cw::PutMetricDataResponse>(kService, "PutMetricData", CheckPutMetricData,
                                                                    PutMetricData);
  registry.Add<cw::ListMetricsRequest, cw::ListMetricsResponse>(kService, "ListMetrics", CheckListMetrics, ListMetrics);
  registry.Add<cw::GetMetricStatisticsRequest, cw::GetMetricStatisticsResponse>(
      kService, "GetMetricStatistics", CheckGetMetricStatistics, GetMetricStatistics);
  registry.Add<cw::GetMetricDataRequest, cw::GetMetricDataResponse>(kService, "GetMetricData", CheckGetMetricData,
                                                                    GetMetricData);
  registry.Add<cw::PutMetricAlarmRequest, cw::PutMetricAlarmResponse>(kService, "PutMetricAlarm", CheckPutMetricAlarm,
                                                                      PutMetricAlarm);
  registry.Add<cw::DescribeAlarmsRequest, cw::DescribeAlarmsResponse>(kService, "DescribeAlarms", CheckDescribeAlarms,
                                                                      DescribeAlarms);
  registry.Add<cw::DescribeAlarmsForMetricRequest, cw::DescribeAlarmsForMetricResponse>(
      kService, "DescribeAlarmsForMetric", CheckDescribeAlarmsForMetric, DescribeAlarmsForMetric);
  registry.Add<cw::DeleteAlarmsRequest, cw::DeleteAlarmsResponse>(kService, "DeleteAlarms", CheckDeleteAlarms,
                                                                  DeleteAlarms);
  registry.Add<cw::EnableAlarmActionsRequest, cw::EnableAlarmActionsResponse>(
      kService, "EnableAlarmActions", CheckEnableAlarmActions, EnableAlarmActions);
  registry.Add<cw::DisableAlarmActionsRequest, cw::DisableAlarmActionsResponse>(
      kService, "DisableAlarmActions", CheckDisableAlarmActions, DisableAlarmActions);
  registry.Add<cw::SetAlarmStateRequest, cw::SetAlarmStateResponse>(kService, "SetAlarmState", CheckSetAlarmState,
                                                                    SetAlarmState);
}

}  // namespace ecsmi::api
