#include "ctl/client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ctl/rpc_error.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

constexpr absl::Duration kBriefMax = absl::Minutes(1);
constexpr int kConnectMaxMs = 5'000;

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(slice.begin(), slice.end());
  }
  return bytes;
}

}  // namespace

struct Client::Connection {
  explicit Connection(const Globals& g) : globals(g) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // a daemon beside us is not behind the company's proxy
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMaxMs);
    arguments.SetMaxReceiveMessageSize(-1);
    channel = grpc::CreateCustomChannel(globals.endpoint, grpc::InsecureChannelCredentials(), arguments);
    stub = std::make_unique<grpc::GenericStub>(channel);
  }

  void Prepare(grpc::ClientContext& context, Patience patience) const {
    context.AddMetadata("x-ecsmi-world", globals.account);
    context.AddMetadata("x-ecsmi-region", globals.region);
    if (patience == Patience::kBrief) context.set_deadline(absl::ToChronoTime(absl::Now() + kBriefMax));
  }

  // Waits for the one thing that is under way; whether it succeeded.
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  }

  absl::Status Error(const grpc::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    const bool connected = channel->GetState(false) == GRPC_CHANNEL_READY;
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE && !connected) {
      return NoConnection(absl::StrCat("no ecsmid answers at ", Safe(globals.endpoint), " (",
                                       Safe(status.error_message()),
                                       ")\nStart one with `ecsmid`, or name it with --endpoint HOST:PORT or "
                                       "ECSMI_ENDPOINT: the \"grpc\" of its ready line."));
    }
    const std::string name = ReasonOf(status.error_details());
    return Refused(absl::StrCat(name.empty() ? NameOfCode(static_cast<int>(status.error_code())) : Safe(name), ": ",
                                Safe(status.error_message())));
  }

  const Globals& globals;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;
  grpc::CompletionQueue queue;
};

Client::Client(Globals globals) : globals_(std::move(globals)) {}
Client::~Client() = default;

Client::Connection& Client::Connected() {
  if (connection_ == nullptr) connection_ = std::make_unique<Connection>(globals_);
  return *connection_;
}

std::string Client::PathOf(const google::protobuf::Message& request) {
  constexpr std::array kServices = {
      std::pair{"ecsmi.ecs.v1", "EcsService"},
      std::pair{"ecsmi.sqs.v1", "SqsService"},
      std::pair{"ecsmi.cloudwatch.v1", "CloudWatchService"},
      std::pair{"ecsmi.autoscaling.v1", "ApplicationAutoScalingService"},
      std::pair{"ecsmi.emulator.v1", "EmulatorService"},
  };
  const auto* type = request.GetDescriptor();
  const std::string& package = type->file()->package();
  std::string service;
  for (const auto& [its_package, its_service] : kServices) {
    if (package == its_package) service = its_service;
  }
  const std::string& name = type->name();
  return absl::StrCat("/", package, ".", service, "/", name.substr(0, name.rfind("Request")));
}

absl::StatusOr<Client::Answer> Client::CallBytes(const std::string& path, const std::string& request,
                                                 Patience patience) {
  Connection& connection = Connected();
  grpc::ClientContext context;
  connection.Prepare(context, patience);
  const auto call = connection.stub->PrepareUnaryCall(&context, path, ToBuffer(request), &connection.queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, this);
  connection.Next();
  if (absl::Status error = connection.Error(status); !error.ok()) return error;
  Answer answer{ToBytes(response), ""};
  const auto& metadata = context.GetServerInitialMetadata();
  if (const auto at = metadata.find("x-ecsmi-warning"); at != metadata.end()) {
    answer.warning = std::string(at->second.data(), at->second.size());
  }
  return answer;
}

absl::StatusOr<std::vector<std::string>> Client::Converse(const std::string& path,
                                                          const std::vector<std::string>& requests) {
  Connection& connection = Connected();
  grpc::ClientContext context;
  connection.Prepare(context, Patience::kBrief);
  const auto call = connection.stub->PrepareCall(&context, path, &connection.queue);
  std::vector<std::string> answers;
  call->StartCall(this);
  bool well = connection.Next();
  for (std::size_t i = 0; well && i < requests.size(); ++i) {
    call->Write(ToBuffer(requests[i]), this);
    if (!(well = connection.Next())) break;
    grpc::ByteBuffer answer;
    call->Read(&answer, this);
    if ((well = connection.Next())) answers.push_back(ToBytes(answer));
  }
  if (well) {
    call->WritesDone(this);
    connection.Next();
  }
  grpc::Status status;
  call->Finish(&status, this);
  connection.Next();
  if (absl::Status error = connection.Error(status); !error.ok()) return error;
  return answers;
}

absl::Status Client::Stream(const std::string& path, const std::string& request,
                            const std::function<bool(const std::string& message)>& take) {
  Connection& connection = Connected();
  grpc::ClientContext context;
  connection.Prepare(context, Patience::kEndless);
  const auto call = connection.stub->PrepareCall(&context, path, &connection.queue);
  call->StartCall(this);
  if (connection.Next()) {
    call->WriteLast(ToBuffer(request), grpc::WriteOptions(), this);
    connection.Next();
    for (;;) {
      grpc::ByteBuffer message;
      call->Read(&message, this);
      if (!connection.Next()) break;
      if (!take(ToBytes(message))) context.TryCancel();
    }
  }
  grpc::Status status;
  call->Finish(&status, this);
  connection.Next();
  return status.error_code() == grpc::StatusCode::CANCELLED ? absl::OkStatus() : connection.Error(status);
}

namespace {

class WatchedStream final : public Client::Subscription {
 public:
  WatchedStream(grpc::GenericStub& stub, std::unique_ptr<grpc::ClientContext> context, const std::string& path,
                const grpc::ByteBuffer& request)
      : context_(std::move(context)), call_(stub.PrepareCall(context_.get(), path, &queue_)), request_(request) {
    call_->StartCall(this);
  }
  // gRPC owns what an operation touches until its tag has come back.
  ~WatchedStream() override {
    context_->TryCancel();
    void* tag = nullptr;
    bool ok = false;
    if (stage_ != Stage::kEnded) queue_.Next(&tag, &ok);
    grpc::Status ignored;
    call_->Finish(&ignored, this);
    queue_.Next(&tag, &ok);
    queue_.Shutdown();
  }

  News Look(absl::Duration longest) override {
    const absl::Time end = absl::Now() + longest;
    while (stage_ != Stage::kEnded) {
      void* tag = nullptr;
      bool ok = false;
      const auto next = queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(end));
      if (next != grpc::CompletionQueue::GOT_EVENT) return News::kNothing;
      const bool message = ok && stage_ == Stage::kReading;
      stage_ = !ok ? Stage::kEnded : stage_ == Stage::kStarting ? Stage::kWriting : Stage::kReading;
      if (stage_ == Stage::kWriting) call_->WriteLast(request_, grpc::WriteOptions(), this);
      if (stage_ == Stage::kReading) call_->Read(&answer_, this);
      if (message) return News::kMessage;
    }
    return News::kEnded;
  }

 private:
  enum class Stage { kStarting, kWriting, kReading, kEnded };
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
  Stage stage_ = Stage::kStarting;
};

}  // namespace

std::unique_ptr<Client::Subscription> Client::Subscribe(const std::string& path, const std::string& request) {
  Connection& connection = Connected();
  auto context = std::make_unique<grpc::ClientContext>();
  connection.Prepare(*context, Patience::kEndless);
  return std::make_unique<WatchedStream>(*connection.stub, std::move(context), path, ToBuffer(request));
}

}  // namespace ecsmi::ctl
