// Counts every allocation of a program linked with --wrap=malloc, and every promise that it finds broken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <new>

static int allocations = 0;
extern "C" void* __real_malloc(std::size_t bytes);
extern "C" void* __wrap_malloc(std::size_t bytes) {
  ++allocations;
  return __real_malloc(bytes);
}
void* operator new(std::size_t bytes) { return __wrap_malloc(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return __wrap_malloc(bytes); }
void* operator new[](std::size_t bytes) { return __wrap_malloc(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return __wrap_malloc(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }

static int failures = 0;
static void check(bool good, const char* promise) {
  if (good) return;
  ++failures;
  std::printf("broken: %s\n", promise);
}
