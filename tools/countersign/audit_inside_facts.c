/* SPDX-License-Identifier: Apache-2.0
 * audit_inside_facts.c - a server's settings in words, for a person and for programs.
 */
#include "audit_inside.h"

#include <stdio.h>
#include <string.h>

#include <countersign/countersign.h>

#include "ask.h"

static const struct {
    ULONG bit;
    const char *name;
} flags[] = {
    { RPC_IF_AUTOLISTEN, "RPC_IF_AUTOLISTEN" },
    { RPC_IF_OLE, "RPC_IF_OLE" },
    { RPC_IF_ALLOW_UNKNOWN_AUTHORITY, "RPC_IF_ALLOW_UNKNOWN_AUTHORITY" },
    { RPC_IF_ALLOW_SECURE_ONLY, "RPC_IF_ALLOW_SECURE_ONLY" },
    { RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, "RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH" },
    { RPC_IF_ALLOW_LOCAL_ONLY, "RPC_IF_ALLOW_LOCAL_ONLY" },
    { RPC_IF_SEC_NO_CACHE, "RPC_IF_SEC_NO_CACHE" },
    { RPC_IF_SEC_CACHE_PER_PROC, "RPC_IF_SEC_CACHE_PER_PROC" },
    { RPC_IF_ASYNC_CALLBACK, "RPC_IF_ASYNC_CALLBACK" },
};

enum { FLAGS = sizeof flags / sizeof *flags };

static const char *const modes[] = { "off", "audit", "enforce" };

static const char *mode_word(ULONG mode)
{
    return mode < sizeof modes / sizeof *modes ? modes[mode] : "?";
}

static const char *service_word(ULONG service)
{
    return service == RPC_C_AUTHN_GSS_NEGOTIATE  ? "negotiate"
           : service == RPC_C_AUTHN_GSS_KERBEROS ? "kerberos"
           : service == RPC_C_AUTHN_WINNT        ? "ntlm"
                                                 : "?";
}

/* ---- of an interface ---- */

static void put_flags(const inside_interface *f, char *to, size_t size)
{
    size_t i, used = 0;

    snprintf(to, size, "none");
    for (i = 0; i < FLAGS; i++)
        if (f->flags & flags[i].bit)
            used +=
                (size_t)snprintf(to + used, size - used, "%s%s", used ? " " : "", flags[i].name);
}

static const char *callback_words(const inside_interface *f)
{
    if (!(f->parts & INSIDE_CALLBACK))
        return "none";
    if ((f->flags & RPC_IF_SEC_CACHE_PER_PROC) && !(f->flags & RPC_IF_SEC_NO_CACHE))
        return "asked once for each caller, level and operation of a connection";
    return "asked before each call";
}

static void put_guard(const struct audit_inside *in, const inside_interface *f, char *to,
                      size_t size)
{
    const char *where = !audit_inside_has_places(f)      ? "at every endpoint of the process"
                        : audit_inside_places(in, f) > 0 ? "at the endpoints below alone"
                                                         : "at no endpoint at all";

    if (!(f->parts & INSIDE_GUARD)) {
        snprintf(to, size, "none");
        return;
    }
    snprintf(to, size, "%s; %lu calls at a time, %lu of one client (0: no limit)", where,
             (unsigned long)f->guard_max_calls, (unsigned long)f->guard_max_calls_of_client);
}

static void put_level(const struct audit_inside *in, const inside_interface *f, char *to,
                      size_t size)
{
    if (!audit_inside_is_remote(in, f))
        snprintf(to, size, "%s", "over ncalrpc alone");
    else
        snprintf(to, size, "%s%s", ask_level_name(audit_inside_least(in, f)),
                 f->parts & INSIDE_CALLBACK ? ", and what its callback says" : "");
}

static void put_size(const inside_interface *f, char *to, size_t size)
{
    if (f->max_size == UINT32_MAX)
        snprintf(to, size, "of any size");
    else
        snprintf(to, size, "%lu bytes at most", (unsigned long)f->max_size);
}

static bool interface_fact(const struct audit_inside *in, const inside_interface *f, size_t i,
                           struct audit_fact *ret)
{
    static const char *const names[] = { "flags", "callback", "descriptor", "guard",
                                         "level", "requests", "calls",      "context handles" };

    if (i >= sizeof names / sizeof *names)
        return audit_inside_part(in, f, i - sizeof names / sizeof *names, ret);
    ret->name = names[i];
    switch (i) {
    case 0:
        put_flags(f, ret->value, sizeof ret->value);
        break;
    case 1:
        snprintf(ret->value, sizeof ret->value, "%s", callback_words(f));
        break;
    case 2:
        snprintf(ret->value, sizeof ret->value, "%s%s%s",
                 f->parts & INSIDE_DESCRIPTOR ? f->descriptor : "none",
                 f->parts & INSIDE_CUT ? "... (cut)" : "",
                 f->parts & INSIDE_LISTS ? "; each operation has its list, by the ACF" : "");
        break;
    case 3:
        put_guard(in, f, ret->value, sizeof ret->value);
        break;
    case 4:
        put_level(in, f, ret->value, sizeof ret->value);
        break;
    case 5:
        put_size(f, ret->value, sizeof ret->value);
        break;
    case 6:
        snprintf(ret->value, sizeof ret->value, "%lu under way, %lu at most; operations: %lu",
                 (unsigned long)f->calls, (unsigned long)f->max_calls,
                 (unsigned long)f->operations);
        break;
    default:
        snprintf(ret->value, sizeof ret->value, "%lu open, %lu of them strict, %lu type strict",
                 (unsigned long)f->handles, (unsigned long)f->handles_strict,
                 (unsigned long)f->handles_type_strict);
    }
    return true;
}

/* ---- of the process ---- */

static void put_process(const struct audit_inside *in, struct audit_fact *ret)
{
    const inside_process *p = &in->process;

    ret->name = "process";
    snprintf(ret->value, sizeof ret->value,
             "uid %lu, %slistening; %lu calls under way, %lu at most, %lu so far%s",
             (unsigned long)p->uid, p->listening ? "" : "not ", (unsigned long)p->calls,
             (unsigned long)p->max_calls, (unsigned long)p->calls_in,
             p->parts & INSIDE_MGMT_ASKS ? "; management asks the program first" : "");
}

/* Of those that are in force, or audited. */
static bool policy_fact(const struct audit_inside *in, size_t i, struct audit_fact *ret)
{
    const inside_policy *p = NULL;
    size_t at;

    for (at = 0; at < in->policy_count && !p; at++)
        if (in->policies[at].mode != CS_POLICY_OFF && !i--)
            p = &in->policies[at];
    if (!p)
        return false;
    ret->name = "policy";
    snprintf(ret->value, sizeof ret->value, "%s = %s%s%s", p->name, mode_word(p->mode),
             p->value[0] ? " " : "", p->value);
    return true;
}

static bool process_fact(const struct audit_inside *in, size_t i, struct audit_fact *ret)
{
    if (i == 0) {
        put_process(in, ret);
        return true;
    }
    i--;
    if (i < in->endpoint_count) {
        const inside_endpoint *p = &in->endpoints[i];

        ret->name = p->parts & INSIDE_GROUP ? "group's endpoint" : "endpoint";
        snprintf(ret->value, sizeof ret->value, "%s:%s[%s]%s%s%s", p->sequence, p->address,
                 p->endpoint, p->parts & INSIDE_DESCRIPTOR ? ", for " : "", p->descriptor,
                 p->parts & INSIDE_CUT ? "... (cut)" : "");
        return true;
    }
    i -= in->endpoint_count;
    if (i < in->principal_count) {
        ret->name = "principal";
        snprintf(ret->value, sizeof ret->value, "%s by %s",
                 in->principals[i].name[0] ? in->principals[i].name : "(no name)",
                 service_word(in->principals[i].service));
        return true;
    }
    return policy_fact(in, i - in->principal_count, ret);
}

bool audit_inside_fact(const struct audit_inside *in, const inside_interface *f, size_t i,
                       struct audit_fact *ret)
{
    return f ? interface_fact(in, f, i, ret) : process_fact(in, i, ret);
}

/* ---- for programs ---- */

static void json_interface(const struct audit_inside *in, const inside_interface *f)
{
    bool remote = audit_inside_is_remote(in, f);
    UUID uuid = { f->uuid_1, f->uuid_2, f->uuid_3, { 0 } };
    char text[64];
    size_t i;

    memcpy(uuid.Data4, f->uuid_4, sizeof uuid.Data4);
    endpoints_uuid_text(&uuid, text);
    json_object(NULL);
    json_text("interface", text);
    snprintf(text, sizeof text, "%u.%u", f->major, f->minor);
    json_text("version", text);
    json_text("name", f->name);
    json_array("flags");
    for (i = 0; i < FLAGS; i++)
        if (f->flags & flags[i].bit)
            json_text(NULL, flags[i].name);
    json_end();
    json_bool("callback", f->parts & INSIDE_CALLBACK);
    json_text("descriptor", f->parts & INSIDE_DESCRIPTOR ? f->descriptor : NULL);
    json_bool("descriptor_cut", f->parts & INSIDE_CUT);
    json_bool("access_lists", f->parts & INSIDE_LISTS);
    audit_inside_json_whom(f->parts);
    json_bool("guard", f->parts & INSIDE_GUARD);
    audit_inside_json_parts(in, f);
    json_number("guard_max_calls", f->guard_max_calls);
    json_number("guard_max_calls_of_client", f->guard_max_calls_of_client);
    json_bool("interface_group", f->parts & INSIDE_GROUP);
    json_bool("remote", remote);
    json_text("least_level", remote ? ask_level_name(audit_inside_least(in, f)) : NULL);
    json_number("max_size", f->max_size == UINT32_MAX ? -1 : (int64_t)f->max_size);
    json_number("max_calls", f->max_calls);
    json_number("calls", f->calls);
    json_number("operations", f->operations);
    json_number("handles", f->handles);
    json_number("handles_strict", f->handles_strict);
    json_number("handles_type_strict", f->handles_type_strict);
    json_end();
}

static void json_process(const struct audit_inside *in)
{
    const inside_process *p = &in->process;

    json_number("pid", in->pid);
    json_number("uid", p->uid);
    json_text("command", in->command);
    json_bool("listening", p->listening);
    json_number("calls", p->calls);
    json_number("max_calls", p->max_calls);
    json_number("calls_in", p->calls_in);
    json_bool("management_guarded", p->parts & INSIDE_MGMT_ASKS);
}

static void json_policies(const struct audit_inside *in)
{
    size_t i;

    json_array("policies");
    for (i = 0; i < in->policy_count; i++) {
        json_object(NULL);
        json_text("name", in->policies[i].name);
        json_text("mode", mode_word(in->policies[i].mode));
        json_text("value", in->policies[i].value[0] ? in->policies[i].value : NULL);
        json_end();
    }
    json_end();
}

void audit_inside_json(const struct audit_inside *in)
{
    size_t i;

    json_object("inside");
    json_process(in);
    json_array("interfaces");
    for (i = 0; i < in->interface_count; i++)
        json_interface(in, &in->interfaces[i]);
    json_end();
    json_array("endpoints");
    for (i = 0; i < in->endpoint_count; i++) {
        const inside_endpoint *p = &in->endpoints[i];

        json_object(NULL);
        json_text("protocol_sequence", p->sequence);
        json_text("address", p->address[0] ? p->address : NULL);
        json_text("endpoint", p->endpoint);
        json_text("descriptor", p->parts & INSIDE_DESCRIPTOR ? p->descriptor : NULL);
        json_bool("descriptor_cut", p->parts & INSIDE_CUT);
        json_bool("interface_group", p->parts & INSIDE_GROUP);
        json_end();
    }
    json_end();
    json_array("principals");
    for (i = 0; i < in->principal_count; i++) {
        json_object(NULL);
        json_text("service", service_word(in->principals[i].service));
        json_text("name", in->principals[i].name);
        json_end();
    }
    json_end();
    json_policies(in);
    json_end();
}
