// The bank's records as they lie in the file (BANK.md), and its checksum.
// Threads: plain values and a pure function.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "banks are little-endian and are read as they lie"
#endif

namespace tonezoo {

constexpr std::uint32_t kBankVersion = 1;
constexpr std::uint32_t kMaxBankBytes = 32u << 20;
constexpr std::uint32_t kMaxBankModels = 64, kMaxBankCabs = 16;
constexpr std::uint32_t kMaxCabTaps = 2048, kMaxTestSamples = 4096, kFrame = 16;
constexpr std::uint32_t kMaxUnits = 1024, kMaxUnitLayers = 8;                  // LSTM and GRU
constexpr std::uint32_t kMaxArrays = 8, kMaxConvLayers = 64, kMaxWidth = 256;  // WaveNet
constexpr std::uint32_t kMaxDelay = 1u << 20, kNumActivations = 8;
constexpr std::uint32_t kMaxHistory = 1u << 22;  // floats that a WaveNet remembers: 16 MiB
constexpr char kBankMagic[] = "TZBANK\r\n";

struct BankSection {
  std::uint32_t offset, count;  // bytes, elements of 4 bytes
};

struct BankHeader {
  char magic[8];
  std::uint32_t version, checksum, size, models, cabs, budget;
  char name[64];
};

struct BankModel {
  enum Kind : std::uint32_t { kLstm = 1, kGru = 2, kWaveNet = 3 };
  enum Flag : std::uint32_t { kResidual = 1, kCounted = 2, kForced = 4 };
  enum GainClass : std::uint32_t { kUnknown, kClean, kCrunch, kHigh, kFuzz };

  char name[64], device[64];
  unsigned char digest[32];
  std::uint32_t kind, gain_class, sample_rate, flags;
  float in_gain, out_gain, trim_db;
  std::uint32_t instructions;
  std::uint32_t hidden, layers, frame;
  float tolerance;
  BankSection weights, start, shape;
  std::uint32_t test_in, test_out, test_samples;
  std::uint32_t zeros[3];

  bool residual() const { return (flags & kResidual) != 0; }
};

struct BankCab {
  char name[64];
  std::uint32_t sample_rate;
  BankSection taps;
  std::uint32_t zeros[5];
};

static_assert(sizeof(BankHeader) == 96, "as in BANK.md");
static_assert(sizeof(BankModel) == 256, "as in BANK.md");
static_assert(sizeof(BankCab) == 96, "as in BANK.md");

// CRC-32 as in zlib: reflected, polynomial 0xedb88320.
inline std::uint32_t crc32(const unsigned char* bytes, std::size_t count) {
  std::uint32_t table[16];  // four bits at a time
  for (std::uint32_t i = 0; i < 16; ++i) {
    std::uint32_t entry = i;
    for (int bit = 0; bit < 4; ++bit) entry = (entry >> 1) ^ ((entry & 1u) ? 0xedb88320u : 0u);
    table[i] = entry;
  }
  std::uint32_t crc = 0xffffffffu;
  for (std::size_t i = 0; i < count; ++i) {
    crc = table[(crc ^ bytes[i]) & 15u] ^ (crc >> 4);
    crc = table[(crc ^ (bytes[i] >> 4)) & 15u] ^ (crc >> 4);
  }
  return ~crc;
}

}  // namespace tonezoo
