/* SPDX-License-Identifier: Apache-2.0
 * doctor.c - `countersign doctor`: why does authentication fail here?
 */
#include "doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"

#include "out.h"

static const char help[] =
    "countersign doctor - why does authentication fail here?\n"
    "\n"
    "Walks the whole way a client and a service of this host go: DNS, the KDC and its clock, your\n"
    "ticket, the directory, the service's name, its keys, a service ticket, and that ticket\n"
    "decrypted with this host's own keytab. Ends in one verdict and one fix.\n"
    "\n"
    "USAGE\n"
    "    countersign doctor [SPN] [--keytab FILE] [OPTION...]\n"
    "\n"
    "SPN is for instance HTTP/web1.example.com; host/ and this host's name where none is given.\n"
    "\n"
    "OPTIONS\n" DIRECTORY_HELP "    --keytab FILE    the service's keytab; else the host's\n"
    "\n"
    "EXAMPLES\n"
    "    countersign doctor\n"
    "    countersign doctor HTTP/web1.example.com --keytab /etc/web.keytab\n"
    "\n"
    "EXIT STATUS\n"
    "    0 healthy, 1 something is wrong, 2 usage\n";

static const char *const state_words[] = { "ok", "warning", "failed", "not reached" };

struct finding *doctor_note(struct doctor *d, const char *name, enum finding_state state,
                            const char *fmt, ...)
{
    struct finding *f = &d->findings[d->count < FINDINGS_MAX - 1 ? d->count++ : d->count];
    va_list ap;

    *f = (struct finding){ .name = name, .state = state };
    va_start(ap, fmt);
    vsnprintf(f->found, sizeof f->found, fmt, ap);
    va_end(ap);
    return f;
}

void doctor_fix(struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(f->fix, sizeof f->fix, fmt, ap);
    va_end(ap);
}

void doctor_note_failure(struct doctor *d, const char *name)
{
    const struct detail *r = detail_get();
    struct finding *f = doctor_note(d, name, FINDING_FAILED, "%s", r->text);

    doctor_fix(f, "%s", r->remedy);
}

/* The first failure is what stands in the way; what follows it mostly follows from it. */
static struct finding *worst(struct doctor *d)
{
    struct finding *warning = NULL;
    size_t i;

    for (i = 0; i < d->count; i++) {
        if (d->findings[i].state == FINDING_FAILED)
            return &d->findings[i];
        if (d->findings[i].state == FINDING_WARNING && !warning)
            warning = &d->findings[i];
    }
    return warning;
}

static void print_json(const struct doctor *d, const struct finding *w)
{
    size_t i;

    json_object(NULL);
    json_text("spn", d->spn);
    json_text("verdict", w ? state_words[w->state] : "healthy");
    json_text("why", w ? w->found : NULL);
    json_text("fix", w && w->fix[0] ? w->fix : NULL);
    json_array("checks");
    for (i = 0; i < d->count; i++) {
        json_object(NULL);
        json_text("check", d->findings[i].name);
        json_text("state", state_words[d->findings[i].state]);
        json_text("found", d->findings[i].found);
        json_text("fix", d->findings[i].fix[0] ? d->findings[i].fix : NULL);
        json_end();
    }
    json_end();
    json_end();
}

static void print_findings(struct doctor *d, struct finding *w)
{
    static const enum out_style styles[] = { OUT_GOOD, OUT_PLAIN, OUT_BAD, OUT_PLAIN };
    size_t i;

    for (i = 0; i < d->count; i++) {
        struct finding *f = &d->findings[i];

        out_styled(styles[f->state], "%-11s", state_words[f->state]);
        printf(" %-16s %s\n", f->name, out_safe(f->found));
    }
    if (!w)
        out_styled(OUT_GOOD, "\nhealthy: %s can be authenticated here\n", d->spn);
    else
        out_styled(w->state == FINDING_FAILED ? OUT_BAD : OUT_PLAIN, "\n%s: %s: %s\n",
                   w->state == FINDING_FAILED ? "broken" : "works, but", w->name,
                   out_safe(w->found));
    if (w && w->fix[0])
        printf("fix: %s\n", out_safe(w->fix));
}

static int doctor_run(int argc, char **argv)
{
    static const struct option options[] = { DIRECTORY_OPTIONS,
                                             { "keytab", required_argument, NULL, OPT_OWN },
                                             { 0 } };
    struct doctor d = { 0 };
    struct finding *w = NULL;
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (opt == OPT_OWN)
            d.keytab = optarg;
        else if (!directory_option(&d.directory, opt, optarg))
            return out_usage(&command_doctor, "that option is not known");
    }
    if (optind < argc)
        snprintf(d.spn, sizeof d.spn, "%s", argv[optind++]);
    if (optind < argc)
        return out_usage(&command_doctor, "\"%s\" is not expected", argv[optind]);
    doctor_examine(&d);
    w = worst(&d);
    if (d.directory.json)
        print_json(&d, w);
    else
        print_findings(&d, w);
    directory_done(&d.directory);
    return w && w->state == FINDING_FAILED ? EXIT_NEGATIVE : EXIT_DONE;
}

const struct command command_doctor = { "doctor", "why does authentication fail here?", help,
                                        doctor_run };
