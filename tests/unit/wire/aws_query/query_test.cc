#include "wire/aws_query/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "builders/random_message.h"
#include "builders/seeds.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/sqs/v1/sqs_service.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "wire/aws_query/xml.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Request>
void ExpectDecodes(const std::string& body, const std::string& text) {
  Request expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  const auto form = ParseForm(body);
  ASSERT_TRUE(form.ok()) << form.status();
  Request request;
  DecodeNotes notes;
  const absl::Status status = DecodeQuery(*form, &request, &notes);
  ASSERT_TRUE(status.ok()) << body << ": " << status;
  EXPECT_THAT(notes.Warnings(), IsEmpty()) << body;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(request, expected)) << body << "\n"
                                                                                     << request.DebugString();
}

// Bodies as botocore of before November 2023 writes them.
TEST(AwsQueryDecode, ReadsWhatOldClientsSend) {
  const std::string call = "Version=2012-11-05&Action=X&QueueUrl=http%3A%2F%2Fh%3A4566%2F000000000000%2Fq";
  const std::string url = R"(queue_url: "http://h:4566/000000000000/q" )";
  ExpectDecodes<sqs::v1::CreateQueueRequest>(
      "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=30&"
      "Attribute.2.Name=DelaySeconds&Attribute.2.Value=&Tag.1.Key=team&Tag.1.Value=a+b",
      R"(queue_name: "q" attributes { key: "VisibilityTimeout" value: "30" } attributes { key: "DelaySeconds" value: "" }
         tags { key: "team" value: "a b" })");
  ExpectDecodes<sqs::v1::TagQueueRequest>(call + "&Tag.1.Key=a&Tag.1.Value=b", url + R"(tags { key: "a" value: "b" })");
  ExpectDecodes<sqs::v1::UntagQueueRequest>(call + "&TagKey.2=b&TagKey.1=a&TagKey.10=c",
                                            url + R"(tag_keys: "a" tag_keys: "b" tag_keys: "c")");
  ExpectDecodes<sqs::v1::SendMessageRequest>(
      call +
          "&MessageBody=%E2%82%AC+%2B%26&DelaySeconds=5&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType="
          "String&"
          "MessageAttribute.1.Value.StringValue=v&MessageAttribute.2.Name=b&MessageAttribute.2.Value.BinaryValue=AP8%"
          "3D&"
          "MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.StringValue=t",
      url + R"(message_body: "€ +&" delay_seconds: 5
               message_attributes { key: "n" value { data_type: "String" string_value: "v" } }
               message_attributes { key: "b" value { binary_value: "\000\377" } }
               message_system_attributes { key: "AWSTraceHeader" value { string_value: "t" } })");
  ExpectDecodes<sqs::v1::SendMessageBatchRequest>(
      call +
          "&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&"
          "SendMessageBatchRequestEntry.2.MessageBody=y&SendMessageBatchRequestEntry.2.Id=b&"
          "SendMessageBatchRequestEntry.2.MessageAttribute.1.Name=n&"
          "SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue=v",
      url + R"(entries { id: "a" message_body: "x" }
               entries { id: "b" message_body: "y" message_attributes { key: "n" value { string_value: "v" } } })");
  ExpectDecodes<sqs::v1::DeleteMessageBatchRequest>(
      call + "&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=r",
      url + R"(entries { id: "a" receipt_handle: "r" })");
  ExpectDecodes<sqs::v1::ChangeMessageVisibilityBatchRequest>(
      call +
          "&ChangeMessageVisibilityBatchRequestEntry.1.Id=a&ChangeMessageVisibilityBatchRequestEntry.1."
          "VisibilityTimeout=0",
      url + R"(entries { id: "a" visibility_timeout: 0 })");
  ExpectDecodes<sqs::v1::ReceiveMessageRequest>(
      call +
          "&AttributeName.1=All&AttributeName.2=SentTimestamp&MessageAttributeName.1=a.%2A&MaxNumberOfMessages=10&"
          "WaitTimeSeconds=20",
      url + R"(attribute_names: All message_system_attribute_names: SentTimestamp message_attribute_names: "a.*"
               max_number_of_messages: 10 wait_time_seconds: 20)");
  ExpectDecodes<sqs::v1::AddPermissionRequest>(
      call + "&Label=l&AWSAccountId.1=123456789012&ActionName.1=SendMessage",
      url + R"(label: "l" aws_account_ids: "123456789012" actions: "SendMessage")");
  // An entry without a number, as AWS's own examples have it; an empty list; what signs a URL.
  ExpectDecodes<sqs::v1::SetQueueAttributesRequest>(
      call +
          "&Attribute.Name=DelaySeconds&Attribute.Value=1&X-Amz-Signature=ab&X-Amz-Date=x&AWSAccessKeyId=k&Signature=s",
      url + R"(attributes { key: "DelaySeconds" value: "1" })");
  ExpectDecodes<sqs::v1::GetQueueAttributesRequest>(call + "&AttributeName=All", url + "attribute_names: All");
  ExpectDecodes<sqs::v1::GetQueueAttributesRequest>(call + "&AttributeName=&", url);
}

TEST(AwsQueryDecode, NotesWhatItIgnores) {
  sqs::v1::ReceiveMessageRequest request;
  DecodeNotes notes;
  ASSERT_TRUE(DecodeQuery({{"Action", "ReceiveMessage"},
                           {"QueueURL", "x"},
                           {"WaitTimeSeconds", "1"},
                           {"WaitTimeSeconds", "2"},
                           {"AttributeName.1", "All"},
                           {"AttributeName.x", "All"},
                           {"WaitTimeSeconds.1", "3"},
                           {"1", "x"}},
                          &request, &notes)
                  .ok());
  EXPECT_EQ(request.wait_time_seconds(), 2);
  EXPECT_EQ(request.attribute_names_size(), 1);
  EXPECT_THAT(notes.Warnings(), ElementsAre("WaitTimeSeconds is given twice; the last one counts",
                                            "AttributeName.x stands beside numbered entries and was ignored",
                                            "QueueURL is no parameter of ReceiveMessageRequest and was ignored",
                                            "WaitTimeSeconds.1 is part of a plain value and was ignored",
                                            "1 is no parameter of ReceiveMessageRequest and was ignored"));
}

TEST(AwsQueryDecode, OfEqualKeysTheLastCounts) {
  sqs::v1::CreateQueueRequest request;
  DecodeNotes notes;
  ASSERT_TRUE(DecodeQuery({{"Attribute.1.Name", "a"},
                           {"Attribute.1.Value", "1"},
                           {"Attribute.2.Name", "a"},
                           {"Attribute.2.Value", "2"}},
                          &request, &notes)
                  .ok());
  EXPECT_EQ(request.attributes().size(), 1U);
  EXPECT_EQ(request.attributes().at("a"), "2");
  EXPECT_THAT(notes.Warnings(), ElementsAre("Attribute.2.Name repeats a key; the last one counts"));
}

// Forms one accident away from a good one: refused or read, nothing else.
TEST(AwsQueryDecode, DamagedFormsAreRefusedOrRead) {
  const std::string good =
      "Action=SendMessageBatch&QueueUrl=u&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1."
      "MessageBody=%41&"
      "SendMessageBatchRequestEntry.1.DelaySeconds=5&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&"
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.BinaryValue=AP8%3D";
  int refused = 0;
  int read = 0;
  for (std::uint64_t seed = 1; seed <= testing::Seeds(2'000); ++seed) {
    testing::RandomMessage random(seed);
    std::string body = good;
    for (std::uint64_t hits = 1 + random.Draw(4); hits > 0; --hits) {
      static constexpr char kBytes[] = "&=.%+0123456789aF\xff\xc3";
      const std::size_t at = random.Draw(body.size());
      if (random.Draw(2) == 0) {
        body[at] = kBytes[random.Draw(sizeof(kBytes))];
      } else {
        body.insert(at, body.substr(random.Draw(body.size()), random.Draw(40)));
      }
    }
    const auto form = ParseForm(body);
    sqs::v1::SendMessageBatchRequest request;
    DecodeNotes notes;
    if (form.ok() && DecodeQuery(*form, &request, &notes).ok()) {
      ++read;
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(read, 100);
}

TEST(AwsQueryDecode, RefusesBadValues) {
  const struct {
    Form form;
    const char* exception;
    const char* message;
  } kTable[] = {
      {{{"MaxNumberOfMessages", "ten"}},
       "InvalidParameterValue",
       "Value ten for parameter MaxNumberOfMessages is invalid. Reason: must be of type Integer."},
      {{{"MaxNumberOfMessages", ""}}, "InvalidParameterValue", "must be of type Integer"},
      {{{"MaxNumberOfMessages", "99999999999"}}, "InvalidParameterValue", "must be of type Integer"},
      {{{"MaxNumberOfMessages", "1.5"}}, "InvalidParameterValue", "must be of type Integer"},
      {{{"AttributeName.1", "Colour"}},
       "InvalidAttributeName",
       "Unknown Attribute Colour. AttributeName.1 should be one of ["},
      {{{"a.b.c.d.e.f.g", "x"}}, "SerializationException", "has more than 6 parts"},
  };
  for (const auto& row : kTable) {
    sqs::v1::ReceiveMessageRequest request;
    DecodeNotes notes;
    const absl::Status status = DecodeQuery(row.form, &request, &notes);
    EXPECT_EQ(api::ExceptionOf(status).name, row.exception) << row.form[0].first;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message));
  }
  const struct {
    Form form;
    const char* exception;
    const char* message;
  } kSend[] = {
      {{{"MessageAttribute.1.Value.StringValue", "x"}},
       "MissingParameter",
       "The request must contain the parameter MessageAttribute.1.Name."},
      {{{"MessageAttribute.1.Name", "n"}, {"MessageAttribute.1.Value", "x"}},
       "InvalidParameterValue",
       "parameter MessageAttribute.1.Value is invalid. Reason: has parts and no value of its own."},
      {{{"MessageAttribute.1.Name", "n"}, {"MessageAttribute.1.Value.BinaryValue", "*"}},
       "InvalidParameterValue",
       "must be of type Blob"},
  };
  for (const auto& row : kSend) {
    sqs::v1::SendMessageRequest request;
    DecodeNotes notes;
    const absl::Status status = DecodeQuery(row.form, &request, &notes);
    EXPECT_EQ(api::ExceptionOf(status).name, row.exception) << row.form[0].first;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message));
  }
}

TEST(AwsQueryForm, DecodesAndRefuses) {
  EXPECT_EQ(*ParseForm(""), Form());
  EXPECT_EQ(*ParseForm("a=b&&c&d=&=e&a=%41%2b+"), (Form{{"a", "b"}, {"c", ""}, {"d", ""}, {"", "e"}, {"a", "A+ "}}));
  EXPECT_EQ(*FindField(*ParseForm("a=1&a=2"), "a"), "2");
  EXPECT_EQ(FindField(*ParseForm("a=1"), "b"), nullptr);
  for (const char* bad : {"a=%", "a=%4", "a=%4g", "%zz=1", "a=%ff", "a=%c0%af", "\xff=1"}) {
    const auto form = ParseForm(bad);
    EXPECT_EQ(api::ExceptionOf(form.status()).name, "SerializationException") << bad;
  }
  std::string many;
  for (std::size_t i = 0; i < kFormFieldsMax; ++i) many += "a&";
  EXPECT_TRUE(ParseForm(many).ok());
  EXPECT_THAT(std::string(ParseForm(many + "a").status().message()), HasSubstr("more than 5000 fields"));
}

TEST(AwsQueryCall, IsFoundByActionAndVersion) {
  EXPECT_EQ(FindCall({{"Action", "SendMessage"}, {"Version", "2012-11-05"}})->operation->method, "SendMessage");
  EXPECT_EQ(FindCall({{"Action", "ListQueues"}})->operation->target, "AmazonSQS.ListQueues");
  EXPECT_EQ(FindCall({{"Action", "AssumeRole"}, {"Version", "2011-06-15"}})->sts, StsAction::kAssumeRole);
  EXPECT_EQ(FindCall({{"Action", "GetCallerIdentity"}})->operation, nullptr);
  for (const Form& form : std::vector<Form>{{{"Action", "RunTask"}},
                                            {{"Action", "SendMessage"}, {"Version", "2011-06-15"}},
                                            {{"Action", "AssumeRole"}, {"Version", "2012-11-05"}},
                                            {{"Action", "PutMetricData"}, {"Version", "2010-08-01"}}}) {
    const absl::Status status = FindCall(form).status();
    EXPECT_EQ(api::ExceptionOf(status).query_code, "InvalidAction");
    EXPECT_THAT(std::string(status.message()), HasSubstr("Could not find operation " + form[0].second));
  }
  EXPECT_EQ(api::ExceptionOf(FindCall({}).status()).name, "MissingParameter");
}

template <typename Answer>
std::string Encoded(const char* method, const std::string& text) {
  Answer answer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &answer)) << text;
  const HttpResponse response = EncodeQuery(*FindOperation(AwsService::kSqs, method), answer, "r-1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers, (HttpHeaders{{"content-type", "text/xml"}}));
  return response.body;
}

std::string Wrapped(const std::string& method, const std::string& result) {
  return "<?xml version=\"1.0\"?>\n<" + method + "Response xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">" +
         result + "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></" + method + "Response>";
}

TEST(AwsQueryEncode, WritesWhatOldClientsRead) {
  EXPECT_EQ(Encoded<sqs::v1::DeleteMessageResponse>("DeleteMessage", ""), Wrapped("DeleteMessage", ""));
  EXPECT_EQ(Encoded<sqs::v1::ReceiveMessageResponse>("ReceiveMessage", ""),
            Wrapped("ReceiveMessage", "<ReceiveMessageResult></ReceiveMessageResult>"));
  EXPECT_EQ(
      Encoded<sqs::v1::ReceiveMessageResponse>(
          "ReceiveMessage",
          R"(messages { message_id: "m" receipt_handle: "r" md5_of_body: "5" body: "<a&b>\r\n\001"
               attributes { key: "SentTimestamp" value: "2" } attributes { key: "ApproximateReceiveCount" value: "1" }
               message_attributes { key: "n" value { data_type: "Binary" binary_value: "\377" } } })"),
      Wrapped(
          "ReceiveMessage",
          "<ReceiveMessageResult><Message><MessageId>m</MessageId><ReceiptHandle>r</ReceiptHandle><MD5OfBody>5</"
          "MD5OfBody>"
          "<Body>&lt;a&amp;b&gt;&#xD;\n\xef\xbf\xbd</Body>"
          "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>"
          "<Attribute><Name>SentTimestamp</Name><Value>2</Value></Attribute>"
          "<MessageAttribute><Name>n</Name><Value><DataType>Binary</DataType><BinaryValue>/w==</BinaryValue></Value>"
          "</MessageAttribute></Message></ReceiveMessageResult>"));
  EXPECT_EQ(Encoded<sqs::v1::SendMessageBatchResponse>("SendMessageBatch", R"(successful { id: "a" message_id: "m" }
                                       failed { id: "b" sender_fault: true code: "C" })"),
            Wrapped("SendMessageBatch",
                    "<SendMessageBatchResult><SendMessageBatchResultEntry><Id>a</Id><MessageId>m</MessageId>"
                    "</SendMessageBatchResultEntry><BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault>"
                    "<Code>C</Code></BatchResultErrorEntry></SendMessageBatchResult>"));
  EXPECT_EQ(Encoded<sqs::v1::ListQueuesResponse>("ListQueues", R"(queue_urls: "u" queue_urls: "v" next_token: "t")"),
            Wrapped("ListQueues",
                    "<ListQueuesResult><QueueUrl>u</QueueUrl><QueueUrl>v</QueueUrl>"
                    "<NextToken>t</NextToken></ListQueuesResult>"));
  EXPECT_EQ(
      Encoded<sqs::v1::ListQueueTagsResponse>("ListQueueTags", R"(tags { key: "k" value: "v" })"),
      Wrapped("ListQueueTags", "<ListQueueTagsResult><Tag><Key>k</Key><Value>v</Value></Tag></ListQueueTagsResult>"));
}

TEST(AwsQueryEncode, EveryAnswerOfSqsIsWritten) {
  for (const Operation& operation : Operations()) {
    if (operation.wire->service != AwsService::kSqs) continue;
    for (std::uint64_t seed = 1; seed <= testing::Seeds(20); ++seed) {
      const std::unique_ptr<Message> answer(operation.response->New());
      testing::RandomMessage(seed).Fill(answer.get(), 80);
      const std::string body = EncodeQuery(operation, *answer, "r").body;
      EXPECT_THAT(body, HasSubstr("<RequestId>r</RequestId>")) << operation.target << " " << seed;
      // Nothing that XML 1.0 cannot carry, and no mark-up out of a value.
      for (const char c : body) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') << seed;
    }
  }
}

TEST(AwsQueryError, HasTheOldCode) {
  const HttpResponse response =
      QueryErrorResponse(kSqsNamespace, api::AwsError(api::AwsException::kQueueDoesNotExist, "No <queue>."), "r-1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error>"
            "<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
            "<Message>No &lt;queue&gt;.</Message></Error><RequestId>r-1</RequestId></ErrorResponse>");
  EXPECT_THAT(QueryErrorResponse(kSqsNamespace, absl::InternalError("row 7"), "r").body,
              HasSubstr("<Type>Receiver</Type><Code>ServerException</Code><Message>An internal error occurred."));
}

}  // namespace
}  // namespace ecsmi::wire
