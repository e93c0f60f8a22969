#include "absl/strings/str_join.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

absl::StatusOr<Listing> Show(Client& client, const GetOptions&) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<QueueView> queues, ListQueues(client));
  Listing listing{"queues", {}, "", ""};
  listing.table.columns = {{"QUEUE", false, 12}, {"MESSAGES", true},   {"IN FLIGHT", true},
                           {"DELAYED", true},    {"VISIBILITY", true}, {"DEAD LETTERS TO", false, 12}};
  std::vector<std::string> items;
  for (const QueueView& queue : queues) {
    const std::string policy = queue.Get("RedrivePolicy");
    const std::size_t at = policy.find("deadLetterTargetArn");
    std::string target = "-";
    if (at != std::string::npos) {
      const std::size_t begin = policy.find("arn:", at);
      if (begin != std::string::npos) target = LastPart(policy.substr(begin, policy.find('"', begin) - begin));
    }
    listing.table.rows.push_back({LastPart(queue.url), queue.Get("ApproximateNumberOfMessages"),
                                  queue.Get("ApproximateNumberOfMessagesNotVisible"),
                                  queue.Get("ApproximateNumberOfMessagesDelayed"),
                                  queue.Get("VisibilityTimeout") + " s", target});
    items.push_back(queue.Json());
  }
  listing.json = ListOf("queues", items);
  return listing;
}

}  // namespace

void AddGetQueues(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "queues", "queue", "Queues and how many messages wait or are in flight",
         {"ecsmictl get queues", "ecsmictl get queues -w"}, false, Show);
}

}  // namespace ecsmi::ctl
