#pragma once

#include <string>
#include <string_view>

namespace ecsmi::api {

// MD5 as 32 lower-case hex digits: SQS clients check it (F75). Pure; any thread.
std::string Md5Hex(std::string_view bytes);

}  // namespace ecsmi::api
