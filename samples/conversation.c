/* SPDX-License-Identifier: Apache-2.0
 * conversation.c - protecting messages and opening them; see conversation.h.
 */
#include "conversation.h"

#include <stdio.h>
#include <string.h>

bool send_token(int sock, SecBuffer *made)
{
    static _Thread_local struct frame f;
    bool good = made->cbBuffer <= WIRE_MAX;

    if (good && made->cbBuffer > 0) {
        f.kind = WIRE_TOKEN;
        f.len = made->cbBuffer;
        memcpy(f.body, made->pvBuffer, f.len);
        good = wire_send(sock, &f);
    }
    if (made->pvBuffer)
        FreeContextBuffer(made->pvBuffer);
    return good;
}

bool receive_token(int sock, struct frame *frame, SecBuffer *ret)
{
    if (!wire_receive(sock, frame) || frame->kind != WIRE_TOKEN)
        return false;
    *ret = (SecBuffer){ (ULONG)frame->len, SECBUFFER_TOKEN, frame->body };
    return true;
}

/* A signed message stays readable; its signature travels behind it. */
static SECURITY_STATUS sign(CtxtHandle *context, const SecPkgContext_Sizes *sizes, struct frame *f,
                            const char *text, size_t len)
{
    BYTE signature[1024];
    SecBuffer parts[2] = { { (ULONG)len, SECBUFFER_DATA, wire_signed_data(f) },
                           { sizes->cbMaxSignature, SECBUFFER_TOKEN, signature } };
    SecBufferDesc message = { SECBUFFER_VERSION, 2, parts };
    SECURITY_STATUS status;

    if (sizes->cbMaxSignature > sizeof signature)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(wire_signed_data(f), text, len);
    status = MakeSignature(context, 0, &message, 0);
    if (status == SEC_E_OK && !wire_signed_join(f, signature, parts[1].cbBuffer, len))
        status = SEC_E_BUFFER_TOO_SMALL;
    return status;
}

/* A sealed message is encrypted where it stands. The package may use less of the token's and the
 * padding's room than it asked for; closed up, the three are what gss_wrap would have made. */
static SECURITY_STATUS seal(CtxtHandle *context, const SecPkgContext_Sizes *sizes, struct frame *f,
                            const char *text, size_t len)
{
    BYTE *token = f->body, *data = token + sizes->cbSecurityTrailer, *padding = data + len;
    SecBuffer parts[3] = { { sizes->cbSecurityTrailer, SECBUFFER_TOKEN, token },
                           { (ULONG)len, SECBUFFER_DATA, data },
                           { sizes->cbBlockSize, SECBUFFER_PADDING, padding } };
    SecBufferDesc message = { SECBUFFER_VERSION, 3, parts };
    SECURITY_STATUS status;

    memcpy(data, text, len);
    status = EncryptMessage(context, 0, &message, 0);
    if (status != SEC_E_OK)
        return status;
    memmove(token + parts[0].cbBuffer, data, len + parts[2].cbBuffer);
    f->kind = WIRE_SEALED;
    f->len = parts[0].cbBuffer + len + parts[2].cbBuffer;
    return SEC_E_OK;
}

SECURITY_STATUS say(int sock, CtxtHandle *context, enum wire_kind kind, const char *text)
{
    static _Thread_local struct frame f;
    SecPkgContext_Sizes sizes;
    size_t len = strlen(text);
    SECURITY_STATUS status = QueryContextAttributes(context, SECPKG_ATTR_SIZES, &sizes);

    if (status != SEC_E_OK)
        return status;
    if (len > WIRE_MAX - sizes.cbSecurityTrailer - sizes.cbBlockSize - sizes.cbMaxSignature - 4)
        return SEC_E_BUFFER_TOO_SMALL;
    status = (kind == WIRE_SIGNED ? sign : seal)(context, &sizes, &f, text, len);
    if (status == SEC_E_OK && !wire_send(sock, &f))
        status = SEC_E_INCOMPLETE_MESSAGE;
    return status;
}

/* VerifySignature is handed the message and its signature and changes neither. */
static SECURITY_STATUS verify(CtxtHandle *context, struct frame *f, struct wire_part *ret_data)
{
    struct wire_part data, token;
    SecBuffer parts[2];
    SecBufferDesc message = { SECBUFFER_VERSION, 2, parts };
    SECURITY_STATUS status;
    ULONG quality;

    if (!wire_signed_split(f, &data, &token))
        return SEC_E_INVALID_TOKEN;
    parts[0] = (SecBuffer){ (ULONG)data.len, SECBUFFER_DATA, data.ptr };
    parts[1] = (SecBuffer){ (ULONG)token.len, SECBUFFER_TOKEN, token.ptr };
    status = VerifySignature(context, &message, 0, &quality);
    if (status == SEC_E_OK)
        *ret_data = data;
    return status;
}

/* DecryptMessage finds token and data in a stream by itself and points DATA at the plain text.
 * Only quality 0 is encrypted: a sender may also wrap without, and must not get away with it. */
static SECURITY_STATUS unseal(CtxtHandle *context, struct frame *f, struct wire_part *ret_data)
{
    SecBuffer parts[2] = { { (ULONG)f->len, SECBUFFER_STREAM, f->body },
                           { 0, SECBUFFER_DATA, NULL } };
    SecBufferDesc message = { SECBUFFER_VERSION, 2, parts };
    ULONG quality = 0;
    SECURITY_STATUS status = DecryptMessage(context, &message, 0, &quality);

    if (status != SEC_E_OK)
        return status;
    if (quality == SECQOP_WRAP_NO_ENCRYPT)
        return SEC_E_QOP_NOT_SUPPORTED;
    *ret_data = (struct wire_part){ parts[1].pvBuffer, parts[1].cbBuffer };
    return SEC_E_OK;
}

SECURITY_STATUS hear(CtxtHandle *context, struct frame *frame, const char **ret_text)
{
    struct wire_part data;
    size_t i;
    SECURITY_STATUS status = SEC_E_INVALID_TOKEN; /* a leg of the authentication: not here */

    if (frame->kind == WIRE_SIGNED)
        status = verify(context, frame, &data);
    else if (frame->kind == WIRE_SEALED)
        status = unseal(context, frame, &data);
    if (status != SEC_E_OK)
        return status;
    /* Moved to the front of the frame, the text has room for a terminating zero behind it. Who
     * signed it is certain now, and may still have filled it with orders to our terminal. */
    memmove(frame->body, data.ptr, data.len);
    for (i = 0; i < data.len; i++) {
        if (frame->body[i] < ' ' || frame->body[i] == 0x7f)
            frame->body[i] = '?';
    }
    frame->body[data.len] = '\0';
    *ret_text = (const char *)frame->body;
    return SEC_E_OK;
}

void print_protection(CtxtHandle *context)
{
    SecPkgContext_NegotiationInfoA chosen;
    SecPkgContext_KeyInfoA key;
    SECURITY_STATUS status;

    status = QueryContextAttributesA(context, SECPKG_ATTR_NEGOTIATION_INFO, &chosen);
    if (status == SEC_E_OK) {
        printf("  package     %s\n", chosen.PackageInfo->Name);
        FreeContextBuffer(chosen.PackageInfo);
    }
    status = QueryContextAttributesA(context, SECPKG_ATTR_KEY_INFO, &key);
    if (status == SEC_E_OK) {
        printf("  signed by   %s\n", key.sSignatureAlgorithmName);
        printf("  sealed by   %s, %u bits\n", key.sEncryptAlgorithmName, (unsigned)key.KeySize);
        FreeContextBuffer(key.sSignatureAlgorithmName);
        FreeContextBuffer(key.sEncryptAlgorithmName);
    }
}
