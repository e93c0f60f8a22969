#include "api/arn.h"

#include <algorithm>
#include <array>

#include "ecsmi/api/naming.h"

namespace ecsmi::api {
namespace {

// The five parts before the resource and the resource itself, which may hold colons.
std::optional<std::array<std::string_view, 6>> Split(std::string_view text) {
  std::array<std::string_view, 6> parts;
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts[i] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  parts[5] = text;
  if (parts[0] != "arn" || parts[1].substr(0, 3) != "aws") return std::nullopt;
  return parts;
}

bool IsAccount(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<EcsArn> ParseEcsArn(std::string_view text) {
  const auto parts = Split(text);
  if (!parts || (*parts)[2] != "ecs" || (*parts)[3].empty() || !IsAccount((*parts)[4])) return std::nullopt;
  const std::size_t slash = (*parts)[5].find('/');
  if (slash == std::string_view::npos || slash + 1 == (*parts)[5].size()) return std::nullopt;
  return EcsArn{(*parts)[1], (*parts)[3], (*parts)[4], (*parts)[5].substr(0, slash), (*parts)[5].substr(slash + 1)};
}

std::string MakeEcsArn(std::string_view region, std::string_view account, std::string_view kind,
                       std::string_view resource) {
  std::string arn;
  arn.reserve(sizeof("arn:aws-us-gov:ecs:::/") + region.size() + account.size() + kind.size() + resource.size());
  arn.append("arn:").append(Partition(region)).append(":ecs:").append(region).append(":").append(account).append(":");
  return arn.append(kind).append("/").append(resource);
}

bool IsIamArn(std::string_view text, std::string_view kind) {
  const auto parts = Split(text);
  if (!parts || (*parts)[2] != "iam" || !(*parts)[3].empty() || !IsAccount((*parts)[4])) return false;
  const std::string_view resource = (*parts)[5];
  constexpr std::string_view kPunctuation = "+=,.@_-/";
  return resource.size() > kind.size() + 1 && resource.size() <= 1024 && resource.substr(0, kind.size()) == kind &&
         resource[kind.size()] == '/' && std::all_of(resource.begin(), resource.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kPunctuation.find(c) != std::string_view::npos;
         });
}

}  // namespace ecsmi::api
