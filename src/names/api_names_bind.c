/* SPDX-License-Identifier: Apache-2.0
 * api_names_bind.c - from an RPC entry's name to a server that proved itself.
 */
#include <stdio.h>
#include <strings.h>

#include <countersign/rpc.h>
#include <countersign/rpcdcep.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/turns.h"
#include "base/uuid.h"
#include "directory/api_scp.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "names/api_names.h"
#include "names/ns_name.h"
#include "names/ns_text.h"
#include "spn/dn.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define OVER_TCP "ncacn_ip_tcp:"

enum {
    TIMEOUT_MS = 90000,
    STEPS = 3, /* to the endpoint mapper, its answer, to the server */
};

/* RPC's functions are doors, and begin the thread's record anew: this one keeps what stands in it.
 */
static void let_go(RPC_BINDING_HANDLE *b)
{
    const struct detail kept = *detail_get();

    if (*b)
        (void)RpcBindingFree(b);
    *detail_get() = kept;
}

static RPC_STATUS protect(const CS_NAME_BIND_OPTIONS *o, const struct found *f,
                          RPC_BINDING_HANDLE b)
{
    RPC_SECURITY_QOS qos = { .Version = RPC_C_SECURITY_QOS_VERSION_1,
                             .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             .ImpersonationType =
                                 o->impersonation ? o->impersonation : RPC_C_IMP_LEVEL_IDENTIFY };

    return RpcBindingSetAuthInfoExA(b, STR(f->spn), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                    o->authn_service ? o->authn_service : RPC_C_AUTHN_GSS_NEGOTIATE,
                                    o->identity, RPC_C_AUTHZ_NONE, &qos);
}

/* By its whole name: the domain is that of the directory's handle, which need not be the caller's.
 */
static RPC_STATUS name_entry(RPC_BINDING_HANDLE b, const struct found *f)
{
    char *domain = NULL, *text = NULL;
    RPC_STATUS status = RPC_S_OUT_OF_MEMORY;

    if (!dn_domain(f->dn, &domain) && !ns_name_format(domain, f->name, &text))
        status = I_RpcNsBindingSetEntryNameA(b, RPC_C_NS_SYNTAX_DCE, STR(text));
    mem_free(domain);
    mem_free(text);
    return status;
}

/* The longest of RpcMgmtSetComTimeout's times that is no longer; half a second does not count, so
 * that a moment that has passed makes no half of it. */
static UINT com_timeout(unsigned ms)
{
    static const unsigned seconds[] = { 1, 2, 4, 8, 15, 30, 45, 60, 90, 120 };
    UINT n = RPC_C_BINDING_MAX_TIMEOUT;

    while (n > RPC_C_BINDING_MIN_TIMEOUT && seconds[n] > (ms + 500) / 1000)
        n--;
    return n;
}

static RPC_STATUS set_times(RPC_BINDING_HANDLE b, UINT com, unsigned call_ms)
{
    RPC_STATUS status = RpcMgmtSetComTimeout(b, com);

    return status ? status : RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, call_ms);
}

static RPC_STATUS try_binding(const CS_NAME_BIND_OPTIONS *o, const struct found *f,
                              const char *text, unsigned timeout_ms, RPC_BINDING_HANDLE *ret)
{
    const unsigned step_ms = timeout_ms / STEPS + 1;
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status = RpcBindingFromStringBindingA(STR(text), &b);

    if (status && status != RPC_S_OUT_OF_MEMORY) /* whatever is wrong with it: nobody is there */
        return RPC_S_INVALID_STRING_BINDING;
    if (!status && o->object)
        status = RpcBindingSetObject(b, (UUID *)(uintptr_t)o->object);
    if (!status)
        status = protect(o, f, b);
    if (!status)
        status = name_entry(b, f);
    if (!status)
        status = set_times(b, com_timeout(step_ms), step_ms);
    if (!status)
        status = RpcBindingBind(NULL, b, o->if_spec);
    if (!status)
        status = set_times(b, RPC_C_BINDING_DEFAULT_TIMEOUT, 0);
    if (status == RPC_S_INVALID_ARG) /* the rest of the arguments was looked at */
        status = RPC_S_INVALID_ENDPOINT_FORMAT;
    if (status)
        let_go(&b);
    else
        *ret = b;
    return status;
}

/* Nobody is there, nobody who could be asked, or who says anything: another instance may be. */
static bool is_away(RPC_STATUS s)
{
    return s == RPC_S_SERVER_UNAVAILABLE || s == RPC_S_SERVER_TOO_BUSY ||
           s == RPC_S_CALL_FAILED_DNE || s == EPT_S_NOT_REGISTERED || s == RPC_S_CALL_CANCELLED ||
           s == RPC_S_INVALID_STRING_BINDING || s == RPC_S_INVALID_NET_ADDR ||
           s == RPC_S_INVALID_ENDPOINT_FORMAT;
}

static bool is_over_tcp(const char *text)
{
    return strncasecmp(text, OVER_TCP, sizeof OVER_TCP - 1) == 0;
}

static size_t count_bindings(const struct founds *found)
{
    size_t n = 0, i, k;

    for (i = 0; i < found->count; i++)
        for (k = 0; k < found->found[i].address_count; k++)
            n += is_over_tcp(found->found[i].address[k]);
    return n;
}

/* The first that answers; one that answers and is someone else ends the search. */
static RPC_STATUS bind_first(const CS_NAME_BIND_OPTIONS *o, const struct founds *found,
                             RPC_BINDING_HANDLE *ret, const struct found **ret_which)
{
    struct turns turns =
        turns_begin(o->timeout_ms ? o->timeout_ms : TIMEOUT_MS, count_bindings(found));
    RPC_STATUS status = RPC_S_SERVER_UNAVAILABLE;
    unsigned ms = 0;
    size_t i, k;

    for (i = 0; i < found->count; i++)
        for (k = 0; k < found->found[i].address_count && is_away(status); k++) {
            const char *text = found->found[i].address[k];

            if (!is_over_tcp(text) || !turns_next(&turns, turns_now(), &ms))
                continue;
            status = try_binding(o, &found->found[i], text, ms, ret);
            *ret_which = &found->found[i];
        }
    if (!is_away(status) || !turns.untried)
        return status;
    (void)!turns_over(&turns);
    return RPC_S_CALL_CANCELLED;
}

/* What the stub's interface is called in the directory. */
static enum err type_of(RPC_IF_HANDLE if_spec, char ret[NS_IF_TEXT])
{
    RPC_IF_ID id;
    struct ns_if face;
    RPC_STATUS status = RpcIfInqId(if_spec, &id);

    if (status)
        return detail_fail(ERR_INVALID_PARAMETER, "if_spec is no interface of a stub");
    face.id =
        (struct uuid){ .data1 = id.Uuid.Data1, .data2 = id.Uuid.Data2, .data3 = id.Uuid.Data3 };
    memcpy(face.id.data4, id.Uuid.Data4, sizeof face.id.data4);
    face.major = id.VersMajor;
    face.minor = id.VersMinor;
    ns_if_format(&face, ret);
    return ERR_OK;
}

/* *ret_status is what RPC said, where that is why it failed. */
static enum err find_and_bind(struct session *s, const CS_NAME_BIND_OPTIONS *o,
                              RPC_BINDING_HANDLE *ret, RPC_STATUS *ret_status)
{
    char type[NS_IF_TEXT];
    struct found_query q = { FOUND_RPC, o->name, type };
    struct founds found = { 0 };
    struct trust t = { 0 };
    const struct trust *trust = trust_take(o->trust, &t);
    const struct found *which = NULL;
    RPC_BINDING_HANDLE b = NULL;
    enum err e = type_of(o->if_spec, type);

    if (!e)
        e = founds_trusted(s, &q, o->service_class, trust, &found);
    if (!e)
        *ret_status = bind_first(o, &found, &b, &which);
    if (!e && !*ret_status)
        e = found_confirm(s, trust, which);
    if (e || *ret_status)
        let_go(&b);
    else
        *ret = b;
    founds_free(&found);
    return e;
}

DWORD CsBindName(HANDLE hDS, const CS_NAME_BIND_OPTIONS *options, RPC_BINDING_HANDLE *binding)
{
    RPC_STATUS status = RPC_S_OK;
    struct held h = { 0 };
    struct detail kept;
    enum err e;

    detail_begin("CsBindName");
    if (!options || options->size != sizeof *options || !options->name || !*options->name ||
        !options->if_spec || !options->service_class || !*options->service_class || !binding)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = find_and_bind(h.session, options, binding, &status);
    kept = *detail_get();
    binding_release(&h);
    if (e || !status)
        return win32_text_code(e);
    *detail_get() = kept;
    return (DWORD)status;
}
