#include "wire/aws_query/form.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/utf8.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// nullopt for a percent sign without two hex digits.
std::optional<std::string> Unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

absl::Status Malformed(const std::string& text) {
  return api::AwsError(api::AwsException::kSerialization, text);
}

}  // namespace

absl::StatusOr<Form> ParseForm(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view field = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (field.empty()) continue;
    if (form.size() == kFormFieldsMax) {
      return Malformed(absl::StrCat("The form has more than ", kFormFieldsMax, " fields"));
    }
    const std::size_t equals = std::min(field.find('='), field.size());
    std::optional<std::string> name = Unescape(field.substr(0, equals));
    std::optional<std::string> value = Unescape(field.substr(std::min(equals + 1, field.size())));
    if (!name || !value) {
      return Malformed(absl::StrCat("The form has a % without two hex digits in field '", Excerpt(field), "'"));
    }
    if (!base::IsUtf8(*name) || !base::IsUtf8(*value)) {
      return Malformed(absl::StrCat("The form is not valid UTF-8 in field ", form.size() + 1));
    }
    form.emplace_back(*std::move(name), *std::move(value));
  }
  return form;
}

const std::string* FindField(const Form& form, std::string_view name) {
  for (auto field = form.rbegin(); field != form.rend(); ++field) {
    if (field->first == name) return &field->second;
  }
  return nullptr;
}

}  // namespace ecsmi::wire
