/* SPDX-License-Identifier: Apache-2.0
 * api_attribute.c - QueryContextAttributes: one row per attribute.
 *
 * The A and W structures of an attribute have one layout, so that one function fills both.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "sspi/api_convert.h"
#include "sspi/context.h"
#include "sspi/status.h"
#include "sspi/token.h"

struct question {
    enum form form;
    struct context *context;
    struct context_info info;
    void *to; /* the attribute's structure */
};

typedef enum err answer(const struct question *q);

static enum err sizes(const struct question *q)
{
    const struct context_sizes *s = &q->info.sizes;

    *(SecPkgContext_Sizes *)q->to =
        (SecPkgContext_Sizes){ s->max_token, s->max_signature, s->block, s->trailer };
    return ERR_OK;
}

static enum err one_text(const struct question *q, const char *s)
{
    void *text = NULL;
    enum err e;

    if (!s)
        return detail_fail(ERR_UNSUPPORTED, "the package does not tell this of its contexts");
    e = text_out(q->form, s, &text);
    if (!e)
        ((SecPkgContext_NamesA *)q->to)->sUserName = text;
    return e;
}

static enum err names(const struct question *q)
{
    return one_text(q, q->info.client);
}

static enum err authority(const struct question *q)
{
    return one_text(q, q->info.authority);
}

static enum err two_texts(const struct question *q, const char *a, const char *b,
                          SecPkgContext_NativeNamesA *ret)
{
    void *first = NULL;
    void *second = NULL;
    enum err e;

    e = text_out(q->form, a, &first);
    if (!e)
        e = text_out(q->form, b, &second);
    if (e) {
        mem_free(first);
        return e;
    }
    *ret = (SecPkgContext_NativeNamesA){ first, second };
    return ERR_OK;
}

static enum err native_names(const struct question *q)
{
    return two_texts(q, q->info.client, q->info.server, q->to);
}

static enum err lifespan(const struct question *q)
{
    *(SecPkgContext_Lifespan *)q->to =
        (SecPkgContext_Lifespan){ time_out(q->info.start), time_out(q->info.expiry) };
    return ERR_OK;
}

static enum err session_key(const struct question *q)
{
    struct buf key = { 0 };
    enum err e;

    if (!q->info.session_key.len)
        return detail_fail(ERR_UNSUPPORTED, "the context has no session key to tell");
    e = buf_copy(q->info.session_key, &key);
    if (!e)
        *(SecPkgContext_SessionKey *)q->to = (SecPkgContext_SessionKey){ (ULONG)key.len, key.ptr };
    return e;
}

static enum err key_info(const struct question *q)
{
    SecPkgContext_NativeNamesA two = { 0 };
    enum err e;

    e = two_texts(q, q->info.sign_algorithm, q->info.encrypt_algorithm, &two);
    if (!e)
        *(SecPkgContext_KeyInfoA *)q->to =
            (SecPkgContext_KeyInfoA){ two.sClientName, two.sServerName, q->info.key_bits,
                                      q->info.sign_type, q->info.encrypt_type };
    return e;
}

static enum err flags(const struct question *q)
{
    const struct context *c = q->context;

    ((SecPkgContext_Flags *)q->to)->Flags =
        c->initiator ? flags_to_isc(c->flags) : flags_to_asc(c->flags);
    return ERR_OK;
}

static enum err dce_info(const struct question *q)
{
    enum { AUTHZ_NAME = 1 }; /* RPC_C_AUTHZ_NAME */
    void *name = NULL;
    enum err e = text_out(q->form, q->info.client, &name);

    if (!e)
        *(SecPkgContext_DceInfo *)q->to = (SecPkgContext_DceInfo){ AUTHZ_NAME, name };
    return e;
}

static enum err package_info(const struct question *q)
{
    const struct package *p = q->info.package ? q->info.package : q->context->package;

    return package_info_out(q->form, &p, 1, q->to);
}

static enum err negotiation_info(const struct question *q)
{
    SecPkgContext_NegotiationInfoA *to = q->to;
    SecPkgContext_PackageInfoA info = { 0 };
    struct question inner = *q;
    enum err e;

    inner.to = &info;
    e = package_info(&inner);
    if (!e)
        *to = (SecPkgContext_NegotiationInfoA){ info.PackageInfo,
                                                q->context->established
                                                    ? SECPKG_NEGOTIATION_COMPLETE
                                                    : SECPKG_NEGOTIATION_IN_PROGRESS };
    return e;
}

static enum err access_token(const struct question *q)
{
    enum err e = ERR_OK;

    if (q->context->initiator)
        return detail_fail(ERR_UNSUPPORTED, "a client's context has no token of its peer");
    if (!q->context->token)
        e = token_new(q->context, &q->context->token);
    if (!e)
        ((SecPkgContext_AccessToken *)q->to)->AccessToken = (void *)(uintptr_t)q->context->token;
    return e;
}

static enum err specified_target(const struct question *q)
{
    const char *target = q->context->initiator ? q->context->target : q->info.target;
    struct question wide = *q;

    if (!target)
        return detail_fail(ERR_TARGET_UNKNOWN, "the client authenticated no target name");
    wide.form = FORM_W;
    return one_text(&wide, target);
}

/* Negotiate and DCE style cannot know before the last leg. */
static enum err last_token(const struct question *q)
{
    const struct context *c = q->context;
    bool one_leg = c->package == q->info.package && !(c->flags & CONTEXT_DCE_STYLE);

    ((SecPkgContext_LastClientTokenStatus *)q->to)->LastClientTokenStatus =
        c->established                 ? SecPkgAttrLastClientTokenYes
        : one_leg                      ? SecPkgAttrLastClientTokenYes
        : c->flags & CONTEXT_DCE_STYLE ? SecPkgAttrLastClientTokenNo
                                       : SecPkgAttrLastClientTokenMaybe;
    return ERR_OK;
}

/* clang-format off */
static const struct row {
    ULONG attribute;
    size_t size;
    bool early; /* may be asked before the context is established */
    answer *fill;
} rows[] = {
    { SECPKG_ATTR_SIZES,            sizeof(SecPkgContext_Sizes),            false, sizes },
    { SECPKG_ATTR_NAMES,            sizeof(SecPkgContext_NamesA),           false, names },
    { SECPKG_ATTR_LIFESPAN,         sizeof(SecPkgContext_Lifespan),         false, lifespan },
    { SECPKG_ATTR_DCE_INFO,         sizeof(SecPkgContext_DceInfo),          false, dce_info },
    { SECPKG_ATTR_KEY_INFO,         sizeof(SecPkgContext_KeyInfoA),         false, key_info },
    { SECPKG_ATTR_AUTHORITY,        sizeof(SecPkgContext_AuthorityA),       false, authority },
    { SECPKG_ATTR_SESSION_KEY,      sizeof(SecPkgContext_SessionKey),       false, session_key },
    { SECPKG_ATTR_PACKAGE_INFO,     sizeof(SecPkgContext_PackageInfoA),     true,  package_info },
    { SECPKG_ATTR_NEGOTIATION_INFO, sizeof(SecPkgContext_NegotiationInfoA), true,  negotiation_info },
    { SECPKG_ATTR_NATIVE_NAMES,     sizeof(SecPkgContext_NativeNamesA),     false, native_names },
    { SECPKG_ATTR_FLAGS,            sizeof(SecPkgContext_Flags),            true,  flags },
    { SECPKG_ATTR_ACCESS_TOKEN,     sizeof(SecPkgContext_AccessToken),      false, access_token },
    { SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, sizeof(SecPkgContext_ClientSpecifiedTarget), true,
      specified_target },
    { SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, sizeof(SecPkgContext_LastClientTokenStatus), true,
      last_token },
};
/* clang-format on */

static enum err find(ULONG attribute, const struct row **ret)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].attribute == attribute) {
            *ret = &rows[i];
            return ERR_OK;
        }
    }
    return detail_fail(ERR_UNSUPPORTED, "Kerberos and Negotiate contexts have no attribute %u",
                       (unsigned)attribute);
}

static enum err ask(enum form f, struct context *c, const struct row *row, void *buffer)
{
    struct question q = { f, c, { 0 }, buffer };
    enum err e = ERR_OK;

    if (!row->early && !c->established)
        return detail_fail(ERR_UNEXPECTED, "the context is not established");
    e = context_info(c, &q.info);
    return e ? e : row->fill(&q);
}

static SECURITY_STATUS query(enum form f, PCtxtHandle handle, ULONG attribute, void *buffer,
                             size_t size)
{
    const struct row *row = NULL;
    struct context *c = NULL;
    void *object = NULL;
    enum err e;

    detail_begin("QueryContextAttributes");
    e = handle_get(handle_in(handle), HANDLE_CONTEXT, &object);
    if (e)
        return sec_status(detail_fail(e, "no such context handle"));
    c = object;
    e = find(attribute, &row);
    if (!e && !buffer)
        e = ERR_INVALID_PARAMETER;
    if (!e && size < row->size)
        e = ERR_BUFFER_TOO_SMALL;
    if (!e) {
        pthread_mutex_lock(&c->lock);
        e = ask(f, c, row, buffer);
        pthread_mutex_unlock(&c->lock);
    }
    handle_put(handle_in(handle));
    return sec_status(e);
}

SECURITY_STATUS QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer)
{
    return query(FORM_A, phContext, ulAttribute, pBuffer, SIZE_MAX);
}

SECURITY_STATUS QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer)
{
    return query(FORM_W, phContext, ulAttribute, pBuffer, SIZE_MAX);
}

SECURITY_STATUS QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                          ULONG cbBuffer)
{
    return query(FORM_A, phContext, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                          ULONG cbBuffer)
{
    return query(FORM_W, phContext, ulAttribute, pBuffer, cbBuffer);
}
