/* SPDX-License-Identifier: Apache-2.0
 * say.c - a daemon's log: lines on the standard error output, for the journal or a terminal; and
 * its word to the service manager.
 */
#include "say.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/utf16.h"

enum {
    LINE = 512,
    REFUSALS = 30, /* a minute */
    MINUTE = 60,
};

static const char *program = "";
static enum say_level most = SAY_INFO;
static bool journal;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static time_t minute; /* that refusals are counted in */
static unsigned refusals;

void say_begin(const char *name, enum say_level level)
{
    program = name;
    most = level;
    journal = getenv("JOURNAL_STREAM") != NULL;
}

static void write_line(enum say_level level, char line[LINE])
{
    const bool good = utf8_valid(bytes_of_text(line));
    size_t steering;
    char *p;

    for (p = line; *p; p += steering ? steering : 1) {
        steering = !good && (unsigned char)*p >= 0x80 ? 1 : utf8_steering(p);
        memset(p, '?', steering);
    }
    for (p = line + strlen(line); p > line && p[-1] == '?'; p--)
        p[-1] = '\0';
    if (level > most)
        return;
    if (journal)
        fprintf(stderr, "<%d>%s\n", (int)level, line);
    else
        fprintf(stderr, "%s: %s\n", program, line);
}

void say(enum say_level level, const char *fmt, ...)
{
    char line[LINE];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    write_line(level, line);
}

/* Whether one more may be written; how many were not before it. */
static bool take_turn(unsigned *ret_lost)
{
    struct timespec now;
    bool may;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&lock);
    *ret_lost = 0;
    if (now.tv_sec / MINUTE != minute) {
        *ret_lost = refusals > REFUSALS ? refusals - REFUSALS : 0;
        refusals = 0;
        minute = now.tv_sec / MINUTE;
    }
    may = refusals++ < REFUSALS;
    pthread_mutex_unlock(&lock);
    return may;
}

void say_refusal(const char *fmt, ...)
{
    char line[LINE];
    unsigned lost;
    va_list args;

    if (!take_turn(&lost))
        return;
    if (lost)
        say(SAY_WARNING, "%u more refusals were not written", lost);
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    write_line(SAY_WARNING, line);
}

/* ---- the service manager ---- */

void say_to_service_manager(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    size_t n = path ? strlen(path) : 0;
    int fd;

    if (n < 2 || n >= sizeof a.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(a.sun_path, path, n);
    if (path[0] == '@')
        a.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&a,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        say(SAY_WARNING, "telling the service manager: %s", strerror(errno));
    close(fd);
}
