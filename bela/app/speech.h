// What the pedal tells its pages (PROTOCOL.md), as JSON in plain ASCII.
// Threads: the control thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "parameters.h"
#include "rack.h"
#include "state.h"
#include "unicode.h"

namespace tonezoo {

constexpr char kAppVersion[] = "0.1.0";

struct Surroundings {
  const char* board = "pc";
  unsigned sample_rate = 44100, block_size = 16, inputs = 2, outputs = 2;
};

// The state as pages see it.
struct Shown {
  State state;
  int heard = -1, pending = -1, model_block = 1;
  std::string names[kNumPresets];
};

inline std::string json(float value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.7g", static_cast<double>(value));
  return text;
}
inline std::string json(int value) { return std::to_string(value); }
inline std::string json(std::uint32_t value) { return std::to_string(value); }
inline std::string json(bool value) { return value ? "true" : "false"; }
inline std::string member(const char* key, const std::string& value, bool first = false) {
  return std::string(first ? "\"" : ",\"") + key + "\":" + value;
}

inline std::string json_names(const Shown& shown) {
  std::string text = "[";
  for (int slot = 0; slot < kNumPresets; ++slot) text += (slot > 0 ? "," : "") + quoted(shown.names[slot]);
  return text + "]";
}

inline std::string json_model(const Rack::Model& model) {
  static const char* const kGainClasses[] = {"", "clean", "crunch", "high", "fuzz"};
  static const char* const kKinds[] = {"", "LSTM", "GRU", "WaveNet"};
  const BankModel& record = *model.record;
  char id[16];
  std::snprintf(id, sizeof id, "%08x", static_cast<unsigned>(model.id()));
  return "{" + member("name", quoted(record.name), true) + member("device", quoted(record.device)) +
         member("gainClass", quoted(kGainClasses[record.gain_class])) +
         member("architecture", quoted(kKinds[record.kind])) + member("hiddenSize", json(record.hidden)) +
         member("modelBlock", json(record.frame)) + member("sampleRate", json(record.sample_rate)) +
         member("instructions", json(record.instructions)) + member("cost", json(model.voice.cost)) +
         member("heavy", json(model.voice.cost > 0.5f)) + member("trimDb", json(record.trim_db)) +
         member("id", quoted(id)) + "}";
}

inline std::string json_bank(const Rack& rack) {
  std::string models, cabs;
  for (int m = 0; m < rack.size(); ++m) models += (m > 0 ? "," : "") + json_model(rack.model(m));
  for (int c = 0; c < rack.cabs(); ++c) cabs += (c > 0 ? "," : "") + quoted(rack.cab_name(c));
  return "{" + member("name", quoted(rack.name()), true) + ",\"models\":[" + models + "],\"cabs\":[" + cabs +
         "]}";
}

inline std::string json_choices(int p, const Rack& rack) {
  std::string text = "[";
  for (const char* at = kParameters[p].choices; *at != '\0';) {
    const char* end = at;
    while (*end != '\0' && *end != '|') ++end;
    text += (text.size() > 1 ? "," : "") + quoted(std::string(at, end));
    at = *end == '|' ? end + 1 : end;
  }
  for (int c = 0; p == kCab && c < rack.cabs(); ++c) text += "," + quoted(rack.cab_name(c));
  return text + "]";
}

inline std::string json_parameters(const Rack& rack) {
  static const char* const kKinds[] = {"range", "switch", "choice"};
  std::string text = "[";
  for (int p = 0; p < kNumParameters; ++p) {
    const Parameter& parameter = kParameters[p];
    text += std::string(p > 0 ? ",{" : "{") + member("id", quoted(parameter.id), true) +
            member("name", quoted(parameter.name)) + member("kind", quoted(kKinds[parameter.kind]));
    if (parameter.kind == Parameter::kRange) {
      text += member("unit", "\"dB\"") + member("min", json(parameter.least)) +
              member("max", json(parameter.most)) + member("step", json(parameter.step));
    } else if (parameter.kind == Parameter::kChoice) {
      text += member("choices", json_choices(p, rack));
    }
    text += member("default", json(parameter.standard)) +
            member("scope", quoted(parameter.preset ? "preset" : "global")) + "}";
  }
  return text + "]";
}

// The members of `now` that differ from `before`; all of them if that is null. Empty if none does.
inline std::string json_state(const Shown& now, const Shown* before) {
  std::string text, values;
  const auto add = [&](const char* key, const std::string& value, const std::string& was) {
    if (before == nullptr || value != was) text += member(key, value, text.empty());
  };
  const Shown& old = before != nullptr ? *before : now;
  add("model", json(now.heard), json(old.heard));
  add("pending", json(now.pending), json(old.pending));
  add("modelBlock", json(now.model_block), json(old.model_block));
  add("bypass", json(now.state.bypass), json(old.state.bypass));
  add("clean", json(now.state.clean), json(old.state.clean));
  add("tuner", json(now.state.tuner), json(old.state.tuner));
  add("preset", json(now.state.preset), json(old.state.preset));
  add("modified", json(now.state.modified), json(old.state.modified));
  add("bootPreset", json(now.state.boot_preset), json(old.state.boot_preset));
  for (int p = 0; p < kNumParameters; ++p) {
    const std::string value = json(now.state.values[p]);
    if (before == nullptr || value != json(old.state.values[p])) {
      values += member(kParameters[p].id, value, values.empty());
    }
  }
  if (!values.empty()) text += member("values", "{" + values + "}", text.empty());
  add("presets", json_names(now), json_names(old));
  return text;
}

inline std::string json_session(const std::string& session, unsigned revision) {
  return member("session", quoted(session)) + member("revision", json(revision));
}

inline std::string json_snapshot(const Surroundings& app, const Rack& rack, const Shown& now,
                                 const std::string& session, unsigned revision) {
  return "{\"event\":\"snapshot\",\"protocol\":1" + json_session(session, revision) + ",\"app\":{" +
         member("version", quoted(kAppVersion), true) + member("board", quoted(app.board)) +
         member("sampleRate", json(app.sample_rate)) + member("blockSize", json(app.block_size)) +
         member("inputs", json(app.inputs)) + member("outputs", json(app.outputs)) + "}" +
         member("bank", json_bank(rack)) + member("parameters", json_parameters(rack)) + ",\"state\":{" +
         json_state(now, nullptr) + "}}";
}

inline std::string json_change(const std::string& changed, const std::string& session, unsigned revision,
                               const std::string& from) {
  return "{\"event\":\"change\"" + json_session(session, revision) + member("from", quoted(from)) +
         ",\"state\":{" + changed + "}}";
}

inline std::string json_refusal(const std::string& command, const std::string& from,
                                const std::string& reason) {
  return "{\"event\":\"refused\"" + member("from", quoted(from)) + member("command", quoted(command)) +
         member("reason", quoted(reason)) + "}";
}

}  // namespace tonezoo
