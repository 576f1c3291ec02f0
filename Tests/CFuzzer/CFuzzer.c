#include "CFuzzer.h"

// "Using libFuzzer as a library" in LLVM's documentation; weak, so that the program links without it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *, size_t))
    __attribute__((weak));

// libFuzzer's own main wants this symbol; the program has a main of its own and passes the target.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return 0;
}

int whittle_fuzz(int argc, char **argv, int (*target)(const uint8_t *bytes, size_t count)) {
  if (!LLVMFuzzerRunDriver) return -1;
  return LLVMFuzzerRunDriver(&argc, &argv, target);
}
