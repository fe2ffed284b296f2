/* SPDX-License-Identifier: Apache-2.0
 * talk.c - the client's side of a conversation; see talk.h.
 */
#include "talk.h"

#include <stdio.h>

#include "conversation.h"

/* ---- authenticate ---- */

/* spn is whom we expect, which is not where we connected to: an address may lead to anybody. The
 * KDC gives us a ticket that only the account holding that name can open, and only who opened it
 * can give the answer that InitializeSecurityContext asks for. */
static SECURITY_STATUS authenticate(int sock, CredHandle *credentials, const char *spn,
                                    CtxtHandle *context)
{
    /* MUTUAL_AUTH: without it we would have proved ourselves to whoever answered. INTEGRITY and
     * CONFIDENTIALITY: the messages after this. REPLAY and SEQUENCE: a message that comes twice,
     * late or not at all is noticed. */
    const ULONG want = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY |
                       ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_ALLOCATE_MEMORY;
    static struct frame f;
    SecBuffer in, out;
    SecBufferDesc input = { SECBUFFER_VERSION, 1, &in }, output = { SECBUFFER_VERSION, 1, &out };
    SECURITY_STATUS status;
    ULONG granted = 0;
    bool first = true;
    TimeStamp expiry;

    for (;;) {
        out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
        status = InitializeSecurityContext(credentials, first ? NULL : context, spn, want, 0,
                                           SECURITY_NATIVE_DREP, first ? NULL : &input, 0, context,
                                           &output, &granted, &expiry);
        first = false;
        if (!send_token(sock, &out))
            return SEC_E_INCOMPLETE_MESSAGE;
        if (status != SEC_I_CONTINUE_NEEDED)
            break;
        if (!receive_token(sock, &f, &in))
            return SEC_E_INCOMPLETE_MESSAGE;
    }

    /* What was granted is what counts. */
    if (status == SEC_E_OK && (granted & ISC_RET_MUTUAL_AUTH) == 0)
        status = SEC_E_MUTUAL_AUTH_FAILED;
    return status;
}

/* ---- converse ---- */

static SECURITY_STATUS exchange(int sock, CtxtHandle *context, enum wire_kind kind,
                                const char *text)
{
    static struct frame f;
    const char *word = kind == WIRE_SIGNED ? "signed" : "sealed", *answer = NULL;
    SECURITY_STATUS status = say(sock, context, kind, text);

    if (failed(kind == WIRE_SIGNED ? "MakeSignature" : "EncryptMessage", (DWORD)status))
        return status;
    printf("I say, %s: \"%s\"\n", word, text);
    if (!wire_receive(sock, &f)) {
        fprintf(stderr, "no answer: %s\n", wire_error());
        return SEC_E_INCOMPLETE_MESSAGE;
    }
    /* An answer to a sealed question must be sealed: else a relay could ask us to read in public.
     */
    status = f.kind == kind ? hear(context, &f, &answer) : SEC_E_INVALID_TOKEN;
    if (!failed(f.kind == WIRE_SIGNED ? "VerifySignature" : "DecryptMessage", (DWORD)status))
        printf("it says, %s: \"%s\"\n", word, answer);
    return status;
}

static SECURITY_STATUS converse(int sock, CtxtHandle *context, const char *text,
                                const char *whisper)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (text)
        status = exchange(sock, context, WIRE_SIGNED, text);
    if (status == SEC_E_OK && whisper)
        status = exchange(sock, context, WIRE_SEALED, whisper);
    return status;
}

/* ---- all of it ---- */

SECURITY_STATUS talk(int sock, const char *spn, const char *text, const char *whisper)
{
    CredHandle credentials;
    CtxtHandle context;
    SecPkgContext_NativeNamesA names = { 0 };
    SECURITY_STATUS status;

    /* Our own: whoever ran kinit, or logged on. */
    status = AcquireCredentialsHandle(NULL, NEGOSSP_NAME, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL,
                                      NULL, &credentials, NULL);
    if (failed("AcquireCredentialsHandle", (DWORD)status))
        return status;
    SecInvalidateHandle(&context);
    status = authenticate(sock, &credentials, spn, &context);
    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&context, SECPKG_ATTR_NATIVE_NAMES, &names);
    if (!failed("InitializeSecurityContext", (DWORD)status)) {
        printf("both of us are who we say we are\n");
        printf("  I am        %s\n", names.sClientName);
        printf("  it is       %s\n", names.sServerName);
        print_protection(&context);
        FreeContextBuffer(names.sClientName);
        FreeContextBuffer(names.sServerName);
        status = converse(sock, &context, text, whisper);
    } else if (status == SEC_E_INCOMPLETE_MESSAGE) {
        fprintf(stderr, "%s\n", wire_error());
    }
    if (SecIsValidHandle(&context))
        DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credentials);
    return status;
}
