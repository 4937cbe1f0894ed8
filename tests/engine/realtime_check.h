// Counts every call by which a thread could wait (heap, locks), and every promise that it finds broken.
// Linked with COUNTED (tests/compiling.py).
#pragma once

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <new>

// Of this thread. Volatile: compilers take for granted that malloc() changes no variable of ours.
static thread_local volatile int waits = 0;
extern "C" {
void* __real_malloc(std::size_t bytes);
void* __real_calloc(std::size_t count, std::size_t bytes);
void* __real_realloc(void* block, std::size_t bytes);
void __real_free(void* block);
int __real_pthread_mutex_lock(pthread_mutex_t* mutex);
void* __wrap_malloc(std::size_t bytes) { return waits = waits + 1, __real_malloc(bytes); }
void* __wrap_calloc(std::size_t count, std::size_t bytes) {
  return waits = waits + 1, __real_calloc(count, bytes);
}
void* __wrap_realloc(void* block, std::size_t bytes) {
  return waits = waits + 1, __real_realloc(block, bytes);
}
void __wrap_free(void* block) { waits = waits + 1, __real_free(block); }
int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
  return waits = waits + 1, __real_pthread_mutex_lock(mutex);
}
}
void* operator new(std::size_t bytes) { return std::malloc(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void* operator new[](std::size_t bytes) { return std::malloc(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }

// Whether the program was linked so that calls are counted at all.
static inline bool calls_are_counted() {
  const int before = waits;
  void* volatile block = std::malloc(8);  // volatile: else both calls may be left out
  std::free(block);
  return waits == before + 2;
}

static int failures = 0;
static inline void check(bool good, const char* promise) {
  if (good) return;
  ++failures;
  std::printf("broken: %s\n", promise);
}
