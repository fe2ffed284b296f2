/* SPDX-License-Identifier: Apache-2.0
 * directory.h - the options by which every command says which directory, and as whom.
 */
#pragma once

#include <getopt.h>
#include <stdbool.h>

#include <countersign/scp.h>

#include "command.h"

struct directory {
    CS_DIRECTORY_OPTIONS options;
    char *password; /* typed by a person */
    HANDLE ds;
    bool json;
};

enum {
    OPT_SERVER = 0x100,
    OPT_DOMAIN,
    OPT_USER,
    OPT_JSON,
    OPT_OWN
}; /* a command's: from OPT_OWN */

#define DIRECTORY_OPTIONS                                                                          \
    { "server", required_argument, NULL, OPT_SERVER },                                             \
        { "domain", required_argument, NULL, OPT_DOMAIN },                                         \
        { "user", required_argument, NULL, OPT_USER },                                             \
    {                                                                                              \
        "json", no_argument, NULL, OPT_JSON                                                        \
    }

#define DIRECTORY_HELP                                                                             \
    "    --server HOST    the domain controller; else DNS finds one\n"                             \
    "    --domain NAME    the domain; else that of your ticket\n"                                  \
    "    --user NAME      as this account, with the password in COUNTERSIGN_PASSWORD or typed;\n"  \
    "                     else with your ticket\n"                                                 \
    "    --json           findings as JSON\n"

/* Takes one of DIRECTORY_OPTIONS; false where the option is none of them. */
bool directory_option(struct directory *d, int option, char *value);
/* Binds. EXIT_DONE, or the exit status after saying what failed. */
int directory_bind(struct directory *d);
void directory_done(struct directory *d);

/* Says why a function of the libraries failed. EXIT_NEGATIVE. */
int directory_fail(const char *what, DWORD status);
