// What is asked without an operation: health, the aliases of other emulators' fixtures, and everything refused by name.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wire/aws/door.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

HttpResponse Json(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

HttpResponse Health(const control::Engine& engine) {
  const std::string trouble = engine.Trouble();
  if (trouble.empty()) return Json(200, "{\"status\":\"ok\"}");
  std::string body = "{\"status\":\"trouble\",\"reason\":";
  AppendQuoted(trouble, body);
  return Json(503, body + "}");
}

// Fixtures written for LocalStack wait until the services they name are "running" or "available".
HttpResponse LocalStackHealth() {
  return Json(200,
              "{\"services\":{\"application-autoscaling\":\"running\",\"cloudwatch\":\"running\",\"ecs\":\"running\","
              "\"sqs\":\"running\",\"sts\":\"running\"},\"edition\":\"ecsmi\",\"version\":\"" ECSMI_VERSION "\"}");
}

}  // namespace

void HandlePage(Door& calls, const AwsCaller& caller, const HttpRequest& request, HttpReply reply) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && caller.path == "/healthz") return reply(Health(calls.engine));
  if (reads && caller.path == "/_localstack/health") return reply(LocalStackHealth());
  if (request.method == "POST" && caller.path == "/moto-api/reset") {
    auto owned = std::make_shared<HttpReply>(std::move(reply));
    return calls.engine.ResetWorld(caller.account, [owned](const absl::Status& status) {
      (*owned)(status.ok() ? Json(200, "{\"status\":\"ok\"}")
                           : JsonRefusal(503, "ServiceUnavailableException", std::string(status.message())));
    });
  }
  if (caller.service == "monitoring") {
    return reply(
        JsonRefusal(501, "UnknownOperationException",
                    "CloudWatch is spoken to in AWS JSON here: POST / with X-Amz-Target, as SDKs of 2026 do; CBOR "
                    "and the query protocol are not emulated (ecsmi: docs/FIDELITY.md#http-protocols)"));
  }
  const std::string what = caller.service.empty() ? absl::StrCat(request.method, " ", caller.path)
                                                  : absl::StrCat("the service '", caller.service, "'");
  reply(JsonRefusal(
      caller.service.empty() ? 404 : 501, "UnknownOperationException",
      absl::StrCat(
          what,
          " is not emulated. AWS JSON calls are POST / with X-Amz-Target; ECS, SQS, Application Auto Scaling and "
          "CloudWatch answer here: point those alone at it, with AWS_ENDPOINT_URL_ECS, AWS_ENDPOINT_URL_SQS, "
          "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING and AWS_ENDPOINT_URL_CLOUDWATCH, or start ecsmid with --forward=",
          caller.service.empty() ? "SERVICE" : caller.service,
          "=URL, which passes such requests on (ecsmi: docs/FIDELITY.md#operations)")));
}

}  // namespace ecsmi::wire
