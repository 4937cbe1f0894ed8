// Bela's Gui on a PC: page and sockets on one port (../../server.h).
// Threads: setup() once; the callback is called on the server's thread; sending is safe from any but
// render().
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "../../JSON.h"
#include "../../server.h"

class Gui {
 public:
  int setup(std::string project) {
    hostServer.greeting = "{\"event\":\"connection\",\"projectName\":\"" + project + "\"}";
    hostServer.on_control = [this](const std::string& text) { hear(text); };
    return hostServer.start() ? 0 : -1;
  }
  void setControlDataCallback(std::function<bool(JSONObject&, void*)> callback, void* argument = nullptr) {
    callback_ = callback;
    argument_ = argument;
  }
  int sendControl(JSONValue* value) {
    const std::wstring wide = JSON::Stringify(value);
    hostServer.send_control(std::string(wide.begin(), wide.end()));
    return 0;
  }
  template <std::size_t size>
  int sendBuffer(unsigned int id, float (&values)[size]) {
    const char* const bytes = reinterpret_cast<const char*>(values);
    hostServer.send_data(std::to_string(id) + "/f", std::string(bytes, sizeof values));
    return 0;
  }

 private:
  void hear(const std::string& text) {
    JSONValue* const value = JSON::Parse(text.c_str());
    if (value != nullptr && value->IsObject() && callback_) {
      JSONObject object = value->AsObject();
      callback_(object, argument_);
    }
    delete value;
  }
  std::function<bool(JSONObject&, void*)> callback_;
  void* argument_ = nullptr;
};
