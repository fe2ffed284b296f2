/* SPDX-License-Identifier: Apache-2.0
 * args.h - a C compiler's command line, as far as the driver must understand it.
 */
#pragma once

#include "words.h"

enum mode { MODE_LINK, MODE_OBJECT, MODE_ASSEMBLER, MODE_PREPROCESS, MODE_CHECK };

/* Which of the real compiler's runs a word is for. */
enum role {
    ROLE_ALL,
    ROLE_PREPROCESS, /* -I, -D, -include, -MD */
    ROLE_COMPILE,    /* -Wa, */
    ROLE_LINK,       /* -l, -L, -Wl, and what is linked as it is */
    ROLE_SOURCE,     /* C: ours */
    ROLE_FOREIGN,    /* another language's source: the compiler's */
    ROLE_LANGUAGE,   /* -x c */
    ROLE_OWN,        /* -c, -o x: said anew for each run */
};

struct args {
    struct words words; /* every one, @files read */
    enum role *roles;   /* of each */
    enum mode mode;
    const char *output;  /* -o */
    const char *depfile; /* -MF */
    bool depends;        /* -MD, -MMD, also behind -Wp, */
    bool names_target;   /* -MT, -MQ */
    bool as_it_is;       /* -M, -dM, -###: nothing is compiled */
    bool no_libraries;   /* -nostdlib, -r, -static */
    bool cpp;            /* a C++ source among the foreign */
    size_t sources, foreign, inputs;
};

void args_read(struct args *a, int argc, char **argv);
/* Appends the words whose role is all, or is one of the two. */
void args_take(const struct args *a, enum role one, enum role other, struct words *to);
