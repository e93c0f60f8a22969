#include "wire/aws_query/xml.h"

#include "wire/aws_json/error.h"

namespace ecsmi::wire {
namespace {

constexpr char kContentType[] = "text/xml";

void AppendText(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '\r':  // bare, a reader would make it a newline
        out.append("&#xD;");
        break;
      case '\t':
      case '\n':
        out.push_back(c);
        break;
      case '\xef':  // U+FFFE and U+FFFF
        if (text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf") {
          out.append("\xef\xbf\xbd");
          i += 2;
        } else {
          out.push_back(c);
        }
        break;
      default:
        static_cast<unsigned char>(c) < 0x20 ? out.append("\xef\xbf\xbd") : out.append(1, c);
    }
  }
}

void Open(std::string_view name, std::string& out) {
  out.append("<").append(name).append(">");
}
void Close(std::string_view name, std::string& out) {
  out.append("</").append(name).append(">");
}

HttpResponse Answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("content-type", kContentType);
  response.body = std::move(body);
  return response;
}

// The root element, open.
std::string Begin(std::string_view root, std::string_view xml_namespace) {
  std::string out = "<?xml version=\"1.0\"?>\n<";
  out.append(root).append(" xmlns=\"").append(xml_namespace).append("\">");
  return out;
}

}  // namespace

void AppendElement(std::string_view name, std::string_view text, std::string& out) {
  Open(name, out);
  AppendText(text, out);
  Close(name, out);
}

HttpResponse QueryResponse(std::string_view xml_namespace, std::string_view action, bool has_result,
                           std::string_view result, std::string_view request_id) {
  const std::string root = std::string(action).append("Response");
  std::string out = Begin(root, xml_namespace);
  if (has_result) {
    const std::string wrapper = std::string(action).append("Result");
    Open(wrapper, out);
    out.append(result);
    Close(wrapper, out);
  }
  Open("ResponseMetadata", out);
  AppendElement("RequestId", request_id, out);
  Close("ResponseMetadata", out);
  Close(root, out);
  return Answer(200, std::move(out));
}

HttpResponse QueryErrorResponse(std::string_view xml_namespace, const absl::Status& status,
                                std::string_view request_id) {
  const ErrorFace face = FaceOf(status, "ecsmi.sqs.v1.SqsService");
  std::string out = Begin("ErrorResponse", xml_namespace);
  Open("Error", out);
  AppendElement("Type", face.sender ? "Sender" : "Receiver", out);
  AppendElement("Code", face.query_code, out);
  AppendElement("Message", face.message, out);
  Close("Error", out);
  AppendElement("RequestId", request_id, out);
  Close("ErrorResponse", out);
  return Answer(face.http_status, std::move(out));
}

}  // namespace ecsmi::wire
