// What one side writes the other reads: over every message of the contract, with any contents.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "builders/random_message.h"
#include "builders/seeds.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/operations.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// A reader that is not ours takes it for JSON.
bool IsJson(const std::string& text) {
  google::protobuf::Struct any;
  return google::protobuf::util::JsonStringToMessage(text, &any).ok();
}

void ExpectRoundTrip(const Message& prototype, std::uint64_t seed, int fill) {
  const std::unique_ptr<Message> message(prototype.New());
  testing::RandomMessage(seed).Fill(message.get(), fill);
  const std::string json = Encode(*message);
  const std::string where = prototype.GetDescriptor()->full_name() + ", seed " + std::to_string(seed);
  EXPECT_TRUE(IsJson(json)) << where << "\n" << json;
  const std::unique_ptr<Message> again(prototype.New());
  DecodeNotes notes;
  const absl::Status status = Decode(json, again.get(), &notes);
  ASSERT_TRUE(status.ok()) << where << ": " << status << "\n" << json;
  EXPECT_TRUE(notes.empty()) << where << ": " << notes.Warnings().front();
  std::string difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(*message, *again)) << where << "\n" << difference << json;
  EXPECT_EQ(Encode(*again), json) << where;
}

TEST(AwsJsonRoundTrip, EveryRequestAndResponseComesBackEqual) {
  for (const Operation& operation : Operations()) {
    for (const Message* prototype : {operation.request, operation.response}) {
      ExpectRoundTrip(*prototype, 1, 0);
      ExpectRoundTrip(*prototype, 2, 100);
      for (std::uint64_t seed = 10; seed < 10 + testing::Seeds(40); ++seed) ExpectRoundTrip(*prototype, seed, 40);
      if (HasFatalFailure()) return;
    }
  }
}

// Bodies one accident away from a good one: refused or read, and what is read is written and read again the same.
TEST(AwsJsonRoundTrip, DamagedBodiesAreRefusedOrReadTheSameAgain) {
  int refused = 0;
  int read = 0;
  for (const Operation& operation : Operations()) {
    for (std::uint64_t seed = 1; seed <= testing::Seeds(100); ++seed) {
      testing::RandomMessage random(seed * 1'000 + static_cast<std::uint64_t>(&operation - Operations().data()));
      const std::unique_ptr<Message> message(operation.request->New());
      random.Fill(message.get(), 30);
      std::string json = Encode(*message);
      for (std::uint64_t hits = 1 + random.Draw(3); hits > 0 && !json.empty(); --hits) {
        static constexpr char kBytes[] = "{}[]\",:\\u0123456789-+.eEtfn \xff\xc3";
        const std::size_t at = random.Draw(json.size());
        switch (random.Draw(4)) {
          case 0:
            json[at] = kBytes[random.Draw(sizeof(kBytes))];
            break;
          case 1:
            json.insert(at, 1, kBytes[random.Draw(sizeof(kBytes))]);
            break;
          case 2:
            json.erase(at, 1 + random.Draw(4));
            break;
          default:
            json.insert(at, json.substr(random.Draw(json.size()), random.Draw(20)));
        }
      }
      const std::unique_ptr<Message> first(operation.request->New());
      DecodeNotes notes;
      if (!Decode(json, first.get(), &notes).ok()) {
        ++refused;
        continue;
      }
      ++read;
      const std::string written = Encode(*first);
      const std::unique_ptr<Message> second(operation.request->New());
      ASSERT_TRUE(Decode(written, second.get(), &notes).ok()) << json << "\n" << written;
      EXPECT_EQ(Encode(*second), written) << json;
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace ecsmi::wire
