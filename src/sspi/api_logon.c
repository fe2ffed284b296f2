/* SPDX-License-Identifier: Apache-2.0
 * api_logon.c - clients that are not here, logged on by a service: S4U2self.  [MS-SFU] 3.1.5.1.1
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
#include "sspi/api_convert.h"
#include "sspi/credential.h"
#include "sspi/status.h"
#include "sspi/token.h"

static void logon_done(struct client_logon *l)
{
    if (l->credential)
        l->package->credential_free(l->credential);
    identity_unref(l->identity);
    mem_free(l->name);
}

/* Of the package that the service's own credentials are of. */
static enum err adopt(const struct credential *service, struct client_logon *l,
                      struct credential **ret)
{
    const struct package *p = service->package;
    void *inner = l->credential;
    enum err e;

    if (p != l->package) {
        e = p->wrap(l->package, NULL, l->credential, &inner);
        if (e)
            return e;
    }
    l->credential = NULL;
    return credential_adopt(p, inner, CREDENTIAL_OUTBOUND, ret);
}

static enum err give_credential(const struct credential *service, struct client_logon *l,
                                handle_id *ret)
{
    struct credential *c = NULL;
    enum err e = adopt(service, l, &c);

    if (!e)
        e = handle_new(HANDLE_CREDENTIAL, c, credential_release, ret);
    if (e)
        credential_unref(c);
    return e;
}

static enum err log_on(const struct credential *service, const char *client, ULONG max_age,
                       handle_id *ret_token, handle_id *ret_credential, time_t *ret_expiry)
{
    const struct package *p = service->package;
    struct client_logon l = { .outbound = ret_credential != NULL };
    handle_id token = 0, credential = 0;
    enum err e;

    if (!p->logon_client)
        return detail_fail(ERR_UNSUPPORTED, "%s logs nobody on", p->name);
    e = p->logon_client(service->inner, client, max_age, &l);
    if (!e && ret_token)
        e = token_of_logon(&l, &token);
    if (!e && ret_credential)
        e = give_credential(service, &l, &credential);
    if (!e) {
        if (ret_token)
            *ret_token = token;
        if (ret_credential)
            *ret_credential = credential;
        *ret_expiry = l.expiry;
    } else if (token && handle_close(token, HANDLE_TOKEN)) {
        e = ERR_INTERNAL; /* a handle just made is there */
    }
    logon_done(&l);
    return e;
}

SECURITY_STATUS CsLogonClient(PCredHandle service, const char *client, ULONG max_age, HANDLE *token,
                              PCredHandle credential, PTimeStamp expiry)
{
    handle_id token_id = 0, credential_id = 0;
    void *object = NULL;
    time_t end = 0;
    enum err e;

    detail_begin("CsLogonClient");
    if (!client || !client[0])
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "no client is named"));
    e = handle_get(handle_in(service), HANDLE_CREDENTIAL, &object);
    if (e)
        return sec_status(detail_fail(e, "no such credential handle"));
    e = log_on(object, client, max_age, token ? &token_id : NULL,
               credential ? &credential_id : NULL, &end);
    handle_put(handle_in(service));
    if (e)
        return sec_status(e);
    if (token)
        *token = (HANDLE)(uintptr_t)token_id;
    if (credential)
        handle_out(credential_id, credential);
    if (expiry)
        *expiry = time_out(end);
    return SEC_E_OK;
}
