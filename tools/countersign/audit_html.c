/* SPDX-License-Identifier: Apache-2.0
 * audit_html.c - the report as one page: no script, nothing from elsewhere, and every word that
 * is not ours escaped.
 */
#include "audit_inside.h"

#include <string.h>

#include "base/utf16.h"

#define PAGES "https://learn.microsoft.com/windows/win32/rpc/"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>countersign audit</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; --line: #8884; --good: #2a7d3f; --bad: #b3261e; }\n"
    "@media (prefers-color-scheme: dark) { :root { --good: #6fcf87; --bad: #ff8a80; } }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;\n"
    "       padding: 0 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "td, th { text-align: left; vertical-align: top; padding: .35rem .6rem;\n"
    "         border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }\n"
    ".grade { font-weight: 700; } .big { font-size: 4rem; line-height: 1; margin: 0; }\n"
    ".A, .B, .holds { color: var(--good); } .C, .D, .F, .broken { color: var(--bad); }\n"
    "article { border-left: 4px solid var(--line); padding: 0 1rem; margin: 1.5rem 0; }\n"
    "code, pre { font-family: ui-monospace, monospace; font-size: .9em; }\n"
    "pre { white-space: pre-wrap; background: #8881; padding: .6rem; }\n"
    "</style>\n</head>\n<body>\n";

static void put(FILE *f, const char *text)
{
    bool valid = utf8_valid(bytes_of_text(text));

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        size_t steering = utf8_steering(text);

        if (strchr("&<>\"'", c))
            fprintf(f, "&#%u;", c);
        else if (steering || (c >= 0x80 && !valid))
            fputs("&#xfffd;", f);
        else
            fputc(c, f);
        text += steering && valid ? steering - 1 : 0;
    }
}

static void put_interface(FILE *f, const struct endpoint *p)
{
    const char *name = endpoints_interface_name(&p->id.Uuid);
    char uuid[64];

    endpoints_uuid_text(&p->id.Uuid, uuid);
    fprintf(f, "%s%s<code>%s %u.%u</code>", name ? name : "", name ? " " : "", uuid,
            p->id.VersMajor, p->id.VersMinor);
    if (p->annotation[0]) {
        fputs(" ", f);
        put(f, p->annotation);
    }
}

static void put_place(FILE *f, const char *before, const struct endpoint *p)
{
    fprintf(f, "%s<code>", before);
    put(f, p->sequence);
    fputs(":[", f);
    put(f, p->endpoint);
    fputs("]</code>", f);
}

static void put_practice(FILE *f, unsigned number)
{
    const struct audit_practice *p = &audit_practices[number - 1];

    fprintf(f, "%u. <a href=\"" PAGES "%s\">", number, p->page);
    put(f, p->title);
    fputs("</a>", f);
}

static void put_endpoints(FILE *f, const struct audit *a)
{
    char words[ENDPOINTS_WORDS];
    size_t i;

    fputs("<h2>What is served</h2>\n<table>\n"
          "<tr><th>Grade<th>Interface<th>Endpoint<th>Takes calls of\n",
          f);
    for (i = 0; i < a->e.count; i++) {
        const struct endpoint *p = &a->e.all[i];

        (void)endpoints_say_verdict(p, words);
        fprintf(f, "<tr><td class=\"grade %c\">%c<td>", a->grades[i], a->grades[i]);
        put_interface(f, p);
        put_place(f, "<td>", p);
        fputs(p->unlisted ? " (not in the map)<td>" : "<td>", f);
        put(f, words[0] ? words : "not asked");
        fputs("\n", f);
    }
    fputs("</table>\n", f);
}

static void put_calls(FILE *f, const struct audit *a)
{
    const struct active *k = &a->active;
    size_t i;

    if (!k->call_count)
        return;
    fputs("<h2>Operations</h2>\n<table>\n<tr><th>Operation<th>Endpoint<th>Anybody<th>Below "
          "integrity\n",
          f);
    for (i = 0; i < k->call_count; i++) {
        const struct active_call *c = &k->calls[i];

        fprintf(f, "<tr><td>%u ", k->operations[c->operation].number);
        put(f, k->operations[c->operation].name);
        put_place(f, "<td>", &a->e.all[c->endpoint]);
        fprintf(f, "<td>%s<td>%s\n", active_word(c->anybody), active_word(c->weak));
    }
    fputs("</table>\n", f);
}

static void put_facts(FILE *f, const struct audit_inside *in, const inside_interface *face)
{
    struct audit_fact fact;
    size_t i;

    fputs("<table>\n", f);
    for (i = 0; audit_inside_fact(in, face, i, &fact); i++) {
        fprintf(f, "<tr><td>%s<td>", fact.name);
        put(f, fact.value);
        fputs("\n", f);
    }
    fputs("</table>\n", f);
}

static void put_inside(FILE *f, const struct audit *a)
{
    size_t i;

    fputs("<h2>How it is set</h2>\n", f);
    put_facts(f, a->inside, NULL);
    for (i = 0; i < a->e.count; i++) {
        fprintf(f, "<h3><span class=\"grade %c\">%c</span> ", a->grades[i], a->grades[i]);
        put_interface(f, &a->e.all[i]);
        fputs("</h3>\n", f);
        put_facts(f, a->inside, &a->inside->interfaces[i]);
    }
}

static void put_kind(FILE *f, const struct audit *a, enum audit_kind kind)
{
    const struct audit_kind_row *k = &audit_kinds[kind];
    size_t i;

    fprintf(f, "<article id=\"%s\">\n<h3><span class=\"grade %c\">%c</span> ", k->id, k->grade,
            k->grade);
    put_practice(f, k->practice);
    fputs("</h3>\n<p>", f);
    put(f, audit_found(a, kind));
    fputs("</p>\n<ul>\n", f);
    for (i = 0; i < a->e.count; i++)
        if (a->found[i] & 1U << kind) {
            fputs("<li>", f);
            put_interface(f, &a->e.all[i]);
            if (!a->inside)
                put_place(f, " at ", &a->e.all[i]);
            fputs("\n", f);
        }
    fputs("</ul>\n<pre>", f);
    put(f, k->fix);
    fputs("</pre>\n</article>\n", f);
}

static void put_findings(FILE *f, const struct audit *a)
{
    unsigned kind;

    fputs("<h2>Findings</h2>\n", f);
    for (kind = 0; kind < AUDIT_KINDS; kind++)
        if (audit_count(a, kind))
            put_kind(f, a, kind);
}

static void put_practices(FILE *f, const struct audit *a)
{
    unsigned i;

    fputs("<h2>The sixteen practices</h2>\n<table>\n", f);
    for (i = 0; i < AUDIT_PRACTICES; i++) {
        const char *word = audit_state_word(a->practices[i]);
        const char *reason = audit_reason(a, i + 1);

        fprintf(f, "<tr><td class=\"%s\">%s<td>", word, word);
        put_practice(f, i + 1);
        fputs("<td>", f);
        put(f, reason ? reason : "");
        fputs("\n", f);
    }
    fputs("</table>\n", f);
}

static void put_unasked(FILE *f, const struct audit *a)
{
    size_t i;

    for (i = 0; audit_unasked(a, i); i++)
        fprintf(f, "<p>Not asked: %s</p>\n", audit_unasked(a, i));
}

bool audit_html(const struct audit *a, const char *path)
{
    FILE *f = fopen(path, "we");
    bool good;

    if (!f)
        return false;
    fputs(head, f);
    fputs("<h1>", f);
    put(f, audit_about(a));
    fprintf(f, "</h1>\n<p class=\"grade big %c\">%c</p>\n", a->judged ? a->grade : '-',
            a->judged ? a->grade : '-');
    fprintf(f, "<p>%zu of %zu %s asked. ", a->judged, a->e.count, audit_parts(a));
    put(f, a->e.note);
    fputs("</p>\n", f);
    if (a->inside)
        put_inside(f, a);
    else
        put_endpoints(f, a);
    put_calls(f, a);
    put_findings(f, a);
    put_practices(f, a);
    put_unasked(f, a);
    fputs("</body>\n</html>\n", f);
    good = !ferror(f);
    return fclose(f) == 0 && good;
}
