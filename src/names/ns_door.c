/* SPDX-License-Identifier: Apache-2.0
 * ns_door.c - what the exported functions of the RPC name service share.
 */
#include "names/ns_door.h"

#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/utf16.h"

/* What has no status of its own is the directory's: it could not be asked, or refused. */
RPC_STATUS ns_status(enum err e)
{
    switch (e) {
    case ERR_ACCESS_DENIED:
        return RPC_S_NO_NS_PRIVILEGE;
    case ERR_INVALID_HANDLE:
        return RPC_S_INVALID_NS_HANDLE;
    case ERR_NO_OBJECT: /* went while it was looked at */
        return RPC_S_ENTRY_NOT_FOUND;
    case ERR_OK:
    case ERR_NO_MEMORY:
    case ERR_INVALID_PARAMETER:
    case ERR_RPC_BINDING:
    case ERR_RPC_BINDING_KIND:
    case ERR_RPC_NO_MORE_BINDINGS:
    case ERR_RPC_VERSION_OPTION:
    case ERR_RPC_CANCELLED:
    case ERR_NS_NAME:
    case ERR_NS_SYNTAX:
    case ERR_NS_INCOMPLETE:
    case ERR_NS_NO_ENTRY:
    case ERR_NS_ENTRY_EXISTS:
    case ERR_NS_ENTRY_KIND:
    case ERR_NS_NOTHING:
    case ERR_NS_NO_INTERFACE:
    case ERR_NS_NO_INTERFACES:
    case ERR_NS_OBJECTS_LEFT:
    case ERR_NS_NO_MEMBER:
    case ERR_NS_NO_MORE:
        return err_rpc_status(e);
    default:
        return RPC_S_NAME_SERVICE_UNAVAILABLE;
    }
}

/* ---- text ---- */

enum err ns_text_in(bool wide, const void *text, char **ret)
{
    enum err e;

    if (!text)
        return detail_fail(ERR_INVALID_PARAMETER, "a string is missing");
    if (wide) {
        e = utf8_from_wide(text, ret);
        return e == ERR_MALFORMED ? ERR_INVALID_PARAMETER : e;
    }
    if (!utf8_valid(bytes_of_text(text)))
        return detail_fail(ERR_INVALID_PARAMETER, "a string of the A form is not UTF-8");
    *ret = mem_strdup(text);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

enum err ns_text_out(bool wide, const char *text, void **ret)
{
    char16_t *units = NULL;
    char *copy = NULL;
    enum err e = ERR_OK;

    if (wide)
        e = wide_from_utf8(text, &units);
    else if (!(copy = mem_strdup(text)))
        e = ERR_NO_MEMORY;
    if (!e)
        *ret = wide ? (void *)units : copy;
    return e;
}

/* ---- names ---- */

/* In place of Windows' registry values, under DCE's names; not of a program with more rights than
 * its caller. */
static const char *setting(const char *name)
{
    const char *value = secure_getenv(name);

    return value && *value ? value : NULL;
}

enum err ns_syntax_check(ULONG syntax)
{
    const char *word =
        syntax == RPC_C_NS_SYNTAX_DEFAULT ? setting("RPC_DEFAULT_ENTRY_SYNTAX") : NULL;

    if (word && strcmp(word, "3") != 0 && strcasecmp(word, "dce") != 0)
        return detail_fail(ERR_NS_SYNTAX, "RPC_DEFAULT_ENTRY_SYNTAX is \"%s\": only 3 is known",
                           word);
    if (syntax != RPC_C_NS_SYNTAX_DEFAULT && syntax != RPC_C_NS_SYNTAX_DCE)
        return detail_fail(ERR_NS_SYNTAX, "names of the syntax %u are not known", syntax);
    return ERR_OK;
}

enum err ns_name_in(bool wide, ULONG syntax, const void *text, struct ns_name *ret)
{
    char *name = NULL;
    enum err e = ns_syntax_check(syntax);

    if (!e)
        e = ns_text_in(wide, text, &name);
    if (!e)
        e = ns_name_parse(name, ret);
    mem_free(name);
    return e;
}

static bool is_empty(bool wide, const void *text)
{
    return !text || (wide ? *(const char16_t *)text == 0 : *(const char *)text == 0);
}

enum err ns_start_in(bool wide, ULONG syntax, const void *text, struct ns_name *ret, bool *ret_any)
{
    const char *start = setting("RPC_DEFAULT_ENTRY");

    *ret_any = false;
    if (!is_empty(wide, text))
        return ns_name_in(wide, syntax, text, ret);
    *ret_any = !start;
    return start ? ns_name_in(false, RPC_C_NS_SYNTAX_DEFAULT, start, ret) : ERR_OK;
}

/* ---- values ---- */

enum err ns_versions_in(ULONG option, enum ns_versions *ret)
{
    static_assert(NS_ALL == RPC_C_VERS_ALL && NS_COMPATIBLE == RPC_C_VERS_COMPATIBLE &&
                      NS_EXACT == RPC_C_VERS_EXACT && NS_MAJOR_ONLY == RPC_C_VERS_MAJOR_ONLY &&
                      NS_UPTO == RPC_C_VERS_UPTO,
                  "the same numbers");

    if (option < RPC_C_VERS_ALL || option > RPC_C_VERS_UPTO)
        return detail_fail(ERR_RPC_VERSION_OPTION, "%u is no choice of versions", option);
    *ret = (enum ns_versions)option;
    return ERR_OK;
}

void ns_if_in(const RPC_IF_ID *id, struct ns_if *ret)
{
    static_assert(sizeof ret->id == sizeof id->Uuid, "the same fields");
    memcpy(&ret->id, &id->Uuid, sizeof ret->id);
    ret->major = id->VersMajor;
    ret->minor = id->VersMinor;
}

void ns_if_out(const struct ns_if *f, RPC_IF_ID *ret)
{
    memcpy(&ret->Uuid, &f->id, sizeof ret->Uuid);
    ret->VersMajor = f->major;
    ret->VersMinor = f->minor;
}

enum err ns_objects_in(const UUID_VECTOR *v, struct uuid **ret, size_t *ret_count)
{
    size_t n = v ? v->Count : 0, i;
    struct uuid *objects = NULL;

    if (n > NS_EXPORTED_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu objects, at most %d are taken", n,
                           NS_EXPORTED_MOST);
    for (i = 0; i < n; i++)
        if (!v->Uuid[i])
            return detail_fail(ERR_INVALID_PARAMETER, "an object UUID is missing");
    objects = mem_array(n ? n : 1, sizeof *objects);
    if (!objects)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++)
        memcpy(&objects[i], v->Uuid[i], sizeof objects[i]);
    *ret = objects;
    *ret_count = n;
    return ERR_OK;
}

/* ---- entries ---- */

enum err ns_at_open(bool wide, ULONG syntax, const void *name, struct ns_at *ret)
{
    struct ns_name n = { 0 };
    enum err e = ns_name_in(wide, syntax, name, &n);

    *ret = (struct ns_at){ 0 };
    if (!e)
        e = ns_home_open(NULL, &ret->home);
    if (!e)
        e = ns_home_place(&ret->home, &n, &ret->session, &ret->dn);
    ns_name_free(&n);
    return e;
}

void ns_at_close(struct ns_at *at)
{
    mem_free(at->dn);
    ns_home_close(&at->home);
    *at = (struct ns_at){ 0 };
}
