/* SPDX-License-Identifier: Apache-2.0
 * api_outward.c - CsValidateHost and CsValidatePath.
 */
#include <countersign/rpcguard.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "rpc/outward.h"
#include "rpc/server_call.h"
#include "rpc/text.h"

typedef enum err check(const char *text, const char *const *allowed);

/* Who gave it, where that is a caller; the text itself is his. */
static void tell(const char *what)
{
    struct rpc_server_call *c = rpc_server_call_current();

    if (c)
        log_audit("rpc: \"%s\" gave operation %u of %s a %s that leads elsewhere",
                  rpc_server_call_caller(c).name, c->opnum, c->registration->face->Head.Name, what);
}

static RPC_STATUS validate(const char *function, const char *what, check *is, bool wide,
                           const void *text, const char *const *allowed)
{
    char *utf8 = NULL;
    enum err e;

    detail_begin(function);
    if (!text)
        return RPC_S_INVALID_ARG;
    e = rpc_text_in(wide, text, &utf8);
    if (e == ERR_MALFORMED)
        e = detail_fail(ERR_ACCESS_DENIED, "a %s is no well-formed text", what);
    if (!e)
        e = is(utf8, allowed);
    if (e == ERR_ACCESS_DENIED)
        tell(what);
    mem_free(utf8);
    return err_rpc_status(e);
}

RPC_STATUS CsValidateHostA(RPC_CSTR Host, const char *const *Allowed)
{
    return validate("CsValidateHost", "host", rpc_outward_host, false, Host, Allowed);
}

RPC_STATUS CsValidateHostW(RPC_WSTR Host, const char *const *Allowed)
{
    return validate("CsValidateHost", "host", rpc_outward_host, true, Host, Allowed);
}

RPC_STATUS CsValidatePathA(RPC_CSTR Path, const char *const *Allowed)
{
    return validate("CsValidatePath", "path", rpc_outward_path, false, Path, Allowed);
}

RPC_STATUS CsValidatePathW(RPC_WSTR Path, const char *const *Allowed)
{
    return validate("CsValidatePath", "path", rpc_outward_path, true, Path, Allowed);
}
