// The host's parsers: JSON, HTTP and WebSocket frames from strangers. argv[1]: a folder to write in.
#include <fstream>

#include "check.h"
#include "host/JSON.h"
#include "host/frames.h"
#include "host/handshake.h"
#include "host/http.h"

using namespace host;

static bool is_json(const std::string& text) {
  JSONValue* const value = JSON::Parse(text.c_str());
  const bool good = value != nullptr;
  delete value;
  return good;
}

static void json_is_json_and_nothing_else() {
  for (const char* good :
       {"{}", "[]", " [1, -0.5e+3 ,\"\\u00e9\\n\"] ", "true", "{\"a\":{\"b\":[null]},\"a\":2}"}) {
    promise(is_json(good), good);
  }
  for (const char* bad :
       {"",      "{",   "[1,]", "{\"a\"}", "{a:1}",     "01",          "1.",     ".5",
        "+1",    "1e",  "nan",  "'a'",     "\"\\x\"",   "\"\\u12g4\"", "\"\t\"", "\"\xc3\xb6\"",
        "[1] 2", "tru", "\"",   "\"\\",    "{\"a\":1,}"}) {
    promise(!is_json(bad), bad);
  }
  promise(!is_json(std::string(100000, '[')), "nesting is bounded");
  JSONValue* const value = JSON::Parse("{\"b\":[1,true,null,\"x\\\"\\u00f6\"],\"a\":0.1}");
  const std::wstring wide = JSON::Stringify(value);
  delete value;
  promise(std::string(wide.begin(), wide.end()) == "{\"a\":0.1,\"b\":[1,true,null,\"x\\\"\\u00f6\"]}",
          "back again");
}

static void any_bytes_do_json_no_harm() {
  const std::string seed_text =
      "{\"command\":\"set\",\"id\":\"bass\",\"value\":-1.5e2,\"x\":[true,\"\\u0041\"]}";
  unsigned seed = 1;
  for (int i = 0; i < 100000; ++i) {
    std::string text = seed_text;
    for (int j = 0; j <= i % 4; ++j) {
      seed = seed * 1664525u + 1013904223u;
      text[seed / 65536u % text.size()] = static_cast<char>(seed >> 8);
    }
    is_json(text.substr(0, seed / 256u % (text.size() + 1)));
  }
}

static void the_handshake_is_the_standards_own() {
  promise(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "RFC 6455, 1.3");
  promise(base64("") == "" && base64("f") == "Zg==" && base64("fo") == "Zm8=" && base64("foo") == "Zm9v",
          "RFC 4648");
}

static std::string masked(int first, std::string payload) {
  std::string made(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  if (size < 126) {
    made += static_cast<char>(0x80 | size);
  } else {
    made += static_cast<char>(0x80 | 126);
    made += static_cast<char>(size >> 8);
    made += static_cast<char>(size);
  }
  const char mask[] = {1, 2, 3, 4};
  made.append(mask, 4);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return made + payload;
}

static void frames_arrive_in_any_pieces() {
  const std::string all = masked(0x01, "he") + masked(0x89, "ping") + masked(0x80, "llo") + masked(0x81, "x");
  for (std::size_t step = 1; step <= all.size(); ++step) {
    FrameReader reader;
    std::string buffer, payload, told;
    int opcode = 0;
    for (std::size_t at = 0; at < all.size(); at += step) {
      buffer += all.substr(at, step);
      while (reader.next(buffer, opcode, payload) == FrameReader::kMessage) {
        told += std::to_string(opcode) + payload + ";";
      }
    }
    promise(told == "9ping;1hello;1x;", told.c_str());
  }
}

static FrameReader::Result first(std::string bytes) {
  FrameReader reader;
  std::string payload;
  int opcode = 0;
  return reader.next(bytes, opcode, payload);
}

static void broken_frames_are_seen() {
  promise(first(std::string("\x81\x01x", 3)) == FrameReader::kBroken, "not masked");
  promise(first(masked(0xc1, "x")) == FrameReader::kBroken, "a reserved bit");
  promise(first(masked(0x83, "x")) == FrameReader::kBroken, "no such opcode");
  promise(first(masked(0x80, "x")) == FrameReader::kBroken, "a continuation of nothing");
  promise(first(masked(0x09, "x")) == FrameReader::kBroken, "a ping in parts");
  promise(first(masked(0x89, std::string(126, 'x'))) == FrameReader::kBroken, "a long ping");
  promise(first(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10) + std::string(8, 'x')) ==
              FrameReader::kBroken,
          "an endless message");
  promise(first(std::string("\x81", 1)) == FrameReader::kMore, "half a header");
  unsigned seed = 3;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = masked(0x81, "hello") + masked(0x82, std::string(200, 'y'));
    for (int j = 0; j < 3; ++j) {
      seed = seed * 1664525u + 1013904223u;
      bytes[seed / 65536u % bytes.size()] = static_cast<char>(seed >> 8);
    }
    FrameReader reader;
    std::string payload;
    int opcode = 0;
    while (reader.next(bytes, opcode, payload) == FrameReader::kMessage) {
    }
  }
}

static Request request_for(const std::string& path) {
  Request request;
  promise(read_request("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n", request), "a request");
  return request;
}

static void only_the_pages_own_files_are_given(const std::string& folder) {
  std::ofstream(folder + "/main.html") << "the page";
  std::ofstream(folder + "/.hidden.js") << "a secret";
  promise(answer(request_for("/projects/tonezoo/main.html?x=1"), folder).find("200 OK") != std::string::npos,
          "page");
  promise(answer(request_for("/"), folder).find("302 Found") != std::string::npos, "the way there");
  for (const char* path :
       {"/projects/tonezoo/../render.cpp", "/projects/tonezoo/..%2frender.cpp", "/etc/passwd",
        "/projects/tonezoo//etc/passwd", "/projects/tonezoo/.hidden.js", "/projects/tonezoo/",
        "/projects/tonezoo/missing.js", "/projects/tonezoo/style.cpp"}) {
    promise(answer(request_for(path), folder).find("404 Not Found") != std::string::npos, path);
  }
  Request request;
  for (const char* bad : {"", "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1\r\n\r\n",
                          "GET / HTTP/1.1\r\nnonsense\r\n\r\n"}) {
    promise(!read_request(bad, request), bad);
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  json_is_json_and_nothing_else();
  any_bytes_do_json_no_harm();
  the_handshake_is_the_standards_own();
  frames_arrive_in_any_pieces();
  broken_frames_are_seen();
  only_the_pages_own_files_are_given(argv[1]);
  return broken_promises > 100 ? 100 : broken_promises;
}
