/* SPDX-License-Identifier: Apache-2.0
 * security_message.c - fragments signed and sealed, verified and opened.  [MS-RPCE] 3.3.1.5.2.2
 *
 *    header signing:  header (covered) | stub and padding | sec_trailer (covered) | token
 *    without:                            stub and padding                         | token
 */
#include "base/detail.h"
#include "countersign/countersign.h"
#include "rpc/security.h"

enum { PIECES = 5 };

static enum err refused(SECURITY_STATUS status, const char *what)
{
    enum err e = status == SEC_E_MESSAGE_ALTERED       ? ERR_ALTERED
                 : status == SEC_E_OUT_OF_SEQUENCE     ? ERR_OUT_OF_SEQUENCE
                 : status == SEC_E_CONTEXT_EXPIRED     ? ERR_EXPIRED
                 : status == SEC_E_INVALID_TOKEN       ? ERR_ALTERED
                 : status == SEC_E_QOP_NOT_SUPPORTED   ? ERR_ALTERED /* signed and not sealed */
                 : status == SEC_E_INSUFFICIENT_MEMORY ? ERR_NO_MEMORY
                                                       : ERR_INTERNAL;

    return detail_fail(e, "rpc: %s a fragment: status %#x", what, (unsigned)status);
}

static SecBuffer covered(struct buf b)
{
    return (SecBuffer){ (ULONG)b.len, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, b.ptr };
}

/* The token is last. */
OFTEN static SecBufferDesc describe(const struct rpc_security *s, const struct rpc_fragment *f,
                                    SecBuffer piece[PIECES])
{
    ULONG n = 0;

    if (s->header_signing)
        piece[n++] = covered(f->head);
    piece[n++] = (SecBuffer){ (ULONG)f->data.len, SECBUFFER_DATA, f->data.ptr };
    if (f->pad.len)
        piece[n++] = (SecBuffer){ (ULONG)f->pad.len, SECBUFFER_DATA, f->pad.ptr };
    if (s->header_signing)
        piece[n++] = covered(f->trailer);
    piece[n++] = (SecBuffer){ (ULONG)f->token.len, SECBUFFER_TOKEN, f->token.ptr };
    return (SecBufferDesc){ SECBUFFER_VERSION, n, piece };
}

static enum err sign(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    SECURITY_STATUS status = SEC_E_OK;
    SecBuffer piece[PIECES];
    SecBufferDesc d;
    size_t i;

    for (i = 0; i < n && status == SEC_E_OK; i++) {
        d = describe(s, &f[i], piece);
        status = MakeSignature(&s->context, 0, &d, 0);
        if (status == SEC_E_OK && piece[d.cBuffers - 1].cbBuffer != s->token_size)
            status = SEC_E_INTERNAL_ERROR;
    }
    return status == SEC_E_OK ? ERR_OK : refused(status, "signing");
}

static enum err verify(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    SECURITY_STATUS status = SEC_E_OK;
    SecBuffer piece[PIECES];
    SecBufferDesc d;
    ULONG qop;
    size_t i;

    for (i = 0; i < n && status == SEC_E_OK; i++) {
        d = describe(s, &f[i], piece);
        status = VerifySignature(&s->context, &d, 0, &qop);
    }
    return status == SEC_E_OK ? ERR_OK : refused(status, "verifying");
}

static enum err seal(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    SECURITY_STATUS status, each[RPC_BATCH];
    SecBuffer piece[RPC_BATCH][PIECES];
    SecBufferDesc d[RPC_BATCH];
    size_t i;

    for (i = 0; i < n; i++)
        d[i] = describe(s, &f[i], piece[i]);
    status = n == 1 ? EncryptMessage(&s->context, 0, d, 0)
                    : CsProtectMessages(&s->context, 0, (ULONG)n, d, each);
    for (i = 0; i < n && status == SEC_E_OK; i++)
        if (piece[i][d[i].cBuffers - 1].cbBuffer != s->token_size)
            status = SEC_E_INTERNAL_ERROR;
    return status == SEC_E_OK ? ERR_OK : refused(status, "sealing");
}

/* A message that is signed and not encrypted has a shorter token, or says so: neither will do. */
static enum err open_one(struct rpc_security *s, const struct rpc_fragment *f)
{
    SecBuffer piece[PIECES];
    SecBufferDesc d = describe(s, f, piece);
    ULONG qop = 0;
    SECURITY_STATUS status = DecryptMessage(&s->context, &d, 0, &qop);

    if (status != SEC_E_OK)
        return refused(status, "opening");
    return qop ? detail_fail(ERR_ALTERED, "rpc: a fragment was to be sealed and is only signed")
               : ERR_OK;
}

OFTEN static enum err open_fragments(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    SECURITY_STATUS status, each[RPC_BATCH];
    SecBuffer piece[RPC_BATCH][PIECES];
    SecBufferDesc d[RPC_BATCH];
    bool usual = n > 1;
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < n; i++)
        usual &= f[i].token.len == s->token_size;
    for (i = 0; i < n && !usual && !e; i++)
        e = open_one(s, &f[i]);
    if (!usual)
        return e;
    for (i = 0; i < n; i++)
        d[i] = describe(s, &f[i], piece[i]);
    status = CsUnprotectMessages(&s->context, 0, (ULONG)n, d, each);
    return status == SEC_E_OK ? ERR_OK : refused(status, "opening");
}

static enum err usable(const struct rpc_security *s, size_t n)
{
    if (s->done && s->token_size && n <= RPC_BATCH)
        return ERR_OK;
    return detail_fail(ERR_INTERNAL, "rpc: %zu fragments for a context of level %u", n, s->level);
}

enum err rpc_security_protect(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    enum err e = usable(s, n);

    if (e)
        return e;
    return s->level == RPC_LEVEL_PRIVACY ? seal(s, f, n) : sign(s, f, n);
}

OFTEN enum err rpc_security_unprotect(struct rpc_security *s, struct rpc_fragment *f, size_t n)
{
    enum err e = usable(s, n);

    if (e)
        return e;
    return s->level == RPC_LEVEL_PRIVACY ? open_fragments(s, f, n) : verify(s, f, n);
}
