#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// What the daemon tells its operator: one line per happening, on stderr. Thread-safe. Nothing here knows of ECS; core
// and model do not log.
namespace ecsmi::base {

// A named value of a line: `key=value` in text, a member in JSON.
using LogField = std::pair<std::string_view, std::string>;
using LogFields = std::initializer_list<LogField>;

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Before other threads start. Default: text, from info on.
void ConfigureLog(LogFormat format, LogLevel from);

// Whether debug lines are written: for who would have to gather their fields first.
bool LogsDebug();
void LogDebug(std::string_view message, LogFields fields = {});
void LogInfo(std::string_view message, LogFields fields = {});
void LogWarning(std::string_view message, LogFields fields = {});
void LogError(std::string_view message, LogFields fields = {});

// The process cannot go on without risking a false answer: says why and ends at once with status 74 (EX_IOERR), without
// destructors.
[[noreturn]] void Die(std::string_view reason);

// As a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
std::string JsonQuoted(std::string_view text);

}  // namespace ecsmi::base
