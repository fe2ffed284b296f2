/* SPDX-License-Identifier: Apache-2.0
 * samba_access.c - our side of samba_access.py: answers each line of standard input, "descriptor
 * wanted sid,sid" (hexadecimal), with "granted text", both as we see them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "acl/access.h"
#include "acl/sddl.h"
#include "base/alloc.h"

enum { LINE = 16 * 1024, SIDS = 16 };

static size_t unhex(const char *s, uint8_t *to)
{
    size_t n = 0;

    for (; hex_digit((uint8_t)s[0]) >= 0 && hex_digit((uint8_t)s[1]) >= 0; s += 2)
        to[n++] = (uint8_t)(hex_digit((uint8_t)s[0]) << 4 | hex_digit((uint8_t)s[1]));
    return n;
}

static int answer(char *line)
{
    static uint8_t raw[LINE];
    struct sid sids[SIDS];
    struct sid_set who = { sids, NULL, 0 };
    struct acl_request rq = { 0 };
    struct descriptor d;
    char *save = NULL, *word = strtok_r(line, " ", &save), *text = NULL;
    uint32_t granted = 0;

    if (!word || descriptor_read(bytes_of(raw, unhex(word, raw)), &d))
        return 1;
    word = strtok_r(NULL, " ", &save);
    rq.wanted = word ? (uint32_t)strtoul(word, NULL, 16) : 0;
    while ((word = strtok_r(NULL, ",\n", &save)) && who.count < SIDS)
        if (sid_parse(word, &sids[who.count++]))
            return 1;
    if (sddl_format(&d, SDDL_ALL, NULL, &text))
        return 1;
    if (!acl_access_check(&d, &who, &rq, &granted))
        granted = 0;
    printf("%" PRIx32 " %s\n", granted, text);
    mem_free(text);
    return 0;
}

int main(void)
{
    static char line[LINE];

    while (fgets(line, sizeof line, stdin))
        if (answer(line)) {
            fprintf(stderr, "not understood: %s\n", line);
            return 1;
        }
    return 0;
}
