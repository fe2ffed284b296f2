/* SPDX-License-Identifier: Apache-2.0
 * options.h - the command line, as MIDL's is and as Unix' are.
 */
#pragma once

#include "idl/emit.h"

/* A list of words. */
struct words {
    const char *text;
    struct words *next;
};

struct options {
    struct idl_options emit;
    struct words *files;
    struct words *folders; /* -I */
    struct words *defines; /* -D and -U, as the preprocessor takes them */
    const char *prefix_all;
    const char *acf, *out, *header, *cstub, *sstub, *depfile, *cpp_cmd, *cpp_opt;
    bool client, server; /* stubs wanted */
    bool no_cpp, no_folders, check_only, app_config;
    bool lint, json; /* warn, and write nothing */
    bool list;       /* tell what there is to call, and write nothing */
    bool help, version;
};

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_WARNED = 3 };

/* False, with a message on standard error, for a line that is not understood. */
bool options_read(struct idl *run, int argc, char **argv, struct options *ret);

void words_add(struct idl *run, struct words **list, const char *text);
/* By blanks, with quotes as MIDL's response files have them. */
struct words *words_split(struct idl *run, const char *text);
