#include "CPosix.h"

#include <string.h>

const void *cposix_find(const void *bytes, size_t count, const void *wanted, size_t wantedCount) {
  return memmem(bytes, count, wanted, wantedCount);
}
