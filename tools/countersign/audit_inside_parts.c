/* SPDX-License-Identifier: Apache-2.0
 * audit_inside_parts.c - what a guard and access lists say: at which endpoints an interface is
 * served, and who may call which of its operations.
 */
#include "audit_inside.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"

enum { PLACE_TEXT = 2 * INSIDE_NAME + 8 };

/* ---- endpoints ---- */

bool audit_inside_has_places(const inside_interface *f)
{
    return (f->parts & INSIDE_GUARD) && !(f->parts & INSIDE_EVERYWHERE);
}

/* NULL: no more. */
static const inside_place *place_at(const struct audit_inside *in, const inside_interface *f,
                                    size_t i)
{
    size_t at;

    for (at = 0; at < in->place_count; at++)
        if (in->places[at].face == f->number && !i--)
            return &in->places[at];
    return NULL;
}

size_t audit_inside_places(const struct audit_inside *in, const inside_interface *f)
{
    size_t n = 0;

    while (place_at(in, f, n))
        n++;
    return n;
}

bool audit_inside_may_be(const struct audit_inside *in, const inside_interface *f, bool local)
{
    const inside_place *p;
    size_t i;

    if (!audit_inside_has_places(f))
        return true;
    for (i = 0; (p = place_at(in, f, i)); i++)
        if ((strcmp(p->sequence, "ncalrpc") == 0) == local)
            return true;
    return false;
}

static void put_place(const inside_place *p, char to[PLACE_TEXT])
{
    snprintf(to, PLACE_TEXT, p->endpoint[0] ? "%s:[%s]" : "%s:%s", p->sequence, p->endpoint);
}

/* ---- operations ---- */

static const inside_operation *operation_at(const struct audit_inside *in,
                                            const inside_interface *f, size_t i)
{
    size_t at;

    for (at = 0; at < in->operation_count; at++)
        if (in->operations[at].face == f->number && !i--)
            return &in->operations[at];
    return NULL;
}

static const char *whom(const inside_operation *o)
{
    if (o->parts & INSIDE_NOBODY)
        return "for nobody";
    if (o->parts & (INSIDE_STRANGERS | INSIDE_STRANGERS_HERE))
        return "for anybody";
    if (o->parts & (INSIDE_ACCOUNTS | INSIDE_ACCOUNTS_HERE))
        return "for any account";
    return "for some";
}

static void put_operation(const inside_operation *o, struct audit_fact *ret)
{
    const char *level = o->least_level ? ask_level_name(o->least_level) : "";

    ret->name = "operation";
    snprintf(ret->value, sizeof ret->value, "%lu %s: %s%s%s%s%s%s%s%s", (unsigned long)o->number,
             o->name, whom(o), level[0] ? ", from level " : "", level,
             o->descriptor[0] ? "; guard " : "", o->descriptor, o->listed[0] ? "; ACF " : "",
             o->listed, o->parts & INSIDE_CUT ? "... (cut)" : "");
}

bool audit_inside_part(const struct audit_inside *in, const inside_interface *f, size_t i,
                       struct audit_fact *ret)
{
    size_t places = audit_inside_places(in, f);
    const inside_operation *o;
    char text[PLACE_TEXT];

    if (i < places) {
        put_place(place_at(in, f, i), text);
        ret->name = "guard's endpoint";
        snprintf(ret->value, sizeof ret->value, "%s", text);
        return true;
    }
    o = operation_at(in, f, i - places);
    if (o)
        put_operation(o, ret);
    return o != NULL;
}

/* ---- for programs ---- */

void audit_inside_json_whom(ULONG parts)
{
    json_bool("strangers", parts & (INSIDE_STRANGERS | INSIDE_STRANGERS_HERE));
    json_bool("accounts", parts & (INSIDE_ACCOUNTS | INSIDE_ACCOUNTS_HERE));
}

static void json_places(const struct audit_inside *in, const inside_interface *f)
{
    const inside_place *p;
    char text[PLACE_TEXT];
    size_t i;

    if (!audit_inside_has_places(f)) {
        json_text("guard_endpoints", NULL);
        return;
    }
    json_array("guard_endpoints");
    for (i = 0; (p = place_at(in, f, i)); i++) {
        put_place(p, text);
        json_text(NULL, text);
    }
    json_end();
}

void audit_inside_json_parts(const struct audit_inside *in, const inside_interface *f)
{
    const inside_operation *o;
    size_t i;

    json_places(in, f);
    json_array("guard_operations");
    for (i = 0; (o = operation_at(in, f, i)); i++) {
        json_object(NULL);
        json_number("number", o->number);
        json_text("name", o->name);
        json_bool("nobody", o->parts & INSIDE_NOBODY);
        audit_inside_json_whom(o->parts);
        json_text("least_level", o->least_level ? ask_level_name(o->least_level) : NULL);
        json_text("descriptor", o->parts & INSIDE_DESCRIPTOR ? o->descriptor : NULL);
        json_text("access_list", o->parts & INSIDE_LISTS ? o->listed : NULL);
        json_bool("descriptor_cut", o->parts & INSIDE_CUT);
        json_end();
    }
    json_end();
}
