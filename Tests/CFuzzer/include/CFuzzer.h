// libFuzzer's driver, where the program was linked with it.

#pragma once

#include <stddef.h>
#include <stdint.h>

/// Feeds a target with inputs until the driver's options end it.
///
/// Returns the driver's status, or -1 where the program was linked without libFuzzer (`-sanitize=fuzzer`).
int whittle_fuzz(int argc, char **argv, int (*target)(const uint8_t *bytes, size_t count));
