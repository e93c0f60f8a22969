#include "api/sqs/batch.h"

#include "ecsmi/api/errors.h"
#include "ecsmi/api/naming.h"

namespace ecsmi::api {
namespace {
constexpr std::size_t kIdMax = 80;
}  // namespace

bool IsBatchEntryId(std::string_view id) {
  return IsName(id) && id.size() <= kIdMax;
}

void AddFailure(const std::string& id, const absl::Status& status,
                google::protobuf::RepeatedPtrField<sqs::v1::BatchResultErrorEntry>* failed) {
  const ExceptionRow& row = ExceptionOf(status);
  sqs::v1::BatchResultErrorEntry& entry = *failed->Add();
  entry.set_id(id);
  entry.set_sender_fault(row.http_status < 500);
  entry.set_code(std::string(row.query_code.empty() ? row.name : row.query_code));
  entry.set_message(std::string(status.message()));
}

}  // namespace ecsmi::api
