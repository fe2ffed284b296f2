/* SPDX-License-Identifier: Apache-2.0
 * log.h - lines for whoever debugs or audits. Never keys, nonces, tickets or passwords.
 *
 * Lines go to the callback set through countersign.h, else to the file COUNTERSIGN_LOG names,
 * else nowhere: a library does not write to stderr. Each line is written where an error is made;
 * nobody logs while passing it on.
 */
#pragma once

#include <stdbool.h>

#include "base/link.h"

enum log_level { LOG_LEVEL_AUDIT, LOG_LEVEL_WARNING, LOG_LEVEL_DEBUG };

typedef void log_sink(void *arg, enum log_level level, const char *line);

void log_to(log_sink *sink, void *arg, enum log_level most) SHARED(log_to);
bool log_wants(enum log_level level) SHARED(log_wants);
void log_write(enum log_level level, const char *fmt, ...) SHARED(log_write) SELDOM
    __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_audit(...) log_write(LOG_LEVEL_AUDIT, __VA_ARGS__)
