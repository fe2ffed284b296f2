/* SPDX-License-Identifier: Apache-2.0
 * lint_report.c - see lint_report.h.  RFC 8259
 */
#include "lint_report.h"

#include <stdio.h>
#include <string.h>

static void put_text(struct idl_text *t, const struct idl_finding *f)
{
    idl_text_add(t, "%s:%u:%u: warning: %s [%s]\n", f->at.file, f->at.line, f->at.column, f->text,
                 f->rule);
    idl_text_place(t, f->at);
    idl_text_add(t, "    hint: %s\n", f->hint);
}

/* Names are ASCII; a file's name may be anything and is kept to what every reader takes. */
static void put_string(struct idl_text *t, const char *name, const char *s)
{
    idl_text_add(t, "\"%s\": \"", name);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            idl_text_add(t, "\\%c", c);
        else if (c < ' ' || c >= 0x7f)
            idl_text_add(t, "\\u%04x", c < 0x80 ? c : 0xfffd);
        else
            idl_text_add(t, "%c", c);
    }
    idl_text_add(t, "\"");
}

static void put_object(struct idl_text *t, const struct idl_finding *f)
{
    idl_text_add(t, "{ ");
    put_string(t, "file", f->at.file);
    idl_text_add(t, ", \"line\": %u, \"column\": %u, ", f->at.line, f->at.column);
    put_string(t, "rule", f->rule);
    idl_text_add(t, ", ");
    put_string(t, "text", f->text);
    idl_text_add(t, ", ");
    put_string(t, "hint", f->hint);
    idl_text_add(t, " }\n");
}

bool lint_report(const struct idl_finding *list, bool json)
{
    struct idl_text t = { 0 };
    const struct idl_finding *f;

    for (f = list; f; f = f->next)
        if (json)
            put_object(&t, f);
        else
            put_text(&t, f);
    if (t.len)
        fputs(t.ptr, stdout);
    idl_text_done(&t);
    return list != NULL;
}
