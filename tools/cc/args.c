/* SPDX-License-Identifier: Apache-2.0
 * args.c - options and their own words, sources and their languages.
 *
 * What is not in the tables is an option of one word for every run, or something to link.
 */
#include "args.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct option {
    const char *text;
    bool takes_word; /* the next one is its value */
    enum role role;
};

/* clang-format off */
static const struct option exact[] = {
    { "-I", true, ROLE_PREPROCESS },       { "-D", true, ROLE_PREPROCESS },
    { "-U", true, ROLE_PREPROCESS },       { "-include", true, ROLE_PREPROCESS },
    { "-imacros", true, ROLE_PREPROCESS }, { "-isystem", true, ROLE_PREPROCESS },
    { "-iquote", true, ROLE_PREPROCESS },  { "-idirafter", true, ROLE_PREPROCESS },
    { "-iprefix", true, ROLE_PREPROCESS }, { "-iwithprefix", true, ROLE_PREPROCESS },
    { "-iwithprefixbefore", true, ROLE_PREPROCESS },
    { "-isysroot", true, ROLE_ALL },       { "--sysroot", true, ROLE_ALL },
    { "-MF", true, ROLE_PREPROCESS },      { "-MT", true, ROLE_PREPROCESS },
    { "-MQ", true, ROLE_PREPROCESS },      { "-Xpreprocessor", true, ROLE_PREPROCESS },
    { "-A", true, ROLE_PREPROCESS },       { "-H", false, ROLE_PREPROCESS },
    { "-C", false, ROLE_OWN },             { "-CC", false, ROLE_OWN },
    { "-P", false, ROLE_OWN },             { "-nostdinc", false, ROLE_PREPROCESS },
    { "-undef", false, ROLE_PREPROCESS },  { "-Xassembler", true, ROLE_COMPILE },
    { "-L", true, ROLE_LINK },             { "-l", true, ROLE_LINK },
    { "-T", true, ROLE_LINK },             { "-u", true, ROLE_LINK },
    { "-z", true, ROLE_LINK },             { "-e", true, ROLE_LINK },
    { "-Xlinker", true, ROLE_LINK },       { "-shared", false, ROLE_LINK },
    { "-static", false, ROLE_LINK },       { "-rdynamic", false, ROLE_LINK },
    { "-s", false, ROLE_LINK },            { "-r", false, ROLE_LINK },
    { "-nostdlib", false, ROLE_LINK },     { "-nodefaultlibs", false, ROLE_LINK },
    { "-nostartfiles", false, ROLE_LINK }, { "-static-libgcc", false, ROLE_LINK },
    { "-pie", false, ROLE_LINK },          { "-no-pie", false, ROLE_ALL },
    { "-Xclang", true, ROLE_ALL },         { "-target", true, ROLE_ALL },
    { "-arch", true, ROLE_ALL },           { "--param", true, ROLE_ALL },
    { "-aux-info", true, ROLE_ALL },       { "-dumpbase", true, ROLE_ALL },
    { "-dumpdir", true, ROLE_ALL },        { "-G", true, ROLE_ALL },
    { "-B", true, ROLE_ALL },              { "-wrapper", true, ROLE_ALL },
    { "-x", true, ROLE_LANGUAGE },         { "-o", true, ROLE_OWN },
    { "-c", false, ROLE_OWN },             { "-S", false, ROLE_OWN },
    { "-E", false, ROLE_OWN },             { "-fsyntax-only", false, ROLE_OWN },
};

static const struct option prefixes[] = {
    { "-I", false, ROLE_PREPROCESS },   { "-D", false, ROLE_PREPROCESS },
    { "-U", false, ROLE_PREPROCESS },   { "-M", false, ROLE_PREPROCESS },
    { "-Wp,", false, ROLE_PREPROCESS }, { "-Wa,", false, ROLE_COMPILE },
    { "-isystem", false, ROLE_PREPROCESS }, { "-include", false, ROLE_PREPROCESS },
    { "-l", false, ROLE_LINK },         { "-L", false, ROLE_LINK },
    { "-Wl,", false, ROLE_LINK },       { "-fuse-ld=", false, ROLE_LINK },
    { "-x", false, ROLE_LANGUAGE },     { "-o", false, ROLE_OWN },
};
/* clang-format on */

static const struct option other = { "", false, ROLE_ALL };

static const struct option *option_of(const char *word)
{
    size_t i;

    for (i = 0; i < sizeof exact / sizeof *exact; i++)
        if (strcmp(word, exact[i].text) == 0)
            return &exact[i];
    for (i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (word_begins(word, prefixes[i].text))
            return &prefixes[i];
    return &other;
}

static bool ends_with(const char *word, const char *const *suffixes)
{
    const char *dot = strrchr(word, '.');

    for (; dot && *suffixes; suffixes++)
        if (strcmp(dot, *suffixes) == 0)
            return true;
    return false;
}

/* What stands for itself, in the language that -x said, or that its name says. */
static enum role input_role(struct args *a, const char *word, const char *language)
{
    static const char *const cpp[] = { ".cc",  ".cp", ".cxx", ".cpp", ".c++",
                                       ".CPP", ".C",  ".mm",  ".ii",  NULL };
    static const char *const others[] = { ".s", ".S", ".sx", ".i",  ".h", ".m",
                                          ".f", ".F", ".d",  ".go", NULL };
    static const char *const c[] = { ".c", NULL };

    a->inputs++;
    if (language && strcmp(language, "c") == 0)
        return ROLE_SOURCE;
    if (language) {
        a->cpp |= word_begins(language, "c++");
        return ROLE_FOREIGN;
    }
    if (strcmp(word, "-") == 0 || ends_with(word, c))
        return ROLE_SOURCE;
    a->cpp |= ends_with(word, cpp);
    return ends_with(word, cpp) || ends_with(word, others) ? ROLE_FOREIGN : ROLE_LINK;
}

static void note_mode(struct args *a, const char *word)
{
    if (strcmp(word, "-E") == 0)
        a->mode = MODE_PREPROCESS;
    else if (strcmp(word, "-fsyntax-only") == 0 && a->mode != MODE_PREPROCESS)
        a->mode = MODE_CHECK;
    else if (strcmp(word, "-S") == 0 && a->mode != MODE_PREPROCESS && a->mode != MODE_CHECK)
        a->mode = MODE_ASSEMBLER;
    else if (strcmp(word, "-c") == 0 && a->mode == MODE_LINK)
        a->mode = MODE_OBJECT;
}

static void note_option(struct args *a, const char *word, const char *value)
{
    static const char *const whole[] = { "-M", "-MM", "-###", "-dM", "-dN", "-dI", "-dU", "-dD" };
    size_t i;

    note_mode(a, word);
    if (strcmp(word, "-o") == 0)
        a->output = value;
    else if (word_begins(word, "-o") && word[2])
        a->output = word + 2;
    else if (strcmp(word, "-MF") == 0)
        a->depfile = value;
    else if (word_begins(word, "-MF"))
        a->depfile = word + 3;
    else if (strcmp(word, "-MT") == 0 || strcmp(word, "-MQ") == 0)
        a->names_target = true;
    a->depends |= strcmp(word, "-MD") == 0 || strcmp(word, "-MMD") == 0 ||
                  word_begins(word, "-Wp,-MD") || word_begins(word, "-Wp,-MMD");
    a->no_libraries |= strcmp(word, "-nostdlib") == 0 || strcmp(word, "-nodefaultlibs") == 0 ||
                       strcmp(word, "-r") == 0 || strcmp(word, "-static") == 0;
    for (i = 0; i < sizeof whole / sizeof *whole; i++)
        a->as_it_is |= strcmp(word, whole[i]) == 0;
}

/* -Wp,-MD,file names the file itself. */
static void note_behind_wp(struct args *a, const char *word)
{
    const char *comma = strchr(word, ',');

    if (word_begins(word, "-Wp,-M") && (comma = strchr(comma + 1, ',')))
        a->depfile = comma + 1;
}

void args_read(struct args *a, int argc, char **argv)
{
    const char *language = NULL;
    size_t i;

    words_expand(&a->words, argc, argv);
    a->roles = (enum role *)mem_array(a->words.n + 1, sizeof *a->roles);
    if (!a->roles)
        die_of_memory();
    for (i = 0; i < a->words.n; i++) {
        const char *word = a->words.v[i];
        const struct option *o = option_of(word);
        const char *value = o->takes_word && i + 1 < a->words.n ? a->words.v[i + 1] : NULL;

        if (word[0] != '-' || !word[1]) {
            a->roles[i] = input_role(a, word, language);
            a->sources += a->roles[i] == ROLE_SOURCE;
            a->foreign += a->roles[i] == ROLE_FOREIGN;
            continue;
        }
        a->roles[i] = o->role;
        note_option(a, word, value);
        note_behind_wp(a, word);
        if (o->role == ROLE_LANGUAGE) {
            language = value ? value : word + 2;
            language = strcmp(language, "none") == 0 ? NULL : language;
        }
        if (value)
            a->roles[++i] = o->role;
    }
}

void args_take(const struct args *a, enum role one, enum role another, struct words *to)
{
    size_t i;

    for (i = 0; i < a->words.n; i++)
        if (a->roles[i] == ROLE_ALL || a->roles[i] == one || a->roles[i] == another)
            words_add(to, a->words.v[i]);
}
