#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"
#include "ecsmi/cloudwatch/v1/metric.pb.h"
#include "ecsmi/cloudwatch/v1/metric_data.pb.h"
#include "ecsmi/control/step.h"

// The CloudWatch operations: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
// Alarms watch one metric by a plain statistic, or metric math over several; percentiles, anomaly bands and the like
// are refused by name.
namespace ecsmi::api {

namespace cw = ::ecsmi::cloudwatch::v1;

absl::Status CheckPutMetricData(const cw::PutMetricDataRequest& request);
absl::Status PutMetricData(control::Step& step, const CallContext& context, const cw::PutMetricDataRequest& request,
                           cw::PutMetricDataResponse* response);

absl::Status CheckListMetrics(const cw::ListMetricsRequest& request);
absl::Status ListMetrics(control::Step& step, const CallContext& context, const cw::ListMetricsRequest& request,
                         cw::ListMetricsResponse* response);

absl::Status CheckGetMetricStatistics(const cw::GetMetricStatisticsRequest& request);
absl::Status GetMetricStatistics(control::Step& step, const CallContext& context,
                                 const cw::GetMetricStatisticsRequest& request,
                                 cw::GetMetricStatisticsResponse* response);

absl::Status CheckGetMetricData(const cw::GetMetricDataRequest& request);
absl::Status GetMetricData(control::Step& step, const CallContext& context, const cw::GetMetricDataRequest& request,
                           cw::GetMetricDataResponse* response);

absl::Status CheckPutMetricAlarm(const cw::PutMetricAlarmRequest& request);
absl::Status PutMetricAlarm(control::Step& step, const CallContext& context, const cw::PutMetricAlarmRequest& request,
                            cw::PutMetricAlarmResponse* response);

absl::Status CheckDescribeAlarms(const cw::DescribeAlarmsRequest& request);
absl::Status DescribeAlarms(control::Step& step, const CallContext& context, const cw::DescribeAlarmsRequest& request,
                            cw::DescribeAlarmsResponse* response);

absl::Status CheckDescribeAlarmsForMetric(const cw::DescribeAlarmsForMetricRequest& request);
absl::Status DescribeAlarmsForMetric(control::Step& step, const CallContext& context,
                                     const cw::DescribeAlarmsForMetricRequest& request,
                                     cw::DescribeAlarmsForMetricResponse* response);

absl::Status CheckDeleteAlarms(const cw::DeleteAlarmsRequest& request);
absl::Status DeleteAlarms(control::Step& step, const CallContext& context, const cw::DeleteAlarmsRequest& request,
                          cw::DeleteAlarmsResponse* response);

absl::Status CheckEnableAlarmActions(const cw::EnableAlarmActionsRequest& request);
absl::Status EnableAlarmActions(control::Step& step, const CallContext& context,
                                const cw::EnableAlarmActionsRequest& request, cw::EnableAlarmActionsResponse* response);

absl::Status CheckDisableAlarmActions(const cw::DisableAlarmActionsRequest& request);
absl::Status DisableAlarmActions(control::Step& step, const CallContext& context,
                                 const cw::DisableAlarmActionsRequest& request,
                                 cw::DisableAlarmActionsResponse* response);

absl::Status CheckSetAlarmState(const cw::SetAlarmStateRequest& request);
absl::Status SetAlarmState(control::Step& step, const CallContext& context, const cw::SetAlarmStateRequest& request,
                           cw::SetAlarmStateResponse* response);

}  // namespace ecsmi::api
