// The answer to a browser that asks for a WebSocket (RFC 6455, 4.2.2): SHA-1 (RFC 3174) in base64 (RFC 4648).
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace host {

inline std::uint32_t rotated(std::uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

inline std::string sha1(std::string text) {
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  text += static_cast<char>(0x80);
  while (text.size() % 64 != 56) text += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>(bits >> shift);
  std::uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::uint32_t w[80];
    for (std::size_t t = 0; t < 16; ++t) {
      w[t] = 0;
      for (std::size_t i = 0; i < 4; ++i)
        w[t] = w[t] << 8 | static_cast<unsigned char>(text[block + 4 * t + i]);
    }
    for (int t = 16; t < 80; ++t) w[t] = rotated(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    std::uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int t = 0; t < 80; ++t) {
      const std::uint32_t f = t < 20              ? (b & c) | (~b & d)
                              : t < 40 || t >= 60 ? b ^ c ^ d
                                                  : (b & c) | (b & d) | (c & d);
      const std::uint32_t k = t < 20   ? 0x5a827999u
                              : t < 40 ? 0x6ed9eba1u
                              : t < 60 ? 0x8f1bbcdcu
                                       : 0xca62c1d6u;
      const std::uint32_t next = rotated(a, 5) + f + e + w[t] + k;
      e = d;
      d = c;
      c = rotated(b, 30);
      b = a;
      a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
  }
  std::string digest;
  for (const std::uint32_t word : h) {
    for (int shift = 24; shift >= 0; shift -= 8) digest += static_cast<char>(word >> shift);
  }
  return digest;
}

inline std::string base64(const std::string& bytes) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? kDigits[three >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

inline std::string accept_key(const std::string& key) {
  return base64(sha1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

}  // namespace host
