// JSON as Bela's library offers it: values that own what they hold, wide strings, Parse and Stringify.
// Threads: none of its own; a value belongs to one thread at a time.
//
// Hostile text is expected: nesting is bounded, and what is not JSON is refused, not guessed.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

class JSONValue;
typedef std::vector<JSONValue*> JSONArray;
typedef std::map<std::wstring, JSONValue*> JSONObject;

class JSONValue {
 public:
  enum Type { kNull, kString, kBool, kNumber, kArray, kObject };
  explicit JSONValue(Type type = kNull) : type_(type) {}
  explicit JSONValue(const std::wstring& text) : type_(kString), text_(text) {}
  explicit JSONValue(bool value) : type_(kBool), number_(value ? 1.0 : 0.0) {}
  explicit JSONValue(double value) : type_(kNumber), number_(value) {}
  ~JSONValue() {
    for (JSONValue* value : array_) delete value;
    for (const auto& member : object_) delete member.second;
  }
  JSONValue(const JSONValue&) = delete;
  JSONValue& operator=(const JSONValue&) = delete;

  bool IsString() const { return type_ == kString; }
  bool IsBool() const { return type_ == kBool; }
  bool IsNumber() const { return type_ == kNumber; }
  bool IsArray() const { return type_ == kArray; }
  bool IsObject() const { return type_ == kObject; }
  const std::wstring& AsString() const { return text_; }
  bool AsBool() const { return number_ != 0.0; }
  double AsNumber() const { return number_; }
  const JSONArray& AsArray() const { return array_; }
  const JSONObject& AsObject() const { return object_; }

 private:
  friend class JSON;
  Type type_;
  std::wstring text_;
  double number_ = 0.0;
  JSONArray array_;
  JSONObject object_;
};

class JSON {
 public:
  // Null if the text is no JSON. The caller deletes the value.
  static JSONValue* Parse(const char* text) {
    JSON reader(text);
    JSONValue* const value = reader.value(0);
    if (value == nullptr) return nullptr;  // the reader may have gone beyond the end
    reader.skip();
    if (*reader.at_ == '\0') return value;
    delete value;
    return nullptr;
  }

  static std::wstring Stringify(const JSONValue* value) {
    std::string text;
    write(*value, text);
    return std::wstring(text.begin(), text.end());
  }

 private:
  explicit JSON(const char* text) : at_(text) {}

  void skip() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r') ++at_;
  }
  bool word(const char* what) {
    const std::size_t length = std::strlen(what);
    if (std::strncmp(at_, what, length) != 0) return false;
    at_ += length;
    return true;
  }

  JSONValue* value(int depth) {
    skip();
    if (depth > kDeepest) return nullptr;
    if (*at_ == '{') return object(depth);
    if (*at_ == '[') return array(depth);
    if (*at_ == '"') {
      std::wstring text;
      return string(text) ? new JSONValue(text) : nullptr;
    }
    if (word("true")) return new JSONValue(true);
    if (word("false")) return new JSONValue(false);
    if (word("null")) return new JSONValue();
    return number();
  }

  JSONValue* object(int depth) {
    JSONValue* const made = new JSONValue(JSONValue::kObject);
    ++at_;
    skip();
    if (*at_ == '}') return ++at_, made;
    for (;;) {
      std::wstring key;
      skip();
      if (*at_ != '"' || !string(key)) break;
      skip();
      if (*at_++ != ':') break;
      JSONValue* const held = value(depth + 1);
      if (held == nullptr) break;
      JSONValue*& place = made->object_[key];
      delete place;  // the last of two members of one name counts
      place = held;
      skip();
      if (*at_ == '}') return ++at_, made;
      if (*at_++ != ',') break;
    }
    delete made;
    return nullptr;
  }

  JSONValue* array(int depth) {
    JSONValue* const made = new JSONValue(JSONValue::kArray);
    ++at_;
    skip();
    if (*at_ == ']') return ++at_, made;
    for (;;) {
      JSONValue* const held = value(depth + 1);
      if (held == nullptr) break;
      made->array_.push_back(held);
      skip();
      if (*at_ == ']') return ++at_, made;
      if (*at_++ != ',') break;
    }
    delete made;
    return nullptr;
  }

  bool string(std::wstring& text) {
    for (++at_; *at_ != '"'; ++at_) {
      const unsigned char c = static_cast<unsigned char>(*at_);
      if (c < 0x20 || c > 0x7e) return false;  // ASCII, as the board's parser wants it
      if (c != '\\') {
        text += static_cast<wchar_t>(c);
        continue;
      }
      static const char kEscapes[] = "\"\\/bfnrt", kMeanings[] = "\"\\/\b\f\n\r\t";
      const char escape = *++at_;
      if (escape == 'u') {
        wchar_t point;
        if (!hexadecimal(point)) return false;
        text += point;
      } else if (escape != '\0' && std::strchr(kEscapes, escape) != nullptr) {
        text += static_cast<wchar_t>(kMeanings[std::strchr(kEscapes, escape) - kEscapes]);
      } else {
        return false;
      }
    }
    ++at_;
    return true;
  }
  bool hexadecimal(wchar_t& point) {
    unsigned value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const char c = *++at_;
      const unsigned d = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                         : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                : 16u;
      if (d > 15) return false;
      value = value * 16 + d;
    }
    point = static_cast<wchar_t>(value);
    return true;
  }

  JSONValue* number() {
    const char* at = at_;
    if (*at == '-') ++at;
    if (*at < '0' || *at > '9') return nullptr;
    if (*at == '0' && at[1] >= '0' && at[1] <= '9') return nullptr;
    while (*at >= '0' && *at <= '9') ++at;
    if (*at == '.') {
      if (*++at < '0' || *at > '9') return nullptr;
      while (*at >= '0' && *at <= '9') ++at;
    }
    if (*at == 'e' || *at == 'E') {
      ++at;
      if (*at == '+' || *at == '-') ++at;
      if (*at < '0' || *at > '9') return nullptr;
      while (*at >= '0' && *at <= '9') ++at;
    }
    const double value = std::strtod(std::string(at_, at).c_str(), nullptr);
    at_ = at;
    return new JSONValue(value);
  }

  static void write(const JSONValue& value, std::string& to) {
    char text[40];
    switch (value.type_) {
      case JSONValue::kNull:
        to += "null";
        break;
      case JSONValue::kBool:
        to += value.AsBool() ? "true" : "false";
        break;
      case JSONValue::kNumber:
        std::snprintf(text, sizeof text, "%.12g", value.number_);
        to += text;
        break;
      case JSONValue::kString:
        write(value.text_, to);
        break;
      case JSONValue::kArray:
        to += '[';
        for (std::size_t i = 0; i < value.array_.size(); ++i) {
          if (i > 0) to += ',';
          write(*value.array_[i], to);
        }
        to += ']';
        break;
      case JSONValue::kObject:
        to += '{';
        for (auto member = value.object_.begin(); member != value.object_.end(); ++member) {
          if (member != value.object_.begin()) to += ',';
          write(member->first, to);
          to += ':';
          write(*member->second, to);
        }
        to += '}';
        break;
    }
  }
  static void write(const std::wstring& text, std::string& to) {
    char escape[16];
    to += '"';
    for (const wchar_t c : text) {
      if (c == L'"' || c == L'\\') {
        to += '\\';
        to += static_cast<char>(c);
      } else if (c >= 0x20 && c < 0x7f) {
        to += static_cast<char>(c);
      } else {
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c) & 0xffffu);
        to += escape;
      }
    }
    to += '"';
  }

  static constexpr int kDeepest = 32;
  const char* at_;
};
