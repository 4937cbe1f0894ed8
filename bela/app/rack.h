// A bank, loaded: its models ready to play and its cabs.
// Threads: load() in setup() or the background task; the voices then belong to render() until it has let go
// of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bank.h"
#include "cab.h"
#include "voice.h"

namespace tonezoo {

class Rack {
 public:
  struct Model {
    const BankModel* record;
    Voice voice;
    std::uint32_t id() const {
      const unsigned char* const d = record->digest;
      return std::uint32_t{d[0]} << 24 | std::uint32_t{d[1]} << 16 | std::uint32_t{d[2]} << 8 | d[3];
    }
  };

  // Null, or why the bank is refused. What of it cannot play here is left out, and trouble() says so.
  const char* load(const char* path, std::uint32_t sample_rate, std::size_t block_size) {
    if (const char* why = bank_.read(path)) return why;
    for (std::uint32_t i = 0; i < bank_.size(); ++i) add(bank_.model(i), sample_rate, block_size);
    for (std::uint32_t i = 0; i < bank_.cabs(); ++i) add(bank_.cab(i), sample_rate);
    return nullptr;
  }

  const char* name() const { return bank_.name(); }
  int size() const { return static_cast<int>(models_.size()); }
  Model& model(int index) { return *models_[static_cast<std::size_t>(index)]; }
  const Model& model(int index) const { return *models_[static_cast<std::size_t>(index)]; }
  int cabs() const { return static_cast<int>(cabs_.size()); }
  const CabResponse& cab(int index) const { return *cabs_[static_cast<std::size_t>(index)].response; }
  const char* cab_name(int index) const { return cabs_[static_cast<std::size_t>(index)].name; }
  // One sentence about what could not be loaded; empty if all could.
  const std::string& trouble() const { return trouble_; }

  // The index of a voice of this rack, or -1. Only the pointer counts: it may be of a rack that is gone.
  int index_of(const Voice* voice) const {
    for (int m = 0; m < size(); ++m) {
      if (&model(m).voice == voice) return m;
    }
    return -1;
  }
  int with_id(std::uint32_t id) const {
    for (int m = 0; m < size(); ++m) {
      if (model(m).id() == id) return m;
    }
    return -1;
  }
  int cab_named(const std::string& name) const {
    for (int c = 0; c < cabs(); ++c) {
      if (name == cab_name(c)) return c;
    }
    return -1;
  }

 private:
  struct CabEntry {
    const char* name;
    std::unique_ptr<CabResponse> response;
  };

  void add(const BankModel& record, std::uint32_t sample_rate, std::size_t block_size) {
    if (record.sample_rate != sample_rate) return leave_out(record.name, "is of another sample rate");
    std::unique_ptr<Model> made(new Model);
    made->record = &record;
    for (std::size_t c = 0; c < kChannels; ++c) {
      made->voice.networks[c] = network(record, c == 0, block_size);
      if (made->voice.networks[c] == nullptr)
        return leave_out(record.name, "does not compute what it should");
    }
    made->voice.trim = gain_of_db(record.trim_db);
    made->voice.cost = static_cast<float>(record.instructions) / static_cast<float>(bank_.budget());
    made->voice.index = size();
    models_.push_back(std::move(made));
  }

  void add(const BankCab& record, std::uint32_t sample_rate) {
    CabEntry entry = {record.name, std::unique_ptr<CabResponse>(new CabResponse)};
    if (record.sample_rate != sample_rate) return leave_out(record.name, "is of another sample rate");
    if (!entry.response->load(bank_.taps(record), record.taps.count))
      return leave_out(record.name, "does not fit");
    cabs_.push_back(std::move(entry));
  }

  void leave_out(const char* name, const char* why) {
    if (trouble_.empty()) trouble_ = std::string(name) + " " + why + " and was left out";
  }

  // Null if memory is short, or if it does not pass its own test (only where `tested`).
  std::unique_ptr<Network> network(const BankModel& record, bool tested, std::size_t block_size) const {
    if (record.kind == BankModel::kWaveNet) return wavenet(record, tested);
    const RecurrentShape shape = {
        record.kind == BankModel::kLstm ? RecurrentShape::kLstm : RecurrentShape::kGru, record.hidden,
        record.frame, record.layers, record.residual()};
    if (record.frame == 1) {
      std::unique_ptr<RecurrentNetwork> made(new RecurrentNetwork);
      if (!made->engine.load(shape, bank_.weights(record), record.weights.count)) return nullptr;
      made->engine.set_gains(record.in_gain, record.out_gain);
      return passed(record, tested, std::move(made));
    }
    std::unique_ptr<FrameNetwork> made(new FrameNetwork);
    if (!made->engine.load(shape, bank_.weights(record), record.weights.count)) return nullptr;
    made->engine.set_gains(record.in_gain, record.out_gain);
    FrameNetwork* const frames = made.get();
    std::unique_ptr<Network> good = passed(record, tested, std::move(made));
    if (good != nullptr) frames->start(block_size);
    return good;
  }

  std::unique_ptr<Network> wavenet(const BankModel& record, bool tested) const {
    std::vector<WaveNetLayer> layers;
    std::vector<WaveNetArray> arrays;
    layers.reserve(record.shape.count);  // more than there are: arrays point into it
    const std::uint32_t* words = bank_.shape(record);
    for (std::uint32_t a = 0; a < record.layers; ++a) {
      const std::uint32_t* const head = words;
      const std::size_t first = layers.size();
      words += 6;
      for (std::uint32_t l = 0; l < head[5]; ++l, words += 4) {
        Activation activation;
        activation.kind = static_cast<Activation::Kind>(words[2]);
        std::memcpy(&activation.negative_slope, &words[3], sizeof(float));
        layers.push_back({words[0], words[1], activation});
      }
      arrays.push_back({head[0], head[1], head[2], head[3], head[4] != 0, layers.data() + first, head[5]});
    }
    std::unique_ptr<WaveNetNetwork> made(new WaveNetNetwork);
    const WaveNetShape shape = {arrays.data(), arrays.size()};
    if (!made->engine.load(shape, bank_.weights(record), record.weights.count)) return nullptr;
    made->set_gains(record.in_gain, record.out_gain);
    return passed(record, tested, std::move(made));
  }

  std::unique_ptr<Network> passed(const BankModel& record, bool tested, std::unique_ptr<Network> made) const {
    if (tested && !passes(record, *made)) return nullptr;
    made->reset();
    return made;
  }

  bool passes(const BankModel& record, Network& network) const {
    const float *in = bank_.test_in(record), *right = bank_.test_out(record);
    network.reset();
    for (std::uint32_t t = 0; t < record.test_samples; t += 16) {  // 16: whole frames
      float out[16];
      network.process(in + t, out, 16);
      for (std::uint32_t i = 0; i < 16; ++i) {
        if (!is_finite(out[i]) || std::fabs(out[i] - right[t + i]) > record.tolerance) return false;
      }
    }
    return true;
  }

  Bank bank_;
  std::vector<std::unique_ptr<Model>> models_;
  std::vector<CabEntry> cabs_;
  std::string trouble_;
};

}  // namespace tonezoo
