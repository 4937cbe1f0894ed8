// A message from a page, taken apart: nothing of it is believed yet.
// Threads: plain values; not render().
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace tonezoo {

struct Field {
  enum Type { kAbsent, kNumber, kBoolean, kText, kOther };
  Type type = kAbsent;
  double number = 0.0;
  bool on = false;
  std::string text;

  bool is(Type expected) const { return type == expected; }
  // True if it is a whole number from `least` to `most`; then `value` is that.
  bool whole(int least, int most, int& value) const {
    if (!is_number() || number < least || number > most || number != static_cast<int>(number)) return false;
    value = static_cast<int>(number);
    return true;
  }
  // By its bits: with -ffast-math a comparison finds no NaN.
  bool is_number() const {
    std::uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return type == kNumber && (bits & 0x7ff0000000000000u) != 0x7ff0000000000000u;
  }
};

struct Message {
  Field command, event, from, id, value, index, on, slot, name;

  // By the name of the member; null for those that mean nothing.
  Field* field(const std::string& key) {
    if (key == "command") return &command;
    if (key == "event") return &event;
    if (key == "from") return &from;
    if (key == "id") return &id;
    if (key == "value") return &value;
    if (key == "index") return &index;
    if (key == "on") return &on;
    if (key == "slot") return &slot;
    return key == "name" ? &name : nullptr;
  }
};

}  // namespace tonezoo
