/* SPDX-License-Identifier: Apache-2.0
 * ledger.c - see ledger.h. A database with a unique key would do the same, and more.
 */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ledger = -1;
static const char *where;

/* A new file to read from, apart from what is appended; its first line is next. */
static FILE *reader(void)
{
    int fd = open(where, O_RDONLY | O_CLOEXEC);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

    if (fd >= 0 && !f)
        close(fd);
    return f;
}

/* Where the last whole line ends. */
static off_t whole(void)
{
    FILE *f = reader();
    off_t at = 0, end = 0;
    int c;

    while (f && (c = getc(f)) != EOF) {
        at++;
        if (c == '\n')
            end = at;
    }
    if (f)
        fclose(f);
    return f ? end : -1;
}

bool ledger_open(const char *path)
{
    off_t end;

    where = path;
    ledger = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    end = ledger < 0 ? -1 : whole();
    return end >= 0 && ftruncate(ledger, end) == 0;
}

bool ledger_write(const char token[LEDGER_TOKEN + 1], const char *order)
{
    char line[512];
    int len = snprintf(line, sizeof line, "%s %s\n", token, order);

    if (len < 0 || (size_t)len >= sizeof line) {
        errno = EMSGSIZE;
        return false;
    }
    return write(ledger, line, (size_t)len) == len && fdatasync(ledger) == 0;
}

int ledger_has(const char token[LEDGER_TOKEN + 1])
{
    FILE *f = reader();
    char *line = NULL;
    size_t room = 0;
    bool there = false;
    int result;

    while (f && !there && getline(&line, &room, f) > 0)
        there = strncmp(line, token, LEDGER_TOKEN) == 0 && strchr(line, '\n');
    result = !f || ferror(f) ? -1 : there;
    free(line);
    if (f)
        fclose(f);
    return result;
}

void ledger_close(void)
{
    close(ledger);
}
