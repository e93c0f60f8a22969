#include "ecsmi/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ecsmi::base {
namespace {

constexpr int kExitIoError = 74;

struct Log {
  std::shared_ptr<spdlog::logger> out;
  bool json = false;
};

// Made at first use, so that a line before ConfigureLog is not lost; never destroyed, for threads may outlive main.
Log& TheLog() {
  static Log* log = [] {
    auto* made = new Log;
    made->out = std::make_shared<spdlog::logger>("ecsmi", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->out->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    return made;
  }();
  return *log;
}

// Length of the UTF-8 sequence that begins at `at`, 0 when there is none.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = at + 1; i < at + length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond U+10FFFF.
  if (lead == 0xe0 && byte(at + 1) < 0xa0) return 0;
  if (lead == 0xed && byte(at + 1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(at + 1) < 0x90) return 0;
  if (lead == 0xf4 && byte(at + 1) > 0x8f) return 0;
  return length;
}

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

bool IsPlain(std::string_view value) {
  for (char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || static_cast<unsigned char>(c) >= 0x7f) return false;
  }
  return !value.empty();
}

void Write(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
  Log& log = TheLog();
  if (!log.out->should_log(level)) return;
  std::string line;
  if (log.json) {
    line = absl::StrCat("\"message\":", JsonQuoted(message));
    for (const auto& [key, value] : fields) absl::StrAppend(&line, ",", JsonQuoted(key), ":", JsonQuoted(value));
  } else {
    line = std::string(message);
    // A value a caller gave may hold anything; quoted, it cannot forge a line or a field.
    for (const auto& [key, value] : fields) {
      absl::StrAppend(&line, " ", View(key), "=", IsPlain(value) ? value : JsonQuoted(value));
    }
  }
  log.out->log(level, "{}", line);
}

}  // namespace

void ConfigureLog(LogFormat format, LogLevel from) {
  Log& log = TheLog();
  log.json = format == LogFormat::kJson;
  const char* pattern =
      log.json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
  log.out->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  switch (from) {
    case LogLevel::kDebug:
      return log.out->set_level(spdlog::level::debug);
    case LogLevel::kInfo:
      return log.out->set_level(spdlog::level::info);
    case LogLevel::kWarning:
      return log.out->set_level(spdlog::level::warn);
    case LogLevel::kError:
      return log.out->set_level(spdlog::level::err);
    case LogLevel::kOff:
      return log.out->set_level(spdlog::level::off);
  }
}

bool LogsDebug() {
  return TheLog().out->should_log(spdlog::level::debug);
}
void LogDebug(std::string_view message, LogFields fields) {
  Write(spdlog::level::debug, message, fields);
}
void LogInfo(std::string_view message, LogFields fields) {
  Write(spdlog::level::info, message, fields);
}
void LogWarning(std::string_view message, LogFields fields) {
  Write(spdlog::level::warn, message, fields);
}
void LogError(std::string_view message, LogFields fields) {
  Write(spdlog::level::err, message, fields);
}

void Die(std::string_view reason) {
  LogError("ending at once", {{"reason", std::string(reason)}});
  TheLog().out->flush();
  std::_Exit(kExitIoError);
}

std::string JsonQuoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SequenceLength(text, at);
    const char c = text[at];
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++at;
      continue;
    }
    if (length > 1) {
      out.append(text, at, length);
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
    at += length;
  }
  return out + "\"";
}

}  // namespace ecsmi::base
