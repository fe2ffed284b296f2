/* SPDX-License-Identifier: Apache-2.0
 * out.c - messages, colour, progress.
 */
#include "out.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/utf16.h"

enum {
    PATIENCE = 2, /* seconds before somebody wonders whether it hangs */
    AGAIN = 10,   /* and before the same line is written to a log once more */
    LINE_MOST = 2048,
};

/* NO_COLOR: https://no-color.org */
static bool colour_on(int fd)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void out_styled(enum out_style style, const char *fmt, ...)
{
    static const char *const codes[] = { "", "\033[32m", "\033[31m", "\033[1m" };
    bool on = style != OUT_PLAIN && colour_on(STDOUT_FILENO);
    va_list ap;

    if (on)
        fputs(codes[style], stdout);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    if (on)
        fputs("\033[0m", stdout);
}

const char *out_safe(char *text)
{
    bool valid = text && utf8_valid(bytes_of_text(text));
    char *s = text;

    while (s && *s) {
        /* of what is no UTF-8 nobody knows what a terminal makes */
        size_t n = !valid && (unsigned char)*s >= 0x80 ? 1 : utf8_steering(s);

        memset(s, '?', n);
        s += n ? n : 1;
    }
    return text;
}

static bool is_heading(const char *line, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!isupper((unsigned char)line[i]) && line[i] != ' ')
            return false;
    return len > 0 && line[0] != ' ';
}

void out_help(const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        out_styled(is_heading(text, n) ? OUT_HEADING : OUT_PLAIN, "%.*s", (int)n, text);
        putchar('\n');
        text += n + (text[n] == '\n');
    }
}

static void say_line(const char *before, const char *fmt, va_list ap)
{
    char line[LINE_MOST];

    vsnprintf(line, sizeof line, fmt, ap);
    fprintf(stderr, "%s%s\n", before, out_safe(line));
}

static void say(const char *fmt, va_list ap)
{
    out_progress(NULL);
    fflush(stdout); /* what was found comes before what is said of it, also in one file */
    say_line("countersign: ", fmt, ap);
}

int out_fail(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    return EXIT_NEGATIVE;
}

void out_remedy(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say_line("  try: ", fmt, ap);
    va_end(ap);
}

int out_fail_detail(enum err e)
{
    const struct detail *d = detail_get();

    out_fail("%s", d->text[0] ? d->text : err_text(e));
    if (d->remedy[0])
        out_remedy("%s", d->remedy);
    return EXIT_NEGATIVE;
}

int out_usage(const struct command *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    out_remedy("countersign %s%s--help", c ? c->name : "", c ? " " : "");
    return EXIT_USAGE;
}

void out_progress(const char *what)
{
    static struct timespec start;
    static char last[80];
    static long last_at;
    static bool shown;
    bool terminal = isatty(STDERR_FILENO);
    struct timespec now;
    long seconds;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!what) {
        if (shown && terminal)
            fputs("\r\033[K", stderr);
        shown = false;
        last[0] = '\0';
        start = (struct timespec){ 0 };
        return;
    }
    if (!start.tv_sec)
        start = now;
    seconds = now.tv_sec - start.tv_sec;
    if (!terminal && seconds < PATIENCE)
        return;
    if (shown && strncmp(last, what, sizeof last - 1) == 0 &&
        seconds < last_at + (terminal ? 1 : AGAIN))
        return;
    snprintf(last, sizeof last, "%s", what);
    last_at = seconds;
    fprintf(stderr, terminal ? "\r\033[K%s (%ld s)" : "%s (%ld s)\n", what, seconds);
    fflush(stderr);
    shown = true;
}

int out_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("countersign: standard output could not be written\n", stderr);
    return status == EXIT_DONE ? EXIT_NEGATIVE : status;
}
