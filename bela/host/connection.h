// One browser's connection: a request for a file, or a WebSocket.
// Threads: the server's.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "frames.h"
#include "handshake.h"
#include "http.h"

namespace host {

class Connection {
 public:
  enum Address { kNone, kControl, kData };
  static constexpr std::size_t kMostWaiting = 1u << 20;  // bytes that a slow browser may leave unread

  Connection(int socket, double now) : opened(now), socket_(socket) {}
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const double opened;
  int socket() const { return socket_; }
  Address address() const { return address_; }
  bool has_to_write() const { return !out_.empty(); }
  bool over() const { return over_ || (closing_ && out_.empty()); }

  // False: the other side is gone.
  void read() {
    char piece[8192];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) over_ = true;
    if (got > 0 && !closing_) in_.append(piece, static_cast<std::size_t>(got));
  }
  void write() {
    const ssize_t put = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (put < 0 && errno != EAGAIN && errno != EINTR) over_ = true;
    if (put > 0) out_.erase(0, static_cast<std::size_t>(put));
  }
  // Queues a frame; a browser that does not read is let go.
  void send(const std::string& frame) {
    if (closing_) return;
    out_ += frame;
    if (out_.size() > kMostWaiting) over_ = true;
  }

  // The request, once it is whole. False while it is not, or if it is none: then the answer is under way.
  bool take_request(Request& request) {
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (in_.size() > kLargestRequest)
        finish(response("431 Request Header Fields Too Large", "text/plain", ""));
      return false;
    }
    const bool good = read_request(in_.substr(0, end + 4), request);
    in_.erase(0, end + 4);
    if (!good) finish(response("400 Bad Request", "text/plain", "this is no request\n"));
    return good;
  }
  void finish(const std::string& last) {
    out_ += last;
    closing_ = true;
  }
  void upgrade(const Request& request, Address address) {
    out_ +=
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Accept: " +
        accept_key(request.header("sec-websocket-key")) + "\r\n\r\n";
    address_ = address;
  }

  // A message of the page; pings and closing are dealt with here.
  bool take_message(std::string& text) {
    int opcode;
    for (;;) {
      switch (closing_ ? FrameReader::kMore : reader_.next(in_, opcode, text)) {
        case FrameReader::kMore:
          return false;
        case FrameReader::kBroken:
          finish(frame(kClose, status(reader_.status())));
          return false;
        case FrameReader::kMessage:
          if (opcode == kText) return true;
          if (opcode == kPing) send(frame(kPong, text));
          if (opcode == kClose) finish(frame(kClose, text.size() >= 2 ? text.substr(0, 2) : status(1000)));
      }
    }
  }

 private:
  static std::string status(int code) {
    return {static_cast<char>(code >> 8), static_cast<char>(code & 255)};
  }

  int socket_;
  Address address_ = kNone;
  bool closing_ = false, over_ = false;
  std::string in_, out_;
  FrameReader reader_;
};

}  // namespace host
