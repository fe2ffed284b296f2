/* SPDX-License-Identifier: Apache-2.0
 * main.c - countersign-cc: C written for Windows, compiled here as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "steps.h"

static const char help[] =
    "countersign-cc - compile C that was written for Windows, unchanged\n"
    "\n"
    "Stands where the C compiler stands: CC=countersign-cc. The options are those of gcc and "
    "clang;\n"
    "what it does not know goes to the compiler as it is. Of each C source it changes, on the way "
    "to\n"
    "the compiler and only where the word stands in your own files, what means something else "
    "here:\n"
    "\n"
    "    long, 10L       32 bits; long long and long double stay\n"
    "    L\"text\", L'x'   units of 16 bits, as WCHAR is; so is wchar_t\n"
    "    wcslen, ...     the C library's wide functions are those of cscrt.h\n"
    "    printf, scanf   formats mean what they mean on Windows, also those in variables: %ld has\n"
    "                    32 bits, %I64d 64, %S is text of the other width, %ls is wide\n"
    "    LONG_MAX, PRId64, and what else follows from a long of 32 bits\n"
    "\n"
    "Headers of the system, those below -isystem and ours are left alone. A long * that reaches a\n"
    "long * of theirs is an error, since that one has 64 bits. Errors name your file and line.\n"
    "\n"
    "USAGE\n"
    "    countersign-cc [COMPILER OPTION...] FILE...\n"
    "\n"
    "ENVIRONMENT\n"
    "    COUNTERSIGN_CC         the real compiler, gcc or clang, with its options; cc\n"
    "    COUNTERSIGN_CC_SYSTEM  folders whose headers are to be left alone, parted by colons:\n"
    "                           libraries compiled by another compiler. /usr/include,\n"
    "                           /usr/local/include and what -isystem names are so anyway\n"
    "\n"
    "WHAT IS NOT CHANGED\n"
    "    C++: passed on as it is, with our headers; long has 64 bits there. #if conditions: in "
    "them\n"
    "    LONG_MAX and __SIZEOF_LONG__ are the compiler's. __try and __except: RpcTryExcept is "
    "there.\n"
    "    A type spread over several macros (#define INT int, long INT x) does not compile. COM "
    "and\n"
    "    ADSI are refused by name: services are published and found with scp.h.\n"
    "\n"
    "EXAMPLES\n"
    "    countersign-cc -DUNICODE -D_UNICODE -o hello hello.c hello_c.c\n"
    "    ./configure CC=countersign-cc\n"
    "    cmake -DCMAKE_C_COMPILER=countersign-cc -B build\n"
    "    COUNTERSIGN_CC='ccache clang' make CC=countersign-cc\n"
    "    countersign port hello.c\n"
    "\n"
    "Headers and libraries of Countersign are given to the compiler with it; a program linked "
    "against\n"
    "libraries outside the system's folders finds them where they were. With -static or "
    "-nostdlib,\n"
    "say $(pkg-config --libs countersign-static) yourself.\n"
    "\n"
    "EXIT STATUS\n"
    "    0  done\n"
    "    1  an error in a source, as file:line, or a file that cannot be read or written\n"
    "    else what the compiler or the linker ended with\n";

static void note_cpp(const struct driver *d)
{
    if (d->args.cpp)
        fputs("countersign-cc: note: C++ is compiled as it is: long has 64 bits there, L\"\" 32\n",
              stderr);
}

/* -l of ours, where what is linked may want them; the others cost nothing. */
static void add_libraries(const struct driver *d, struct words *to)
{
    if (d->args.no_libraries || d->args.mode != MODE_LINK)
        return;
    words_add(to, word_printf("-L%s", d->place.library));
    if (!place_is_usual(&d->place))
        words_add(to, word_printf("-Wl,-rpath,%s", d->place.library));
    words_add(to, "-Wl,--push-state,--as-needed");
    words_add(to, "-lcountersign-names");
    words_add(to, "-lcountersign-rpc");
    words_add(to, "-lcountersign-directory");
    words_add(to, "-lcountersign-sspi");
    words_add(to, "-Wl,--pop-state");
}

/* The whole command with each C source replaced by its object, or left out. */
static int run_rest(const struct driver *d, const char *const *objects)
{
    const struct args *a = &d->args;
    struct words w = { 0 };
    size_t i, n = 0;

    words_add_all(&w, &d->compiler);
    for (i = 0; i < a->words.n; i++) {
        if (a->roles[i] == ROLE_SOURCE) {
            if (objects)
                words_add(&w, objects[n++]);
        } else if (a->roles[i] != ROLE_LANGUAGE) {
            words_add(&w, a->words.v[i]);
        } else if (strcmp(a->words.v[i], "-x") == 0 && i + 1 < a->words.n) {
            if (strcmp(a->words.v[++i], "c") != 0) {
                words_add(&w, "-x");
                words_add(&w, a->words.v[i]);
            }
        } else if (strcmp(a->words.v[i], "-xc") != 0) {
            words_add(&w, a->words.v[i]);
        }
    }
    step_add_includes(d, &w);
    add_libraries(d, &w);
    return run_command(&w);
}

static int run_sources(const struct driver *d, const char **objects)
{
    const struct args *a = &d->args;
    size_t i, n = 0;
    int status = 0, one;

    for (i = 0; i < a->words.n; i++) {
        if (a->roles[i] != ROLE_SOURCE)
            continue;
        if (a->mode == MODE_LINK)
            objects[n] = run_temporary(".o");
        one = step_source(d, a->words.v[i], objects[n]);
        n++;
        status = status ? status : one;
    }
    return status;
}

static int drive(const struct driver *d)
{
    const struct args *a = &d->args;
    struct words objects = { 0 };
    size_t i;
    int status;

    if (a->output && a->mode != MODE_LINK && a->sources + a->foreign > 1) {
        fputs("countersign-cc: -o names one file, and there are several sources\n", stderr);
        return 1;
    }
    note_cpp(d);
    for (i = 0; i < a->sources; i++)
        words_add(&objects, NULL);
    status = a->sources ? run_sources(d, objects.v) : 0;
    if (status == 0 && (a->mode == MODE_LINK || a->foreign))
        status = run_rest(d, a->mode == MODE_LINK ? objects.v : NULL);
    return status;
}

/* Questions to the compiler, and -M: the same command, with our headers where it has an input. */
static int pass_on(const struct driver *d)
{
    struct words w = { 0 };

    words_add_all(&w, &d->compiler);
    if (d->args.inputs)
        words_add(&w, "-fshort-wchar");
    words_add_all(&w, &d->args.words);
    if (d->args.inputs)
        step_add_includes(d, &w);
    return run_instead(&w);
}

static bool begin(struct driver *d)
{
    const char *compiler = getenv("COUNTERSIGN_CC");

    words_split(&d->compiler, compiler && *compiler ? compiler : "cc");
    if (d->compiler.n == 0)
        words_add(&d->compiler, "cc");
    if (getenv("COUNTERSIGN_CC_INSIDE")) {
        fprintf(stderr, "countersign-cc: %s is countersign-cc again\n  try: COUNTERSIGN_CC=gcc\n",
                d->compiler.v[0]);
        return false;
    }
    setenv("COUNTERSIGN_CC_INSIDE", "1", 1);
    place_find(&d->place);
    return true;
}

int main(int argc, char **argv)
{
    struct driver d = { 0 };
    int status;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    if (!begin(&d))
        return 1;
    args_read(&d.args, argc, argv);
    if (d.args.inputs == 0 || d.args.as_it_is)
        return pass_on(&d);
    d.clang = d.args.sources && run_version_says(&d.compiler, "clang");
    status = drive(&d);
    run_done();
    return status;
}
