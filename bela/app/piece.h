// How sound travels through the chain: in pieces of at most kPiece samples, whatever the block size.
#pragma once

#include <cmath>
#include <cstddef>

namespace tonezoo {

constexpr std::size_t kPiece = 64;  // whole frames of 16, so that frames stay aligned within a block
constexpr std::size_t kChannels = 2;

inline float gain_of_db(float db) { return std::pow(10.0f, 0.05f * db); }

}  // namespace tonezoo
