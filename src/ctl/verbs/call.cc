#include <cstdio>

#include "absl/strings/str_cat.h"
#include "ctl/input.h"
#include "ctl/reflection.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string method;
  std::string json = "{}";
};

absl::Status Call(Context& context, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::string json, ReadArgument(options.json));
  ECSMI_ASSIGN_OR_RETURN(const std::unique_ptr<RemoteMethod> method,
                         RemoteMethod::Find(context.client, options.method));
  if (method->descriptor().client_streaming()) {
    return WrongUsage(absl::StrCat(Safe(options.method), " takes a stream of requests, which `call` has not"));
  }
  const auto request = method->NewRequest();
  ECSMI_RETURN_IF_ERROR(ReadJson(json, "JSON", request.get()));
  const auto response = method->NewResponse();
  const auto show = [&](const std::string& bytes) {
    if (!response->ParseFromString(bytes)) return Refused("the answer is no " + response->GetTypeName());
    const std::string answer = JsonOf(*response);
    context.Print(LayOut(answer, Format::kJson), answer);
    return absl::OkStatus();
  };
  if (method->descriptor().server_streaming()) {
    absl::Status shown;
    ECSMI_RETURN_IF_ERROR(context.client.Stream(method->path(), request->SerializeAsString(), [&](const auto& bytes) {
      shown = show(bytes);
      return shown.ok();
    }));
    return shown;
  }
  ECSMI_ASSIGN_OR_RETURN(
      const Client::Answer answer,
      context.client.CallBytes(method->path(), request->SerializeAsString(), Client::Patience::kEndless));
  if (!answer.warning.empty()) std::fprintf(stderr, "warning: %s\n", Safe(answer.warning).c_str());
  return show(answer.answer);
}

}  // namespace

void AddCall(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "call", "Calls any rpc, with JSON as for the AWS CLI",
                           {"ecsmictl call CreateCluster '{\"clusterName\": \"shop\"}'",
                            "ecsmictl call ecsmi.ecs.v1.EcsService/RunTask @run-task.json",
                            "echo '{\"by\": \"90s\"}' | ecsmictl call AdvanceClock -"});
  verb->add_option("method", options->method, "RunTask, or ecsmi.ecs.v1.EcsService/RunTask")
      ->required()
      ->type_name("METHOD");
  verb->add_option("json", options->json, "The request; - is standard input, @FILE a file")->type_name("JSON");
  OnVerb(*verb, chosen, [options](Context& context) { return Call(context, *options); });
}

}  // namespace ecsmi::ctl
