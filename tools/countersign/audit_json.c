/* SPDX-License-Identifier: Apache-2.0
 * audit_json.c - the report for programs.
 */
#include "audit_inside.h"

#define PAGES "https://learn.microsoft.com/windows/win32/rpc/"

static void json_page(unsigned practice)
{
    char page[256];

    snprintf(page, sizeof page, PAGES "%s", audit_practices[practice].page);
    json_text("documentation", page);
}

static void json_grade(const char *name, char grade)
{
    const char text[2] = { grade, '\0' };

    json_text(name, grade == '-' ? NULL : text);
}

/* Within an object of the caller's. */
static void json_where(const struct endpoint *p)
{
    char text[64];

    endpoints_uuid_text(&p->id.Uuid, text);
    json_text("interface", text);
    snprintf(text, sizeof text, "%u.%u", p->id.VersMajor, p->id.VersMinor);
    json_text("version", text);
    json_text("name", endpoints_interface_name(&p->id.Uuid));
    json_text("protocol_sequence", p->sequence[0] ? p->sequence : NULL);
    json_text("endpoint", p->sequence[0] ? p->endpoint : NULL);
}

static void json_calls(const struct audit *a, size_t i)
{
    const struct active *k = &a->active;
    size_t n;

    json_array("operations");
    for (n = 0; n < k->call_count; n++) {
        const struct active_call *c = &k->calls[n];

        if (c->endpoint != i)
            continue;
        json_object(NULL);
        json_number("number", k->operations[c->operation].number);
        json_text("name", k->operations[c->operation].name);
        json_text("anybody", active_word(c->anybody));
        json_text("weak", active_word(c->weak));
        json_end();
    }
    json_end();
}

static void json_endpoint(const struct audit *a, size_t i)
{
    const struct endpoint *p = &a->e.all[i];
    char words[ENDPOINTS_WORDS];
    unsigned kind;

    (void)endpoints_say_verdict(p, words);
    json_object(NULL);
    json_where(p);
    json_text("annotation", p->annotation);
    json_bool("in_map", !a->binding && !a->inside && !p->unlisted);
    json_text("takes", words[0] ? words : NULL);
    json_bool("ndr64", p->verdict.ndr64);
    json_number("connections", p->connections);
    json_grade("grade", a->grades[i]);
    json_array("findings");
    for (kind = 0; kind < AUDIT_KINDS; kind++)
        if (a->found[i] & 1U << kind)
            json_text(NULL, audit_kinds[kind].id);
    json_end();
    json_calls(a, i);
    json_end();
}

static void json_kind(const struct audit *a, enum audit_kind kind)
{
    const struct audit_kind_row *k = &audit_kinds[kind];
    size_t i;

    json_object(NULL);
    json_text("id", k->id);
    json_grade("grade", k->grade);
    json_number("practice", k->practice);
    json_text("title", audit_practices[k->practice - 1].title);
    json_page(k->practice - 1);
    json_text("found", audit_found(a, kind));
    json_text("fix", k->fix);
    json_array("where");
    for (i = 0; i < a->e.count; i++)
        if (a->found[i] & 1U << kind) {
            json_object(NULL);
            json_where(&a->e.all[i]);
            json_end();
        }
    json_end();
    json_end();
}

static void json_practices(const struct audit *a)
{
    unsigned i;

    json_array("practices");
    for (i = 0; i < AUDIT_PRACTICES; i++) {
        json_object(NULL);
        json_number("number", i + 1);
        json_text("title", audit_practices[i].title);
        json_page(i);
        json_text("state", audit_state_word(a->practices[i]));
        json_text("elsewhere",
                  a->practices[i] == PRACTICE_UNSEEN ? audit_practices[i].elsewhere : NULL);
        json_text("reason", audit_reason(a, i + 1));
        json_end();
    }
    json_end();
}

void audit_json(const struct audit *a)
{
    unsigned kind;
    size_t i;

    json_object(NULL);
    json_text("about", audit_about(a));
    json_text("name", a->e.name[0] ? a->e.name : NULL);
    json_grade("grade", a->judged ? a->grade : '-');
    json_bool("asked_as_user", a->e.asked_as_user);
    json_text("note", a->e.note[0] ? a->e.note : NULL);
    json_array("endpoints");
    for (i = 0; i < a->e.count; i++)
        json_endpoint(a, i);
    json_end();
    json_array("findings");
    for (kind = 0; kind < AUDIT_KINDS; kind++)
        if (audit_count(a, kind))
            json_kind(a, kind);
    json_end();
    json_practices(a);
    json_array("not_asked");
    for (i = 0; audit_unasked(a, i); i++)
        json_text(NULL, audit_unasked(a, i));
    json_end();
    if (a->inside)
        audit_inside_json(a->inside);
    json_end();
}
