/* SPDX-License-Identifier: Apache-2.0
 * fuzz_scan.c - any text read by each kind of conversion into room of exactly its size: nothing is
 * stored beyond, and text has its end.
 *
 *    0 which format, bit 7: of a wide function | the text
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "win32/scan.h"

enum { ROOM = 8 };

static int scanned(const struct scan *s, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = scan_read(s, format, ap);
    va_end(ap);
    return n;
}

static void numbers(const struct scan *s, const char *format)
{
    void *place[2] = { calloc(1, sizeof(long long)), calloc(1, sizeof(long long)) };

    if (scanned(s, format, place[0], place[1]) > 2)
        abort();
    free(place[0]);
    free(place[1]);
}

/* ROOM characters, of either width. */
static void texts(const struct scan *s, const char *format, bool wide)
{
    size_t unit = wide ? 2 : 1;
    char *place = calloc(ROOM, unit);
    int n = scanned(s, format, place, (unsigned)ROOM);
    size_t i = 0;

    if (n > 1)
        abort();
    while (n == 1 && i < ROOM * unit && (place[i] || (wide && place[i + 1])))
        i += unit;
    if (i == ROOM * unit)
        abort();
    free(place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const number[] = { "%d %u", "%i,%x",   "%I64d %o", "%f %lf",
                                          "%3d%n", "%*d %hd", "%p %ld",   "a%%b %d" };
    static const char *const text[] = { "%s", "%7s", "%[a-z]", "%[^ ]", "%*s %s", "%[]x]" };
    struct scan s = { .sized = true };

    if (size < 2)
        return 0;
    s.wide = data[0] & 0x80;
    s.file = fmemopen((void *)(data + 1), size - 1, "r");
    if (!s.file)
        return 0;
    if (data[0] & 0x40)
        texts(&s, text[data[0] % (sizeof text / sizeof *text)], s.wide);
    else
        numbers(&s, number[data[0] % (sizeof number / sizeof *number)]);
    fclose(s.file);
    return 0;
}
