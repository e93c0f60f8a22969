#include "wire/http/content_coding.h"

#include <zlib.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

constexpr int kGzip = 15 + 16;
constexpr int kZlib = 15;
constexpr int kRaw = -15;

std::string Deflate(const std::string& text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
  std::string in = text;
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ContentCoding, NamesAreKnownInAnyCase) {
  EXPECT_EQ(ContentCodingOf("GZip"), ContentCoding::kDeflate);
  EXPECT_EQ(ContentCodingOf("x-gzip"), ContentCoding::kDeflate);
  EXPECT_EQ(ContentCodingOf("deflate"), ContentCoding::kDeflate);
  EXPECT_EQ(ContentCodingOf("identity"), ContentCoding::kNone);
  EXPECT_EQ(ContentCodingOf(""), ContentCoding::kNone);
  EXPECT_EQ(ContentCodingOf("br"), ContentCoding::kOther);
  EXPECT_EQ(ContentCodingOf("gzip, gzip"), ContentCoding::kOther);
}

TEST(ContentCoding, AllThreeFormsAreUndone) {
  const std::string text(100'000, 'a');
  for (const int form : {kGzip, kZlib, kRaw}) {
    EXPECT_EQ(Inflate(Deflate(text, form), 1'000'000).value_or("failed"), text) << form;
    EXPECT_EQ(Inflate(Deflate("", form), 10).value_or("failed"), "") << form;
  }
  EXPECT_EQ(Inflate(Deflate("one ", kGzip) + Deflate("two", kGzip), 100).value_or("failed"), "one two");
}

TEST(ContentCoding, WhatComesOutIsBoundedExactly) {
  const std::string bomb = Deflate(std::string(50'000'000, '\0'), kGzip);
  EXPECT_LT(bomb.size(), 60'000U);
  EXPECT_TRUE(absl::IsResourceExhausted(Inflate(bomb, 1'000'000).status()));
  for (const std::size_t size : {std::size_t{1}, std::size_t{65'536}, std::size_t{200'000}}) {
    const std::string packed = Deflate(std::string(size, 'x'), kGzip);
    EXPECT_TRUE(Inflate(packed, size).ok()) << size;
    EXPECT_TRUE(absl::IsResourceExhausted(Inflate(packed, size - 1).status())) << size;
    // Members add up.
    EXPECT_TRUE(absl::IsResourceExhausted(Inflate(packed + packed, size * 2 - 1).status())) << size;
  }
}

TEST(ContentCoding, BrokenBytesAreRefused) {
  const std::string whole = Deflate("some text that is packed", kGzip);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(Inflate(whole.substr(0, size), 1'000).status())) << size;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Inflate(whole + "x", 1'000).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Inflate(Deflate("a", kZlib) + "x", 1'000).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Inflate("{\"not\": \"packed\"}", 1'000).status()));
  std::string touched = whole;
  touched[whole.size() - 6] = static_cast<char>(touched[whole.size() - 6] ^ 1);  // the checksum
  EXPECT_TRUE(absl::IsInvalidArgument(Inflate(touched, 1'000).status()));
}

std::string Packed(const std::string& coding, const std::string& body) {
  return absl::StrCat("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: ", coding, "\r\nContent-Length: ", body.size(),
                      "\r\n\r\n", body);
}

TEST_F(HttpServerTest, PackedBodiesReachTheHandlerUnpackedWithWhatWasSigned) {
  Open();
  RawClient client = Connect();
  const std::string packed = Deflate(std::string(2'000, 'm'), kGzip);
  client.Send(Packed("gzip", packed));
  const std::string answer = client.ReadResponse();
  EXPECT_EQ(BodyOf(answer), "POST / " + std::string(2'000, 'm'));
  EXPECT_EQ(HeaderOf(answer, "signed-bytes"), absl::StrCat(packed.size()));
  client.Send(Packed("br", "as it came"));
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST / as it came");
  client.Send(Packed("gzip", ""));
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST / ");
}

TEST_F(HttpServerTest, BombsAndBrokenBodiesAreRefused) {
  Open();
  EXPECT_EQ(StatusOf(Exchange(Packed("gzip", Deflate(std::string(5'000'000, '\0'), kGzip)))), 413);
  EXPECT_EQ(StatusOf(Exchange(Packed("gzip", "this is not gzip"))), 400);
}

}  // namespace
}  // namespace ecsmi::wire::testing
