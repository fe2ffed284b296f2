/* SPDX-License-Identifier: Apache-2.0
 * directory.c - which directory, as whom, and what its failures say.
 */
#include "directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <countersign/ntdsapi.h>

#include "base/alloc.h"
#include "base/detail.h"

#include "out.h"

bool directory_option(struct directory *d, int option, char *value)
{
    switch (option) {
    case OPT_SERVER:
        d->options.server = value;
        return true;
    case OPT_DOMAIN:
        d->options.domain = value;
        return true;
    case OPT_USER:
        d->options.user = value;
        return true;
    case OPT_JSON:
        d->json = true;
        return true;
    default:
        return false;
    }
}

/* A line from the terminal that is not shown. */
static char *ask_password(const char *user)
{
    struct termios shown, hidden;
    char line[512];
    FILE *tty = fopen("/dev/tty", "r+e");
    char *copy = NULL;

    if (!tty || tcgetattr(fileno(tty), &shown)) {
        if (tty)
            fclose(tty);
        return NULL;
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(tty), TCSAFLUSH, &hidden);
    fprintf(tty, "Password of %s: ", user);
    fflush(tty);
    if (fgets(line, sizeof line, tty)) {
        line[strcspn(line, "\r\n")] = '\0';
        copy = mem_strdup(line);
    }
    tcsetattr(fileno(tty), TCSAFLUSH, &shown);
    fputc('\n', tty);
    fclose(tty);
    explicit_bzero(line, sizeof line);
    return copy;
}

int directory_bind(struct directory *d)
{
    DWORD status;

    d->options.size = sizeof d->options;
    if (d->options.user) {
        d->options.password = getenv("COUNTERSIGN_PASSWORD");
        if (!d->options.password)
            d->options.password = d->password = ask_password(d->options.user);
        if (!d->options.password) {
            out_fail("no password for %s, and no terminal to ask on", d->options.user);
            out_remedy("set COUNTERSIGN_PASSWORD, or run kinit and leave --user away");
            return EXIT_NEGATIVE;
        }
    }
    status = CsBindDirectory(&d->options, &d->ds);
    return status ? directory_fail("cannot bind to the directory", status) : EXIT_DONE;
}

void directory_done(struct directory *d)
{
    if (d->ds)
        DsUnBindA(&d->ds);
    mem_free_secret_text(d->password);
}

int directory_fail(const char *what, DWORD status)
{
    const struct detail *d = detail_get();

    if (d->text[0])
        out_fail("%s: %s", what, d->text);
    else
        out_fail("%s: error %u (0x%08x)", what, status, status);
    if (d->remedy[0])
        out_remedy("%s", d->remedy);
    return EXIT_NEGATIVE;
}
