#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "wire/http/message.h"

// What every answer of the query protocol has around it. Pure; any thread.
namespace ecsmi::wire {

inline constexpr char kSqsNamespace[] = "http://queue.amazonaws.com/doc/2012-11-05/";
inline constexpr char kStsNamespace[] = "https://sts.amazonaws.com/doc/2011-06-15/";

// <name>text</name>, escaped. What XML 1.0 has no way to write becomes U+FFFD. REQUIRES: UTF-8.
void AppendElement(std::string_view name, std::string_view text, std::string& out);

// <ActionResponse><ActionResult>result</ActionResult><ResponseMetadata>…: `result` is XML. `has_result`: an action that
// answers nothing has no such element.
HttpResponse QueryResponse(std::string_view xml_namespace, std::string_view action, bool has_result,
                           std::string_view result, std::string_view request_id);

// <ErrorResponse><Error><Type>Sender</Type><Code>…: codes are those of the query protocol.
HttpResponse QueryErrorResponse(std::string_view xml_namespace, const absl::Status& status,
                                std::string_view request_id);

}  // namespace ecsmi::wire
