#include "CLeaks.h"

#include <string.h>

static inline uint32_t slot(const uint8_t *four) {
  uint32_t value;
  memcpy(&value, four, 4);
  return (value * 2654435761u) >> 12;
}

void cleaks_mark(uint8_t *filter, const uint8_t *four) {
  uint32_t at = slot(four);
  filter[at >> 3] |= (uint8_t)(1u << (at & 7));
}

size_t cleaks_next(const uint8_t *filter, const uint8_t *bytes, size_t count, size_t from) {
  for (size_t i = from; i + 4 <= count; i++) {
    uint32_t at = slot(bytes + i);
    if (filter[at >> 3] & (1u << (at & 7))) return i;
  }
  return count;
}

size_t cleaks_count(const uint8_t *bytes, size_t count, uint8_t wanted) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) found += bytes[i] == wanted;
  return found;
}

static inline int is_text(uint8_t byte) {
  return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t';
}

size_t cleaks_wide_run(const uint8_t *bytes, size_t count, size_t from, size_t least, size_t *at) {
  for (size_t i = from; i + 1 < count;) {
    size_t length = 0;
    while (i + 2 * length < count && is_text(bytes[i + 2 * length]) &&
           // The last character of a big-endian text has no zero byte behind it.
           (i + 2 * length + 1 >= count || bytes[i + 2 * length + 1] == 0))
      length++;
    if (length >= least) {
      *at = i;
      return length;
    }
    i += length > 1 ? 2 * length - 1 : 1;
  }
  return 0;
}

static const int8_t *table(void) {
  static int8_t values[256];
  static int ready;
  if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int8_t made[256];
    memset(made, -1, sizeof made);
    for (int i = 0; i < 64; i++) made[(uint8_t)alphabet[i]] = (int8_t)i;
    made['-'] = 62;
    made['_'] = 63;
    // The same values, no matter who writes them.
    memcpy(values, made, sizeof values);
    __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
  }
  return values;
}

// The position after a line end with the indentation, quotes and comment signs around it; 0 where there is none.
static size_t next_line(const uint8_t *bytes, size_t count, size_t from) {
  size_t i = from;
  int ended = 0;
  while (i < count && i < from + 80) {
    uint8_t byte = bytes[i];
    if (byte == '\n' || byte == '\r') ended = 1;
    else if (byte == '\\' && i + 1 < count && (bytes[i + 1] == 'n' || bytes[i + 1] == 'r')) {
      ended = 1;
      i++;
    } else if (byte != ' ' && byte != '\t' && byte != '"' && byte != '\'' && byte != '#' && byte != '\\' &&
               byte != ',')
      break;
    i++;
  }
  return ended ? i : 0;
}

size_t cleaks_base64_run(
  const uint8_t *bytes, size_t count, size_t from, size_t least, uint8_t *out, size_t *at, size_t *end) {
  const int8_t *values = table();
  size_t i = from;
  while (i < count) {
    while (i < count && values[bytes[i]] < 0) i++;
    size_t start = i, written = 0;
    for (;;) {
      size_t line = i;
      while (i < count && values[bytes[i]] >= 0) i++;
      memcpy(out + written, bytes + line, i - line);
      written += i - line;
      if (i - line < 40 || i >= count) break;
      size_t next = next_line(bytes, count, i);
      if (next == 0 || next >= count || values[bytes[next]] < 0) break;
      i = next;
    }
    if (written >= least) {
      *at = start;
      *end = i;
      return written;
    }
  }
  return 0;
}

size_t cleaks_base64_decode(const uint8_t *characters, size_t count, uint8_t *out) {
  const int8_t *values = table();
  size_t written = 0;
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < count; i++) {
    bits = bits << 6 | (uint32_t)values[characters[i]];
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[written++] = (uint8_t)(bits >> held);
    }
  }
  return written;
}
