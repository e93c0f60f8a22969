#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <limits>
#include <string>

namespace ecsmi::wire {

// No limit for Beast's parser. (Its own word for that, none, refuses every Content-Length in Boost 1.74.)
inline constexpr std::uint64_t kBodyUnlimited = std::numeric_limits<std::uint64_t>::max();

// A body for Beast's parser: a string that grows with what arrives. (Beast's own string_body reserves what
// Content-Length promises: a thousand connections that promise much and send nothing would take it all.)
struct BodyAsSent {
  using value_type = std::string;
  class reader {
   public:
    template <bool is_request, typename Fields>
    reader(boost::beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& error) { error = {}; }
    template <typename Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      std::size_t bytes = 0;
      for (const boost::asio::const_buffer buffer : boost::beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
        bytes += buffer.size();
      }
      return bytes;
    }
    void finish(boost::beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace ecsmi::wire
