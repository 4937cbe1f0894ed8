// Requests for the page's files, and no others.
// Threads: the server's.
#pragma once

#include <cctype>
#include <cstdio>
#include <map>
#include <string>

namespace host {

constexpr std::size_t kLargestRequest = 8192;

struct Request {
  std::string method, path;
  std::map<std::string, std::string> headers;  // names in lower case

  std::string header(const char* name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

inline std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// `text`: all up to the empty line. False if it is no request.
inline bool read_request(const std::string& text, Request& request) {
  const std::size_t end = text.find("\r\n"), one = text.find(' ');
  const std::size_t two = one == std::string::npos ? one : text.find(' ', one + 1);
  if (end == std::string::npos || two == std::string::npos || two > end) return false;
  if (text.compare(two + 1, 5, "HTTP/") != 0) return false;
  request.method = text.substr(0, one);
  request.path = text.substr(one + 1, two - one - 1);
  request.path = request.path.substr(0, request.path.find('?'));
  for (std::size_t at = end + 2; at < text.size();) {
    const std::size_t stop = text.find("\r\n", at), colon = text.find(':', at);
    if (stop == std::string::npos || stop == at) break;
    if (colon == std::string::npos || colon > stop) return false;
    std::size_t from = colon + 1, to = stop;
    while (from < to && (text[from] == ' ' || text[from] == '\t')) ++from;
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t')) --to;
    request.headers[lower(text.substr(at, colon - at))] = text.substr(from, to - from);
    at = stop + 2;
  }
  return true;
}

inline std::string response(const char* status, const std::string& type, const std::string& body,
                            const std::string& extra = std::string()) {
  return std::string("HTTP/1.1 ") + status + "\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n" + extra +
         "\r\n" + body;
}

// The type of a file by its ending; empty for what the page does not consist of.
inline std::string type_of(const std::string& name) {
  static const char* const kTypes[][2] = {{"html", "text/html; charset=utf-8"},
                                          {"css", "text/css; charset=utf-8"},
                                          {"js", "text/javascript; charset=utf-8"},
                                          {"svg", "image/svg+xml"},
                                          {"png", "image/png"},
                                          {"ico", "image/x-icon"},
                                          {"json", "application/json"},
                                          {"woff2", "font/woff2"},
                                          {"webmanifest", "application/manifest+json"}};
  const std::string ending =
      name.substr(name.rfind('.') == std::string::npos ? name.size() : name.rfind('.') + 1);
  for (const auto& type : kTypes) {
    if (ending == type[0]) return type[1];
  }
  return std::string();
}

// A plain name: no folder can be left with it.
inline bool is_plain(const std::string& name) {
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_' && c != '-') return false;
  }
  return !name.empty() && name[0] != '.';
}

// The answer to a request that is for no socket.
inline std::string answer(const Request& request, const std::string& folder) {
  static const std::string kProject = "/projects/tonezoo/";
  if (request.method != "GET" && request.method != "HEAD") {
    return response("405 Method Not Allowed", "text/plain", "only GET\n");
  }
  if (request.path == "/" || request.path == "/gui" || request.path == "/gui/") {
    return response("302 Found", "text/plain", "", "Location: " + kProject + "main.html\r\n");
  }
  const bool ours = request.path.compare(0, kProject.size(), kProject) == 0;
  const std::string name = ours ? request.path.substr(kProject.size()) : std::string();
  std::FILE* const file =
      is_plain(name) && !type_of(name).empty() ? std::fopen((folder + "/" + name).c_str(), "rb") : nullptr;
  if (file == nullptr) return response("404 Not Found", "text/plain", "not here\n");
  std::string body;
  char piece[4096];
  std::size_t got;
  while ((got = std::fread(piece, 1, sizeof piece, file)) > 0) body.append(piece, got);
  std::fclose(file);
  std::string text = response("200 OK", type_of(name), body);
  if (request.method == "HEAD") text.resize(text.size() - body.size());
  return text;
}

}  // namespace host
