/* SPDX-License-Identifier: Apache-2.0
 * audit_text.c - the report for a person: what is served, what is wrong with it, what was seen.
 */
#include "audit_inside.h"

#include <string.h>

static enum out_style style_of(char grade)
{
    return grade == '-' ? OUT_PLAIN : grade <= 'B' ? OUT_GOOD : OUT_BAD;
}

/* "hello 12345678-... 1.0", or without a name. */
static void print_name(const struct endpoint *p)
{
    const char *name = endpoints_interface_name(&p->id.Uuid);
    char uuid[64];

    endpoints_uuid_text(&p->id.Uuid, uuid);
    printf("%s%s%s %u.%u", name ? name : "", name ? "  " : "", uuid, p->id.VersMajor,
           p->id.VersMinor);
}

static void print_place(const struct endpoint *p)
{
    char place[ENDPOINTS_TEXT + 40];

    snprintf(place, sizeof place, "%s:[%s]", p->sequence, p->endpoint);
    if (p->sequence[0]) /* else it is the process */
        printf(" at %s", out_safe(place));
}

/* ---- what is served ---- */

static void print_endpoint(const struct audit *a, size_t i)
{
    struct endpoint *p = &a->e.all[i];
    char words[ENDPOINTS_WORDS], place[ENDPOINTS_TEXT + 40];

    (void)endpoints_say_verdict(p, words);
    snprintf(place, sizeof place, "%s:[%s]", p->sequence, p->endpoint);
    out_styled(style_of(a->grades[i]), "  %c", a->grades[i]);
    printf("   %-28s %s%s\n", out_safe(place), words[0] ? out_safe(words) : "not asked",
           p->unlisted ? " (not in the map)" : "");
}

static void print_calls(const struct audit *a, size_t i)
{
    const struct active *k = &a->active;
    size_t n;

    for (n = 0; n < k->call_count; n++) {
        const struct active_call *c = &k->calls[n];
        const struct active_operation *o = &k->operations[c->operation];

        if (c->endpoint == i)
            printf("        %5u  %-28s anybody: %s; below integrity: %s\n", o->number, o->name,
                   active_word(c->anybody), active_word(c->weak));
    }
}

static void print_served(const struct audit *a)
{
    size_t i;

    for (i = 0; i < a->e.count; i++) {
        struct endpoint *p = &a->e.all[i];

        if (i == 0 || memcmp(&p[-1].id, &p->id, sizeof p->id) != 0) {
            printf("\n");
            print_name(p);
            printf("%s%s\n", p->annotation[0] ? "  " : "", out_safe(p->annotation));
        }
        print_endpoint(a, i);
        print_calls(a, i);
    }
}

/* ---- what a process is set to ---- */

static void print_facts(const struct audit_inside *in, const inside_interface *f)
{
    struct audit_fact fact;
    size_t i;

    for (i = 0; audit_inside_fact(in, f, i, &fact); i++)
        printf("      %-16s %s\n", fact.name, out_safe(fact.value));
}

static void print_inside(const struct audit *a)
{
    size_t i;

    printf("\n");
    print_facts(a->inside, NULL);
    for (i = 0; i < a->e.count; i++) {
        struct endpoint *p = &a->e.all[i];

        out_styled(style_of(a->grades[i]), "\n  %c   ", a->grades[i]);
        print_name(p);
        printf("  %s\n", out_safe(p->annotation));
        print_facts(a->inside, &a->inside->interfaces[i]);
    }
}

/* ---- what is wrong with it ---- */

/* Words of several lines, each behind as many spaces as the first has before it. */
static void print_folded(const char *before, const char *text)
{
    const int indent = (int)strlen(before), width = 96 - indent;

    while (*text) {
        int n = (int)strlen(text);

        if (n > width)
            for (n = width; n > 0 && text[n] != ' '; n--)
                ;
        if (n == 0)
            n = (int)strlen(text);
        printf("%*s%.*s\n", indent, before, n, text);
        before = "";
        text += n;
        text += *text == ' ';
    }
}

static void print_kind(const struct audit *a, enum audit_kind kind)
{
    const struct audit_kind_row *k = &audit_kinds[kind];
    size_t i;

    printf("\n");
    out_styled(style_of(k->grade), "  %c", k->grade);
    out_styled(OUT_HEADING, "   %s", audit_practices[k->practice - 1].title);
    printf("  (%s)\n", k->id);
    print_folded("      ", audit_found(a, kind));
    for (i = 0; i < a->e.count; i++)
        if (a->found[i] & 1U << kind) {
            printf("        ");
            print_name(&a->e.all[i]);
            print_place(&a->e.all[i]);
            printf("\n");
        }
    print_folded("      fix: ", k->fix);
}

static void print_findings(const struct audit *a)
{
    unsigned kind;
    bool any = false;

    for (kind = 0; kind < AUDIT_KINDS; kind++) {
        if (!audit_count(a, kind))
            continue;
        if (!any)
            out_styled(OUT_HEADING, "\nFINDINGS\n");
        any = true;
        print_kind(a, kind);
    }
}

/* ---- what was seen ---- */

#define REASON "\n              "

static void print_practices(const struct audit *a)
{
    static const enum out_style styles[] = { OUT_PLAIN, OUT_GOOD, OUT_BAD };
    unsigned i;

    out_styled(OUT_HEADING, "\nTHE SIXTEEN PRACTICES\n\n");
    for (i = 0; i < AUDIT_PRACTICES; i++) {
        const struct audit_practice *p = &audit_practices[i];
        const char *reason = audit_reason(a, i + 1);

        out_styled(styles[a->practices[i]], "  %-8s", audit_state_word(a->practices[i]));
        printf("%2u  %s%s%s\n", i + 1, p->title, reason ? REASON : "", reason ? reason : "");
    }
}

/* In which transfer syntax, and what was left alone. */
static void print_asked(const struct audit *a)
{
    size_t there = 0, ndr64 = 0, i;

    for (i = 0; i < a->e.count; i++) {
        there += a->e.all[i].verdict.state == ENDPOINT_ANSWERS;
        ndr64 += a->e.all[i].verdict.ndr64;
    }
    if (there)
        printf("\nNDR alone is taken by %zu endpoints, NDR64 alone by %zu of them\n", there, ndr64);
    for (i = 0; audit_unasked(a, i); i++)
        printf("%snot asked: %s\n", !there && i == 0 ? "\n" : "", audit_unasked(a, i));
}

static void print_verdict(const struct audit *a)
{
    size_t worst = 0, i;

    for (i = 0; i < a->e.count; i++)
        worst += a->grades[i] == a->grade;
    if (!a->judged) {
        printf("\nno grade: none of it can be asked from here\n");
        return;
    }
    out_styled(style_of(a->grade), "\ngrade %c", a->grade);
    printf(": %zu of %zu %s asked", a->judged, a->e.count, audit_parts(a));
    if (a->grade > 'A')
        printf(", %zu of them no better than that", worst);
    printf("\n");
}

void audit_print(struct audit *a)
{
    char name[512];

    snprintf(name, sizeof name, "%s", audit_about(a));
    out_styled(OUT_HEADING, "%s", out_safe(name));
    printf("%s%s\n", a->e.asked_as_user && a->e.name[0] ? ", as " : "",
           a->e.asked_as_user ? out_safe(a->e.name) : "");
    if (a->inside)
        print_inside(a);
    else
        print_served(a);
    print_findings(a);
    print_practices(a);
    if (a->e.note[0] && audit_count(a, AUDIT_LEVELS_UNSEEN))
        printf("\n%s\n", out_safe(a->e.note));
    print_asked(a);
    print_verdict(a);
}
