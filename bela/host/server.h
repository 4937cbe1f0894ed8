// Page and WebSockets on one port: as small as it can be, and bounded in everything that a stranger can send.
// Threads: start() and stop() by the main thread; send_*() by any but render(); on_control is called on the
// server's.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connection.h"

namespace host {

class Server {
 public:
  std::string greeting;        // to every page that opens control
  std::string folder;          // of the page's files
  unsigned port = 0;           // 0: any free one; after start() the one it is
  bool all_addresses = false;  // else only this computer can reach it
  bool off = false;
  std::function<void(const std::string&)> on_control;

  bool start() {
    if (off) return true;
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in place = {};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port));
    place.sin_addr.s_addr = htonl(all_addresses ? INADDR_ANY : INADDR_LOOPBACK);
    sockaddr* const address = reinterpret_cast<sockaddr*>(&place);
    socklen_t size = sizeof place;
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, address, &size) != 0 || ::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) {
      return false;
    }
    port = ntohs(place.sin_port);
    thread_ = std::thread([this] { run(); });
    return true;
  }

  void stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    wake();
    thread_.join();
    ::close(listener_);
    ::close(wake_[0]);
    ::close(wake_[1]);
  }

  void send_control(const std::string& text) { post(Connection::kControl, frame(kText, text)); }
  void send_data(const std::string& head, const std::string& bytes) {
    post(Connection::kData, frame(kText, head) + frame(kBinary, bytes));
  }

 private:
  static constexpr std::size_t kMostOfOneAddress = 8, kMostConnections = 64, kLongestCommand = 4096;
  static constexpr double kPatience = 10.0;  // seconds that a request may take

  void post(Connection::Address address, const std::string& frames) {
    if (off) return;
    {
      const std::lock_guard<std::mutex> lock(door_);
      outgoing_.emplace_back(address, frames);
    }
    wake();
  }
  void wake() {
    const char byte = 1;
    if (::write(wake_[1], &byte, 1) < 0) return;  // full: it will wake anyway
  }
  static double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }

  void run() {
    std::vector<pollfd> waits;
    while (!stopping_) {
      waits.assign({{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}});
      for (const auto& c : connections_) {
        waits.push_back({c->socket(), static_cast<short>(POLLIN | (c->has_to_write() ? POLLOUT : 0)), 0});
      }
      ::poll(waits.data(), waits.size(), 1000);
      char bytes[256];
      while (::read(wake_[0], bytes, sizeof bytes) > 0) {
      }
      for (std::size_t i = 0; i < connections_.size(); ++i) serve(*connections_[i], waits[i + 2].revents);
      deliver();
      const double now = seconds();
      for (std::size_t i = connections_.size(); i-- > 0;) {
        const Connection& c = *connections_[i];
        const bool late = c.address() == Connection::kNone && now - c.opened > kPatience;
        if (c.over() || late) connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (waits[0].revents != 0) accept(now);
    }
    connections_.clear();
  }

  void accept(double now) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    // A phone that walked out of the room takes no place for long.
    const int milliseconds = 10000;
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
    std::unique_ptr<Connection> made(new Connection(socket, now));
    if (connections_.size() < kMostConnections) connections_.push_back(std::move(made));
  }

  void serve(Connection& c, short events) {
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) c.read();
    Request request;
    if (c.address() == Connection::kNone && !c.over() && c.take_request(request)) route(c, request);
    std::string text;
    while (c.address() != Connection::kNone && c.take_message(text)) {
      if (c.address() == Connection::kControl && text.size() <= kLongestCommand && on_control)
        on_control(text);
    }
    if (c.has_to_write()) c.write();
  }

  void route(Connection& c, const Request& request) {
    const Connection::Address address = request.path == "/gui_control" ? Connection::kControl
                                        : request.path == "/gui_data"  ? Connection::kData
                                                                       : Connection::kNone;
    if (address == Connection::kNone) return c.finish(answer(request, folder));
    if (lower(request.header("upgrade")) != "websocket" || request.header("sec-websocket-key").size() != 24 ||
        request.header("sec-websocket-version") != "13" || request.method != "GET") {
      return c.finish(response("426 Upgrade Required", "text/plain", "this is a WebSocket\n",
                               "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"));
    }
    // Another site's page in the same browser must not play with the pedal.
    const std::string origin = request.header("origin"), host = request.header("host");
    if (!origin.empty() && origin != "http://" + host && origin != "https://" + host) {
      return c.finish(response("403 Forbidden", "text/plain", "another site's page\n"));
    }
    std::size_t open = 0;
    for (const auto& other : connections_) open += other->address() == address ? 1 : 0;
    if (open >= kMostOfOneAddress)
      return c.finish(response("503 Service Unavailable", "text/plain", "full\n"));
    c.upgrade(request, address);
    if (address == Connection::kControl) c.send(frame(kText, greeting));
  }

  void deliver() {
    std::vector<std::pair<Connection::Address, std::string>> frames;
    {
      const std::lock_guard<std::mutex> lock(door_);
      frames.swap(outgoing_);
    }
    for (const auto& sent : frames) {
      for (const auto& c : connections_) {
        if (c->address() == sent.first) c->send(sent.second);
      }
    }
    for (const auto& c : connections_) {
      if (c->has_to_write()) c->write();
    }
  }

  int listener_ = -1, wake_[2] = {-1, -1};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  std::mutex door_;
  std::vector<std::pair<Connection::Address, std::string>> outgoing_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace host

extern host::Server hostServer;
