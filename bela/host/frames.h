// WebSocket frames (RFC 6455, 5): taken apart without believing a length, and made.
// Threads: one connection's, the server's.
#pragma once

#include <cstdint>
#include <string>

namespace host {

enum Opcode { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

constexpr std::size_t kLargestMessage = 65536;

// From the server: whole and not masked.
inline std::string frame(int opcode, const std::string& payload) {
  std::string made(1, static_cast<char>(0x80 | opcode));
  const std::size_t size = payload.size();
  if (size < 126) {
    made += static_cast<char>(size);
  } else {
    const int bytes = size < 65536 ? 2 : 8;
    made += static_cast<char>(bytes == 2 ? 126 : 127);
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      made += static_cast<char>(static_cast<std::uint64_t>(size) >> shift);
    }
  }
  return made + payload;
}

class FrameReader {
 public:
  enum Result { kMore, kMessage, kBroken };

  // Takes one message off the front of `buffer`. kBroken: close with status().
  Result next(std::string& buffer, int& opcode, std::string& payload) {
    for (;;) {
      const Result result = one(buffer);
      if (result != kMessage) return result;
      if (opcode_ >= kClose) {  // control frames may come between the parts of a message
        opcode = opcode_;
        payload.swap(payload_);
        return kMessage;
      }
      if ((opcode_ == kContinuation) != (whole_opcode_ != 0)) return broken(1002);
      if (opcode_ != kContinuation) whole_opcode_ = opcode_;
      whole_ += payload_;
      if (whole_.size() > kLargestMessage) return broken(1009);
      if (!last_) continue;
      opcode = whole_opcode_;
      payload.swap(whole_);
      whole_.clear();
      whole_opcode_ = 0;
      return kMessage;
    }
  }
  int status() const { return status_; }

 private:
  Result broken(int status) {
    status_ = status;
    return kBroken;
  }

  Result one(std::string& buffer) {
    if (buffer.size() < 2) return kMore;
    const unsigned first = byte(buffer, 0), second = byte(buffer, 1);
    last_ = (first & 0x80) != 0;
    opcode_ = static_cast<int>(first & 15);
    const bool known = opcode_ <= kBinary || (opcode_ >= kClose && opcode_ <= kPong);
    if ((first & 0x70) != 0 || !known || (second & 0x80) == 0) return broken(1002);
    std::uint64_t size = second & 127;
    if (opcode_ >= kClose && (size > 125 || !last_)) return broken(1002);
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (buffer.size() < 6 + more) return kMore;
    if (more > 0) size = 0;
    for (std::size_t i = 0; i < more; ++i) size = size << 8 | byte(buffer, 2 + i);
    if (size > kLargestMessage) return broken(1009);
    const std::size_t start = 6 + more, end = start + static_cast<std::size_t>(size);
    if (buffer.size() < end) return kMore;
    payload_ = buffer.substr(start, end - start);
    for (std::size_t i = 0; i < payload_.size(); ++i) {
      payload_[i] = static_cast<char>(byte(payload_, i) ^ byte(buffer, start - 4 + i % 4));
    }
    buffer.erase(0, end);
    return kMessage;
  }
  static unsigned byte(const std::string& text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
  }

  bool last_ = false;
  int opcode_ = 0, whole_opcode_ = 0, status_ = 1002;
  std::string payload_, whole_;
};

}  // namespace host
