/* SPDX-License-Identifier: Apache-2.0
 * siphash.c - see siphash.h.
 */
#include "base/siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t turned(uint64_t v, unsigned by)
{
    return v << by | v >> (64 - by);
}

static void rounds(uint64_t v[4], unsigned n)
{
    while (n--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turned(v[1], 13) ^ v[0];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] = turned(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = turned(v[1], 17) ^ v[2];
        v[3] = turned(v[3], 21) ^ v[0];
        v[2] = turned(v[2], 32);
    }
}

static void take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

static uint64_t word_at(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return le64toh(word);
}

uint64_t siphash(const uint8_t key[SIPHASH_KEY], struct bytes text)
{
    const uint64_t low = word_at(key), high = word_at(key + 8);
    uint64_t v[4] = { low ^ 0x736f6d6570736575, high ^ 0x646f72616e646f6d, low ^ 0x6c7967656e657261,
                      high ^ 0x7465646279746573 };
    uint8_t last[8] = { 0 };
    size_t i;

    for (i = 0; i + 8 <= text.len; i += 8)
        take(v, word_at(text.ptr + i));
    if (i < text.len)
        memcpy(last, text.ptr + i, text.len - i);
    last[7] = (uint8_t)text.len;
    take(v, word_at(last));
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
