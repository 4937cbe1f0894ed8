// Banks of small LSTMs, written as BANK.md says, for what the pedal does with them.
#pragma once

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "app/rack.h"
#include "check.h"

namespace tonezoo {

struct Ingredient {
  std::string name, device;
  unsigned id;  // the first 4 bytes of its digest
  std::uint32_t hidden, frame, instructions;
};

class BankMaker {
 public:
  std::vector<Ingredient> models;
  std::vector<std::string> cabs;
  std::uint32_t budget = 1000;

  std::string bytes() const {
    std::vector<float> data;
    const std::size_t first =
        sizeof(BankHeader) + models.size() * sizeof(BankModel) + cabs.size() * sizeof(BankCab);
    const auto put = [&](const Signal& values) {
      const std::uint32_t at = static_cast<std::uint32_t>(first + data.size() * sizeof(float));
      data.insert(data.end(), values.begin(), values.end());
      return at;
    };
    std::string out(sizeof(BankHeader), '\0');
    for (const Ingredient& model : models) {
      const BankModel record = made(model, put);
      out.append(reinterpret_cast<const char*>(&record), sizeof record);
    }
    for (const std::string& name : cabs) {
      BankCab record = {};
      std::snprintf(record.name, sizeof record.name, "%s", name.c_str());
      record.sample_rate = 44100;
      record.taps = {put({0.5f, 0.25f, 0.25f}), 3};
      out.append(reinterpret_cast<const char*>(&record), sizeof record);
    }
    out.append(reinterpret_cast<const char*>(data.data()), data.size() * sizeof(float));
    BankHeader header = {};
    std::memcpy(header.magic, kBankMagic, sizeof header.magic);
    header.version = kBankVersion;
    header.size = static_cast<std::uint32_t>(out.size());
    header.models = static_cast<std::uint32_t>(models.size());
    header.cabs = static_cast<std::uint32_t>(cabs.size());
    header.budget = budget;
    std::snprintf(header.name, sizeof header.name, "Test bank");
    std::memcpy(&out[0], &header, sizeof header);
    header.checksum = crc32(reinterpret_cast<const unsigned char*>(&out[16]), out.size() - 16);
    std::memcpy(&out[0], &header, sizeof header);
    return out;
  }

  // In one step, as `zoo bela deploy` does it.
  void write(const std::string& path) const {
    const std::string all = bytes(), fresh = path + ".fresh";
    std::FILE* const file = std::fopen(fresh.c_str(), "wb");
    promise(file != nullptr && std::fwrite(all.data(), 1, all.size(), file) == all.size(),
            "a bank is written");
    if (file != nullptr) std::fclose(file);
    std::rename(fresh.c_str(), path.c_str());
  }

 private:
  template <class Put>
  static BankModel made(const Ingredient& model, Put put) {
    BankModel record = {};
    std::snprintf(record.name, sizeof record.name, "%s", model.name.c_str());
    std::snprintf(record.device, sizeof record.device, "%s", model.device.c_str());
    for (int i = 0; i < 4; ++i) record.digest[i] = static_cast<unsigned char>(model.id >> (24 - 8 * i));
    record.kind = BankModel::kLstm;
    record.gain_class = BankModel::kCrunch;
    record.sample_rate = 44100;
    record.in_gain = record.out_gain = 1.0f;
    record.instructions = model.instructions;
    record.hidden = model.hidden;
    record.layers = 1;
    record.frame = model.frame;
    record.tolerance = 1e-3f;
    Signal weights = noise(bank::recurrent_weights(record), model.id);
    for (float& w : weights) w *= 0.3f;
    const Signal in = sine(220.0f, 0.3f, 64), out = played(record, weights, in);
    record.weights = {put(weights), static_cast<std::uint32_t>(weights.size())};
    record.start = {put(Signal(bank::recurrent_states(record))),
                    static_cast<std::uint32_t>(bank::recurrent_states(record))};
    record.test_in = put(in);
    record.test_out = put(out);
    record.test_samples = 64;
    return record;
  }
  static Signal played(const BankModel& record, const Signal& weights, const Signal& in) {
    const RecurrentShape shape = {RecurrentShape::kLstm, record.hidden, record.frame, 1, false};
    Signal out = in;
    if (record.frame == 1) {
      Recurrent engine;
      promise(engine.load(shape, weights.data(), weights.size()), "the weights fit");
      engine.process(in.data(), out.data(), in.size());
    } else {
      FrameRecurrent engine;
      promise(engine.load(shape, weights.data(), weights.size()), "the weights fit");
      for (std::size_t t = 0; t < in.size(); t += 16) engine.step(&in[t], &out[t]);
    }
    return out;
  }
};

// Three models of a device each, the second one also as a frame model.
inline BankMaker usual_bank() {
  BankMaker maker;
  maker.models = {{"Clean one", "Preamp", 0x11111111u, 8, 1, 100},
                  {"Crunch one", "Drive", 0x22222222u, 12, 1, 200},
                  {"Lead one", "Amp", 0x33333333u, 20, 1, 700},
                  {"Crunch in frames", "Drive", 0x44444444u, 16, 16, 300}};
  maker.cabs = {"Open back"};
  return maker;
}

}  // namespace tonezoo
