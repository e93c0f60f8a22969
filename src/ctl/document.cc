#include "ctl/document.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ctl/text.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"

namespace ecsmi::ctl {
namespace {

constexpr char kTypeUrls[] = "type.googleapis.com";
constexpr unsigned kDigitsKept = rapidjson::kParseNumbersAsStringsFlag;

// The events of a JSON text as YAML in block style.
class ToYaml : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ToYaml> {
 public:
  explicit ToYaml(YAML::Emitter& out) : out_(out) {}
  bool Null() { return Put("null"); }
  bool Bool(bool value) { return Put(value ? "true" : "false"); }
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool) { return Put(std::string(digits, length)); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    const std::string value(text, length);
    if (!IsPlain(value)) out_ << YAML::DoubleQuoted;
    return Put(value);
  }
  bool StartObject() {
    out_ << YAML::BeginMap;
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string key(text, length);
    out_ << YAML::Key;
    if (!IsPlain(key)) out_ << YAML::DoubleQuoted;
    out_ << key << YAML::Value;
    return true;
  }
  bool EndObject(rapidjson::SizeType members) {
    static_cast<void>(members);
    out_ << YAML::EndMap;
    return true;
  }
  bool StartArray() {
    out_ << YAML::BeginSeq;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    out_ << YAML::EndSeq;
    return true;
  }

 private:
  bool Put(const std::string& text) {
    out_ << text;
    return true;
  }
  // A string that any reader of YAML takes for a string without quotes: begins with a letter or '/', goes on with what
  // has no meaning there, and is no word for truth or nothing.
  static bool IsPlain(const std::string& text) {
    constexpr std::array<std::string_view, 10> kWords = {"true", "false", "yes", "no",   "on",
                                                         "off",  "y",     "n",   "null", "nan"};
    const std::string lower = absl::AsciiStrToLower(text);
    if (std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return false;
    if (text.empty() || (!absl::ascii_isalpha(static_cast<unsigned char>(text[0])) && text[0] != '/')) return false;
    return text.back() != ':' && std::all_of(text.begin(), text.end(), [](char c) {
             return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                    std::string_view("/:._-@").find(c) != std::string_view::npos;
           });
  }

  YAML::Emitter& out_;
};

// The events of a JSON text to a writer, which would quote numbers that come as digits.
class ToJson : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ToJson> {
 public:
  using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
  explicit ToJson(Writer& out) : out_(out) {}
  bool Null() { return out_.Null(); }
  bool Bool(bool value) { return out_.Bool(value); }
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool) {
    return out_.RawValue(digits, length, rapidjson::kNumberType);
  }
  bool String(const char* text, rapidjson::SizeType length, bool) { return out_.String(text, length); }
  bool StartObject() { return out_.StartObject(); }
  bool Key(const char* text, rapidjson::SizeType length, bool) { return out_.Key(text, length); }
  bool EndObject(rapidjson::SizeType members) { return out_.EndObject(members); }
  bool StartArray() { return out_.StartArray(); }
  bool EndArray(rapidjson::SizeType elements) { return out_.EndArray(elements); }

 private:
  Writer& out_;
};

}  // namespace

std::string JsonOf(const google::protobuf::Message& message) {
  // By way of bytes in which maps are sorted: equal messages shall read the same.
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  std::string json;
  const auto* pool = message.GetDescriptor()->file()->pool();
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(kTypeUrls, pool));
  const auto status = google::protobuf::util::BinaryToJsonString(
      resolver.get(), absl::StrCat(kTypeUrls, "/", message.GetDescriptor()->full_name()), bytes, &json);
  if (!status.ok()) {
    return Quoted(message.GetTypeName() + ": " + status.ToString());
  }
  return json;
}

std::string Quoted(const std::string& text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return buffer.GetString();
}

std::string ListOf(const std::string& name, const std::vector<std::string>& items) {
  return absl::StrCat("{", Quoted(name), ":[", absl::StrJoin(items, ","), "]}");
}

std::string LayOut(const std::string& json, Format format) {
  rapidjson::StringStream stream(json.c_str());
  rapidjson::Reader reader;
  std::string out;
  if (format == Format::kYaml) {
    YAML::Emitter emitter;
    ToYaml handler(emitter);
    reader.Parse<kDigitsKept>(stream, handler);
    out = emitter.c_str();
  } else {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    ToJson handler(writer);
    reader.Parse<kDigitsKept>(stream, handler);
    out = buffer.GetString();
  }
  // Line by line: what the writers leave alone beyond ASCII's control characters.
  std::string safe;
  for (std::size_t begin = 0; begin <= out.size();) {
    const std::size_t end = std::min(out.find('\n', begin), out.size());
    absl::StrAppend(&safe, Safe(out.substr(begin, end - begin)), "\n");
    begin = end + 1;
  }
  return safe;
}

}  // namespace ecsmi::ctl
