/* SPDX-License-Identifier: Apache-2.0
 * log.c - the sink and its level.
 */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static log_sink *the_sink;
static void *the_arg;
static int level_most = -1; /* the highest level wanted; atomic */
static int file = -1;

static const char *const level_names[] = { "audit", "warning", "debug" };

static void sink_to_file(void *arg, enum log_level level, const char *line)
{
    char out[LINE_MAX_BYTES + 64];
    int n = snprintf(out, sizeof out, "%s: %s\n", level_names[level], line);

    (void)arg;
    if (n > 0 && write(file, out, (size_t)n < sizeof out ? (size_t)n : sizeof out - 1) < 0)
        __atomic_store_n(&level_most, -1, __ATOMIC_RELAXED); /* nowhere to say it: fall silent */
}

static void open_file(void)
{
    const char *path = secure_getenv("COUNTERSIGN_LOG");

    if (!path || !*path)
        return;
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    the_sink = sink_to_file;
    __atomic_store_n(&level_most, (int)LOG_LEVEL_DEBUG, __ATOMIC_RELAXED);
}

void log_to(log_sink *sink, void *arg, enum log_level most)
{
    pthread_once(&once, open_file);
    pthread_rwlock_wrlock(&lock);
    the_sink = sink;
    the_arg = arg;
    __atomic_store_n(&level_most, sink ? (int)most : -1, __ATOMIC_RELAXED);
    pthread_rwlock_unlock(&lock);
}

bool log_wants(enum log_level level)
{
    pthread_once(&once, open_file);
    return (int)level <= __atomic_load_n(&level_most, __ATOMIC_RELAXED);
}

void log_write(enum log_level level, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    va_list ap;
    char *p = NULL;

    if (!log_wants(level))
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    for (p = line; *p; p++) { /* a peer's text must not forge lines */
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    pthread_rwlock_rdlock(&lock);
    if (the_sink)
        the_sink(the_arg, level, line);
    pthread_rwlock_unlock(&lock);
}
