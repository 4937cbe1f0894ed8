// Bela's Midi on a PC: program changes from a file or pipe of raw MIDI bytes, such as /dev/snd/midiC1D0.
// Threads: the callback is called on a thread of its own.
#pragma once

#include <Bela.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

typedef enum { kmmProgramChange, kmmNone } MidiMessageType;

class MidiChannelMessage {
 public:
  MidiChannelMessage(MidiMessageType type, int channel, unsigned char data)
      : type_(type), channel_(channel), data_(data) {}
  MidiMessageType getType() const { return type_; }
  int getChannel() const { return channel_; }
  unsigned char getDataByte(unsigned) const { return data_; }

 private:
  MidiMessageType type_;
  int channel_;
  unsigned char data_;
};

class Midi {
 public:
  // 1, or -1 if there is no such port.
  int readFrom(const char* port) {
    file_ = ::open(port, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return file_ >= 0 ? 1 : -1;
  }
  void setParserCallback(void (*callback)(MidiChannelMessage, void*), void* argument = nullptr) {
    callback_ = callback;
    argument_ = argument;
    Bela_runAuxiliaryTask([](void* self) { static_cast<Midi*>(self)->listen(); }, 0, this);
  }

 private:
  void listen() {
    unsigned char bytes[256];
    while (!Bela_stopRequested()) {
      pollfd ready = {file_, POLLIN, 0};
      if (::poll(&ready, 1, 50) <= 0) continue;
      const ssize_t got = ::read(file_, bytes, sizeof bytes);
      if (got <= 0) usleep(50000);  // the other end of the pipe is closed for now
      for (ssize_t i = 0; i < got; ++i) hear(bytes[i]);
    }
    ::close(file_);
  }
  // Running status counts; clock and the like may come between any two bytes.
  void hear(unsigned char byte) {
    if (byte >= 0xf8) return;
    if (byte >= 0x80) {
      status_ = byte;
    } else if ((status_ & 0xf0) == 0xc0) {
      callback_(MidiChannelMessage(kmmProgramChange, status_ & 0x0f, byte), argument_);
    }
  }

  int file_ = -1;
  unsigned char status_ = 0;
  void (*callback_)(MidiChannelMessage, void*) = nullptr;
  void* argument_ = nullptr;
};
