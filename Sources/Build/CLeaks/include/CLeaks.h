#ifndef CLEAKS_H
#define CLEAKS_H

#include <stddef.h>
#include <stdint.h>

// Passes over every byte of an image; in C so that they are quick in debug builds too.

// Bits of the filter: a power of two.
enum { CLEAKS_FILTER_BITS = 1 << 20 };

// Marks the four bytes in the filter of CLEAKS_FILTER_BITS / 8 bytes.
void cleaks_mark(uint8_t *filter, const uint8_t *four);

// The first position from `from` on at which four bytes may be marked; `count` where there is none.
size_t cleaks_next(const uint8_t *filter, const uint8_t *bytes, size_t count, size_t from);

// How many times a byte occurs.
size_t cleaks_count(const uint8_t *bytes, size_t count, uint8_t wanted);

// The next run of printable characters with a zero byte after each, at least `least` characters long; UTF-16 of
// either order has such runs. Returns its length in characters, 0 for none; `*at` is its first byte.
size_t cleaks_wide_run(const uint8_t *bytes, size_t count, size_t from, size_t least, size_t *at);

// The next run of base64 characters of at least `least`; lines of 40 or more are joined over line ends and
// indentation. Writes the characters to `out`, which has room for `count`; returns how many, 0 for none.
// `*at` is its first byte, `*end` the position after it.
size_t cleaks_base64_run(
  const uint8_t *bytes, size_t count, size_t from, size_t least, uint8_t *out, size_t *at, size_t *end);

// Decodes base64 characters, of both alphabets; returns the number of bytes written.
size_t cleaks_base64_decode(const uint8_t *characters, size_t count, uint8_t *out);

#endif
