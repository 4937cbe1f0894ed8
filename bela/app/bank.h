// A bank (BANK.md) in memory, every byte of it checked before it is used.
// Threads: read() and parse() allocate, at most one buffer: setup() or a low-priority task. The rest is safe
// everywhere while the bank lives. No exceptions.
//
//   Bank bank;
//   if (const char* why = bank.read("bank.bin")) return refuse(why);   // a sentence; the bank is as before
//   net.load({kLstm, m.hidden, 1, m.layers, m.residual()}, bank.weights(m), m.weights.count);
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "bank_checks.h"
#include "bank_layout.h"

namespace tonezoo {

class Bank {
 public:
  // Null, or why the file is refused: one sentence. Then what was loaded before stays.
  const char* read(const char* path) {
    std::FILE* const file = std::fopen(path, "rb");
    if (file == nullptr) return "the bank cannot be opened; deploy it again";
    const char* const why = read(file);
    std::fclose(file);
    return why;
  }

  // As read(), from memory; `bytes` is copied.
  const char* parse(const void* bytes, std::size_t size) {
    if (const char* why = size_refused(size)) return why;
    Buffer buffer(static_cast<unsigned char*>(std::malloc(size)));
    if (!buffer) return "there is no memory for the bank";
    std::memcpy(buffer.get(), bytes, size);
    return take(buffer, size);
  }

  const char* name() const { return bytes_ ? header().name : ""; }
  std::uint32_t budget() const { return bytes_ ? header().budget : 0; }
  std::uint32_t size() const { return bytes_ ? header().models : 0; }
  std::uint32_t cabs() const { return bytes_ ? header().cabs : 0; }

  // `index` below size() or cabs().
  const BankModel& model(std::uint32_t index) const { return at<BankModel>(sizeof(BankHeader))[index]; }
  const BankCab& cab(std::uint32_t index) const {
    return at<BankCab>(sizeof(BankHeader) + size() * sizeof(BankModel))[index];
  }

  const float* weights(const BankModel& m) const { return floats(m.weights.offset); }
  const float* start(const BankModel& m) const { return floats(m.start.offset); }
  const std::uint32_t* shape(const BankModel& m) const { return at<std::uint32_t>(m.shape.offset); }
  const float* test_in(const BankModel& m) const { return floats(m.test_in); }
  const float* test_out(const BankModel& m) const { return floats(m.test_out); }
  const float* taps(const BankCab& c) const { return floats(c.taps.offset); }

  void swap(Bank& other) noexcept { bytes_.swap(other.bytes_); }

 private:
  struct Free {
    void operator()(unsigned char* bytes) const { std::free(bytes); }
  };
  using Buffer = std::unique_ptr<unsigned char[], Free>;  // malloc's alignment is enough for every record

  const char* read(std::FILE* file) {
    if (std::fseek(file, 0, SEEK_END) != 0) return "the bank cannot be read; deploy it again";
    const long size = std::ftell(file);
    if (size < 0 || std::fseek(file, 0, SEEK_SET) != 0) return "the bank cannot be read; deploy it again";
    if (const char* why = size_refused(static_cast<unsigned long>(size))) return why;
    const std::size_t bytes = static_cast<std::size_t>(size);
    Buffer buffer(static_cast<unsigned char*>(std::malloc(bytes)));
    if (!buffer) return "there is no memory for the bank";
    if (std::fread(buffer.get(), 1, bytes, file) != bytes) return "the bank cannot be read; deploy it again";
    return take(buffer, bytes);
  }

  static const char* size_refused(std::size_t size) {
    if (size < sizeof(BankHeader)) return "the bank is cut off; deploy it again";
    return size > kMaxBankBytes ? "this is no bank: it is larger than 32 MiB" : nullptr;
  }

  const char* take(Buffer& buffer, std::size_t size) {
    Bank read;
    read.bytes_.swap(buffer);
    if (const char* why = read.whole(size)) return why;
    for (std::uint32_t i = 0; i < read.size(); ++i) {
      if (!read.sound(read.model(i))) return "the bank is damaged: a model's record is out of bounds";
    }
    for (std::uint32_t i = 0; i < read.cabs(); ++i) {
      if (!read.sound(read.cab(i))) return "the bank is damaged: a cabinet's record is out of bounds";
    }
    swap(read);
    return nullptr;
  }

  const char* whole(std::size_t size) const {
    const BankHeader& h = header();
    if (std::memcmp(h.magic, kBankMagic, sizeof h.magic) != 0) return "this is no bank of models";
    if (h.version > kBankVersion) return "the bank is of a later version than this app; update the app";
    if (h.version != kBankVersion) return "the bank is damaged: its version is none";
    if (h.size > size) return "the bank is cut off; deploy it again";
    if (h.size != size) return "the bank is damaged: its size is wrong";
    constexpr std::size_t kFirst = offsetof(BankHeader, size);
    if (crc32(bytes_.get() + kFirst, size - kFirst) != h.checksum)
      return "the bank is damaged: its checksum is wrong; deploy it again";
    if (size % 4 != 0 || h.models > kMaxBankModels || h.cabs > kMaxBankCabs || data() > size ||
        h.budget == 0 || !bank::text(h.name, sizeof h.name))
      return "the bank is damaged: its header is out of bounds";
    return nullptr;
  }

  bool sound(const BankModel& m) const {
    using bank::within;
    return bank::text(m.name, sizeof m.name) && bank::text(m.device, sizeof m.device) &&
           within(m.kind, BankModel::kLstm, BankModel::kWaveNet) &&
           within(m.gain_class, BankModel::kUnknown, BankModel::kFuzz) &&
           within(m.sample_rate, 8000u, 384000u) && m.flags <= 7u && within(m.in_gain, 1e-6f, 1e6f) &&
           within(m.out_gain, 1e-6f, 1e6f) && within(m.trim_db, -60.0f, 60.0f) && m.instructions >= 1 &&
           within(m.tolerance, 1e-9f, 1e6f) && bank::all_zero(m.zeros, 3) && shape_sound(m) &&
           within(m.test_samples, kFrame, kMaxTestSamples) && m.test_samples % kFrame == 0 &&
           floats_sound({m.test_in, m.test_samples}) && floats_sound({m.test_out, m.test_samples});
  }

  bool shape_sound(const BankModel& m) const {
    const bool wavenet = m.kind == BankModel::kWaveNet;
    if (!bank::within(m.hidden, 1, wavenet ? kMaxWidth : kMaxUnits) ||
        !bank::within(m.layers, 1, wavenet ? kMaxArrays : kMaxUnitLayers) ||
        (m.frame != 1 && (wavenet || m.frame != kFrame)) || !floats_sound(m.weights))
      return false;
    if (!wavenet) {
      return bank::recurrent_weights(m) == m.weights.count && m.shape.offset == 0 && m.shape.count == 0 &&
             bank::recurrent_states(m) == m.start.count && floats_sound(m.start);
    }
    return m.start.offset == 0 && m.start.count == 0 && !(m.flags & BankModel::kResidual) && lies(m.shape) &&
           bank::wavenet_weights(m, shape(m), m.shape.count) == m.weights.count && shape(m)[1] == m.hidden;
  }

  bool sound(const BankCab& c) const {
    return bank::text(c.name, sizeof c.name) && bank::within(c.sample_rate, 8000u, 384000u) &&
           bank::within(c.taps.count, 1, kMaxCabTaps) && floats_sound(c.taps) && bank::all_zero(c.zeros, 5);
  }

  // Whether a section lies in the data, and not empty.
  bool lies(const BankSection& s) const {
    const std::uint32_t size = header().size;
    return s.count >= 1 && s.offset % 4 == 0 && s.offset >= data() && s.offset <= size &&
           s.count <= (size - s.offset) / 4;
  }

  bool floats_sound(const BankSection& s) const {
    if (!lies(s)) return false;
    const float* const values = floats(s.offset);
    for (std::uint32_t i = 0; i < s.count; ++i) {
      if (!bank::finite(values[i])) return false;
    }
    return true;
  }

  template <class T>
  const T* at(std::size_t offset) const {
    return reinterpret_cast<const T*>(bytes_.get() + offset);
  }
  const BankHeader& header() const { return *at<BankHeader>(0); }
  const float* floats(std::uint32_t offset) const { return at<float>(offset); }
  std::size_t data() const {
    return sizeof(BankHeader) + header().models * sizeof(BankModel) + header().cabs * sizeof(BankCab);
  }

  Buffer bytes_;
};

}  // namespace tonezoo
