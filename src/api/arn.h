#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ecsmi::api {

// "arn:<partition>:ecs:<region>:<account>:<kind>/<resource>" (H40), taken apart. Views point into the text parsed.
struct EcsArn {
  std::string_view partition;
  std::string_view region;
  std::string_view account;
  std::string_view kind;      // "cluster", "task", "capacity-provider" …
  std::string_view resource;  // all after the first slash
};
// nullopt when `text` is no such ARN.
std::optional<EcsArn> ParseEcsArn(std::string_view text);
std::string MakeEcsArn(std::string_view region, std::string_view account, std::string_view kind,
                       std::string_view resource);

// "arn:<partition>:iam::<12 digits>:<kind>/<name>" (A22, A23).
bool IsIamArn(std::string_view text, std::string_view kind);

}  // namespace ecsmi::api
