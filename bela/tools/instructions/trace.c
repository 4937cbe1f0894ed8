// A plugin for qemu-user that writes which stretches of code ran, in order, between the first two executions
// of the one at address `mark`: two 32-bit words each, address and number of instructions.
// Arguments: mark=HEX, out=FILE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

struct Stretch {
  uint32_t address, instructions;
};

EXPORTED int qemu_plugin_version = 1;
static uint32_t mark;
static int marks;
static FILE* out;

static void executed(unsigned cpu, void* data) {
  const struct Stretch* const stretch = data;
  (void)cpu;
  if (stretch->address == mark)
    ++marks;
  else if (marks == 1)
    fwrite(stretch, sizeof *stretch, 1, out);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  struct Stretch* const stretch = malloc(sizeof *stretch);  // lives as long as the program
  (void)id;
  if (stretch == NULL) abort();
  stretch->address = (uint32_t)qemu_plugin_tb_vaddr(block);
  stretch->instructions = (uint32_t)qemu_plugin_tb_n_insns(block);
  qemu_plugin_register_vcpu_tb_exec_cb(block, executed, kNoRegisters, stretch);
}

static void done(qemu_plugin_id_t id, void* data) {
  (void)id;
  (void)data;
  fclose(out);
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "mark=", 5) == 0) mark = (uint32_t)strtoul(argv[i] + 5, NULL, 16);
    if (strncmp(argv[i], "out=", 4) == 0) out = fopen(argv[i] + 4, "wb");
  }
  if (mark == 0 || out == NULL) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, done, NULL);
  return 0;
}
