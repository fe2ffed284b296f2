/* SPDX-License-Identifier: Apache-2.0
 * say.h - a daemon's log: lines on the standard error output, for the journal or a terminal; and
 * its word to the service manager.
 */
#pragma once

enum say_level { SAY_ERROR = 3, SAY_WARNING = 4, SAY_NOTICE = 5, SAY_INFO = 6 }; /* syslog's */

/* Less important lines than that are not written. Each has the program's name in front, a constant,
 * under systemd's journal its level instead. */
void say_begin(const char *name, enum say_level level);
/* Control characters in what it says, which may be a peer's, become question marks. */
void say(enum say_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Reasons to refuse can be had without end: so many a minute are written, and how many were not. */
void say_refusal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "READY=1", to the service manager, if there is one that wants to hear it.  sd_notify(3) */
void say_to_service_manager(const char *state);
