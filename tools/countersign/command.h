/* SPDX-License-Identifier: Apache-2.0
 * command.h - what a command of the tool is. A new one is a row in main.c and a file.
 */
#pragma once

#include <stdbool.h>

/* Exit statuses, the same for every command. */
enum { EXIT_DONE = 0, EXIT_NEGATIVE = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *summary;               /* one line, for the overview */
    const char *help;                  /* what --help prints: sections in capitals, examples */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct command command_realm;
extern const struct command command_spn;
extern const struct command command_cert;
extern const struct command command_publish;
extern const struct command command_withdraw;
extern const struct command command_find;
extern const struct command command_show;
extern const struct command command_grant;
extern const struct command command_revoke;
extern const struct command command_doctor;
extern const struct command command_ping;
extern const struct command command_endpoints;
extern const struct command command_audit;
extern const struct command command_queue;
extern const struct command command_port;
