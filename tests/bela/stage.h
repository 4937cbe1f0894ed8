// A pedal with a clock of its own, on the test's one thread: sound runs while the control thread is asked.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "app/pedal.h"
#include "bank_maker.h"

namespace tonezoo {

static std::string folder;  // where bank and presets lie

static inline void unfurnish() {
  for (const char* name : {"/bank.bin", "/presets.txt", "/presets.txt.previous"}) {
    ::unlink((folder + name).c_str());
  }
}
// A new pedal with the usual bank.
static inline void furnish() {
  unfurnish();
  usual_bank().write(folder + "/bank.bin");
}

class Stage {
 public:
  Pedal pedal;
  std::vector<std::string> said;
  Signal heard;  // left
  double now = 1.0;
  std::string trouble;
  const std::size_t block;

  // `inputs`: 0, 1 or 2 channels.
  explicit Stage(std::size_t block_size = 16, std::size_t inputs = 1) : block(block_size), inputs_(inputs) {
    Surroundings app;
    app.block_size = static_cast<unsigned>(block);
    app.inputs = static_cast<unsigned>(inputs);
    promise(pedal.start(app, folder + "/bank.bin", folder + "/presets.txt", 7, trouble), "it starts");
  }

  // Sound for so long, a chord in; the control thread gets its turn every 5 ms.
  void play(double seconds) {
    for (double end = now + seconds; now < end;) {
      double until = now + 0.005;
      do {
        render();
        now += static_cast<double>(block) / 44100.0;
      } while (now < until);
      pedal.tick(now, said);
    }
  }
  void say(const Message& message) { pedal.hear(message); }
  // The pedal is to be as these words say in what it told last.
  bool told(const std::string& words) const {
    for (const std::string& text : said) {
      if (text.find(words) != std::string::npos) return true;
    }
    return false;
  }
  int count(const std::string& words) const {
    int found = 0;
    for (const std::string& text : said) found += text.find(words) != std::string::npos ? 1 : 0;
    return found;
  }

  void render() {
    pedal.audio.begin_block();
    for (std::size_t done = 0; done < block; done += kPiece) {
      const std::size_t frames = block - done < kPiece ? block - done : kPiece;
      float in[kPiece], out[kChannels][kPiece];
      for (std::size_t t = 0; t < frames; ++t) in[t] = next();
      const float* const ins[kChannels] = {inputs_ > 0 ? in : nullptr, inputs_ > 1 ? in : nullptr};
      float* const outs[kChannels] = {out[0], out[1]};
      pedal.audio.process(ins, outs, frames);
      for (std::size_t t = 0; t < frames; ++t) {
        promise(is_finite(out[0][t]) && std::fabs(out[0][t]) <= 1.0f, "finite and within full scale");
      }
      if (recording) heard.insert(heard.end(), out[0], out[0] + frames);
    }
    pedal.audio.end_block();
  }
  bool recording = true;

 private:
  float next() {
    for (int string = 0; string < 3; ++string) {
      phases_[string] += (string == 0 ? 110.0 : string == 1 ? 164.8 : 220.0) / 44100.0;
      phases_[string] -= static_cast<double>(static_cast<int>(phases_[string]));
    }
    double x = 0.0;
    for (const double phase : phases_) x += 0.12 * std::sin(6.283185307179586 * phase);
    return static_cast<float>(x);
  }
  std::size_t inputs_;
  double phases_[3] = {};
};

inline Field number(double value) {
  Field field;
  field.type = Field::kNumber;
  field.number = value;
  return field;
}
inline Field text(const std::string& value) {
  Field field;
  field.type = Field::kText;
  field.text = value;
  return field;
}
inline Field truth(bool value) {
  Field field;
  field.type = Field::kBoolean;
  field.on = value;
  return field;
}
inline Message command(const std::string& name) {
  Message message;
  message.command = text(name);
  message.from = text("me");
  return message;
}
inline Message set(const std::string& id, double value) {
  Message message = command("set");
  message.id = text(id);
  message.value = number(value);
  return message;
}
inline Message with_slot(const std::string& name, double slot) {
  Message message = command(name);
  message.slot = number(slot);
  return message;
}
inline Message model(double index) {
  Message message = command("model");
  message.index = number(index);
  return message;
}

}  // namespace tonezoo
