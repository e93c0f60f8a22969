#pragma once

#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>

#include "google/protobuf/arena.h"

namespace ecsmi::wire {

// A call's two messages in one piece of memory, which goes with the call: for operations whose answers are made of
// many small messages, each of which would else be allocated on one thread and freed on another. Any thread. Holders
// are released by gRPC when the call is done; the allocator outlives them.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder; }

 private:
  // Request and answer of one task fit; larger answers take further blocks.
  static constexpr std::size_t kFirstBytes = 4'096;
  static constexpr std::size_t kNextBytes = 16'384;

  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(Options(first_)) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    using Block = std::array<char, kFirstBytes>;
    static google::protobuf::ArenaOptions Options(Block& first) {
      google::protobuf::ArenaOptions options;
      options.initial_block = first.data();
      options.initial_block_size = first.size();
      options.start_block_size = kNextBytes;
      options.max_block_size = kNextBytes;
      return options;
    }

    alignas(8) Block first_;
    google::protobuf::Arena arena_;
  };
};

}  // namespace ecsmi::wire
