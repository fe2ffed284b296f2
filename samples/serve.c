/* SPDX-License-Identifier: Apache-2.0
 * serve.c - the service's side of a conversation; see serve.h.
 */
#include "serve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conversation.h"

/* ---- authenticate ---- */

/* One leg after the other, until the package says that both ends have proved themselves. A client
 * that gets it wrong is told no more than an error token: the reason stays in our own log. */
static SECURITY_STATUS authenticate(int sock, CredHandle *credentials, CtxtHandle *context)
{
    /* INTEGRITY, CONFIDENTIALITY: the messages after this. REPLAY and SEQUENCE: a message that
     * comes twice, late or not at all is noticed. */
    const ULONG want = ASC_REQ_MUTUAL_AUTH | ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY |
                       ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_ALLOCATE_MEMORY;
    static _Thread_local struct frame f;
    SecBuffer in, out;
    SecBufferDesc input = { SECBUFFER_VERSION, 1, &in }, output = { SECBUFFER_VERSION, 1, &out };
    SECURITY_STATUS status;
    ULONG granted = 0;
    TimeStamp expiry;

    do {
        if (!receive_token(sock, &f, &in))
            return SEC_E_INCOMPLETE_MESSAGE;
        out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
        status =
            AcceptSecurityContext(credentials, SecIsValidHandle(context) ? context : NULL, &input,
                                  want, SECURITY_NATIVE_DREP, context, &output, &granted, &expiry);
        if (!send_token(sock, &out))
            return SEC_E_INCOMPLETE_MESSAGE;
    } while (status == SEC_I_CONTINUE_NEEDED);

    /* What was granted is what counts: the client decides part of it. */
    if (status == SEC_E_OK && (~granted & (ASC_RET_MUTUAL_AUTH | ASC_RET_SEQUENCE_DETECT)))
        status = SEC_E_MUTUAL_AUTH_FAILED;
    return status;
}

/* ---- converse ---- */

/* Answers in kind: what was asked under seal is answered under seal. Ends at the first message
 * that is not what its sender sent: after that, nothing on this connection can be believed. */
static void converse(int sock, CtxtHandle *context, const char *client)
{
    static _Thread_local struct frame f;
    char answer[WIRE_MAX / 2];
    const char *text;
    SECURITY_STATUS status;

    while (wire_receive(sock, &f)) {
        status = hear(context, &f, &text);
        if (failed(f.kind == WIRE_SIGNED ? "VerifySignature" : "DecryptMessage", (DWORD)status)) {
            printf("%s: REFUSED a message, closing\n", client);
            return;
        }
        printf("%s: %s \"%s\"\n", client, f.kind == WIRE_SIGNED ? "signed" : "sealed", text);
        snprintf(answer, sizeof answer, "%s, I heard: %.1000s", client, text);
        if (failed("the answer", (DWORD)say(sock, context, f.kind, answer)))
            return;
    }
    if (!wire_ended())
        fprintf(stderr, "%s: %s\n", client, wire_error());
}

struct caller {
    int sock;
    CredHandle *credentials;
};

static void *serve(void *argument)
{
    struct caller caller = *(struct caller *)argument;
    char from[WIRE_NAME];
    SecPkgContext_NativeNamesA names = { 0 };
    CtxtHandle context;
    SECURITY_STATUS status;

    free(argument);
    SecInvalidateHandle(&context);
    wire_name(caller.sock, true, from);
    status = authenticate(caller.sock, caller.credentials, &context);
    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&context, SECPKG_ATTR_NATIVE_NAMES, &names);
    if (failed("AcceptSecurityContext", (DWORD)status)) {
        printf("%s: REFUSED a caller, closing\n", from);
    } else {
        printf("%s: authenticated from %s, asking for %s\n", names.sClientName, from,
               names.sServerName);
        print_protection(&context);
        converse(caller.sock, &context, names.sClientName);
    }
    FreeContextBuffer(names.sClientName);
    FreeContextBuffer(names.sServerName);
    if (SecIsValidHandle(&context))
        DeleteSecurityContext(&context);
    close(caller.sock);
    return NULL;
}

int serve_all(int listener, CredHandle *credentials)
{
    for (;;) {
        struct caller *caller = malloc(sizeof *caller);
        pthread_t thread;

        if (!caller)
            return 1;
        *caller = (struct caller){ wire_accept(listener), credentials };
        if (caller->sock < 0 || pthread_create(&thread, NULL, serve, caller)) {
            fprintf(stderr, "%s\n", caller->sock < 0 ? wire_error() : "no thread for a caller");
            free(caller);
            return 1;
        }
        pthread_detach(thread);
    }
}
