/* SPDX-License-Identifier: Apache-2.0
 * main.c - the table of commands, and the choice among them.
 */
#include <stdio.h>
#include <string.h>

#include <countersign/countersign.h>

#include "command.h"
#include "out.h"

static const struct command *const commands[] = {
    &command_publish, &command_withdraw, &command_find,   &command_show,      &command_grant,
    &command_revoke,  &command_spn,      &command_ping,   &command_endpoints, &command_audit,
    &command_queue,   &command_cert,     &command_doctor, &command_realm,     &command_port,
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const char overview[] = "countersign - programs that prove themselves to each other\n"
                               "\n"
                               "USAGE\n"
                               "    countersign COMMAND [ARGUMENT...]\n"
                               "    countersign COMMAND --help\n"
                               "\n"
                               "COMMANDS\n";

static const char overview_end[] = "\n"
                                   "EXIT STATUS\n"
                                   "    0  done, or the answer is yes\n"
                                   "    1  it failed, or the answer is no; the message says why\n"
                                   "    2  the command line was not understood\n"
                                   "\n"
                                   "Every command takes --json where it prints findings.\n";

static void print_overview(void)
{
    int i;

    out_help(overview);
    for (i = 0; i < COMMANDS; i++)
        printf("    %-10s %s\n", commands[i]->name, commands[i]->summary);
    out_help(overview_end);
}

static const struct command *find(const char *name)
{
    int i;

    for (i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int help_on(const char *name)
{
    const struct command *c = name ? find(name) : NULL;

    if (c)
        out_help(c->help);
    else if (!name)
        print_overview();
    else
        return out_usage(NULL, "there is no command \"%s\"", name);
    return out_finish(EXIT_DONE);
}

static bool asks_for_help(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const struct command *c = NULL;

    if (argc < 2) {
        print_overview();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("countersign " COUNTERSIGN_VERSION);
        return out_finish(EXIT_DONE);
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help_on(argv[2]);
    c = find(argv[1]);
    if (!c)
        return out_usage(NULL, "there is no command \"%s\"", argv[1]);
    if (asks_for_help(argc - 1, argv + 1))
        return help_on(c->name);
    return out_finish(c->run(argc - 1, argv + 1));
}
