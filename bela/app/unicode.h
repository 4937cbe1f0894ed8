// Text as it comes from a page, as it is kept (UTF-8), and as it goes out (ASCII with \uXXXX).
// Threads: not render(): strings allocate.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace tonezoo {

inline void append_utf8(std::string& to, std::uint32_t point) {
  if (point < 0x80) {
    to += static_cast<char>(point);
  } else if (point < 0x800) {
    to += static_cast<char>(0xc0 | (point >> 6));
    to += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    to += static_cast<char>(0xe0 | (point >> 12));
    to += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    to += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    to += static_cast<char>(0xf0 | (point >> 18));
    to += static_cast<char>(0x80 | ((point >> 12) & 0x3f));
    to += static_cast<char>(0x80 | ((point >> 6) & 0x3f));
    to += static_cast<char>(0x80 | (point & 0x3f));
  }
}

// A wide string may hold whole code points or the halves of UTF-16, as the board's JSON does. What is neither
// becomes U+FFFD.
inline std::string utf8_of(const std::wstring& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t point = static_cast<std::uint32_t>(text[i]);
    if (point >= 0xd800 && point < 0xdc00 && i + 1 < text.size()) {
      const std::uint32_t low = static_cast<std::uint32_t>(text[i + 1]);
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        ++i;
      }
    }
    const bool sound = point < 0x110000 && !(point >= 0xd800 && point < 0xe000);
    append_utf8(out, sound ? point : 0xfffd);
  }
  return out;
}

// The code point at `at`, which moves behind it; U+FFFD for bytes that are none.
inline std::uint32_t next_point(const std::string& text, std::size_t& at) {
  const unsigned char first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (more == 0) return 0xfffd;
  std::uint32_t point = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80) return 0xfffd;
    point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  return point < 0x110000 ? point : 0xfffd;
}

// A JSON string, in quotes.
inline std::string quoted(const std::string& text) {
  std::string out = "\"";
  char escape[16];
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_point(text, at);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point >= 0x20 && point < 0x7f) {
      out += static_cast<char>(point);
    } else if (point < 0x10000) {
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(point));
      out += escape;
    } else {
      std::snprintf(escape, sizeof escape, "\\u%04x\\u%04x",
                    static_cast<unsigned>(0xd800 + ((point - 0x10000) >> 10)),
                    static_cast<unsigned>(0xdc00 + ((point - 0x10000) & 0x3ff)));
      out += escape;
    }
  }
  return out + "\"";
}

constexpr std::size_t kLongestName = 24;

// A name as it is kept: control characters are spaces, spaces at the ends go. False if it is empty or too
// long.
inline bool make_name(const std::string& text, std::string& name) {
  std::string clean;
  std::size_t characters = 0, end = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t point = next_point(text, at);
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) point = ' ';
    if (point == ' ' && characters == 0) continue;
    append_utf8(clean, point);
    ++characters;
    if (point == ' ') continue;
    end = clean.size();
    if (characters > kLongestName) return false;
  }
  if (end == 0) return false;
  name = clean.substr(0, end);
  return true;
}

}  // namespace tonezoo
