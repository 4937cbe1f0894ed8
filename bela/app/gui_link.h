// Between Bela's JSON and the pedal's own messages.
// Threads: not render().
#pragma once

#include <libraries/Gui/Gui.h>

#include <string>

#include "message.h"
#include "unicode.h"

namespace tonezoo {

inline Field field_of(const JSONValue& value) {
  Field field;
  field.type = Field::kOther;
  if (value.IsString()) {
    field.type = Field::kText;
    field.text = utf8_of(value.AsString());
  } else if (value.IsNumber()) {
    field.type = Field::kNumber;
    field.number = value.AsNumber();
  } else if (value.IsBool()) {
    field.type = Field::kBoolean;
    field.on = value.AsBool();
  }
  return field;
}

inline Message message_of(const JSONObject& object) {
  Message message;
  for (const auto& member : object) {
    Field* const field = message.field(utf8_of(member.first));
    if (field != nullptr && member.second != nullptr) *field = field_of(*member.second);
  }
  return message;
}

inline void send(Gui& gui, const std::string& text) {
  JSONValue* const value = JSON::Parse(text.c_str());
  if (value == nullptr) return;
  gui.sendControl(value);
  delete value;
}

}  // namespace tonezoo
