// Counts every call by which a program could wait (heap, locks), and every promise that it finds broken.
// Linked with --wrap for each function in WRAPPED (tests/engine/board.py).
#pragma once

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <new>

static int waits = 0;  // and whatever else a real-time thread must not do
extern "C" {
void* __real_malloc(std::size_t bytes);
void* __real_calloc(std::size_t count, std::size_t bytes);
void* __real_realloc(void* block, std::size_t bytes);
void __real_free(void* block);
int __real_pthread_mutex_lock(pthread_mutex_t* mutex);
void* __wrap_malloc(std::size_t bytes) { return ++waits, __real_malloc(bytes); }
void* __wrap_calloc(std::size_t count, std::size_t bytes) { return ++waits, __real_calloc(count, bytes); }
void* __wrap_realloc(void* block, std::size_t bytes) { return ++waits, __real_realloc(block, bytes); }
void __wrap_free(void* block) { ++waits, __real_free(block); }
int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) { return ++waits, __real_pthread_mutex_lock(mutex); }
}
void* operator new(std::size_t bytes) { return std::malloc(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void* operator new[](std::size_t bytes) { return std::malloc(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }

static int failures = 0;
static void check(bool good, const char* promise) {
  if (good) return;
  ++failures;
  std::printf("broken: %s\n", promise);
}
