/* SPDX-License-Identifier: Apache-2.0
 * sockauth-service.c - a socket service that proves who it is and asks its clients to do the same.
 *
 *      sockauth-service --install   --account NAME
 *      sockauth-service --run       --account NAME --keytab FILE --listen HOST:PORT [--point GUID]
 *      sockauth-service --uninstall --account NAME
 *
 * The scenario is the documentation's "Mutual Authentication in a Windows Sockets Service with
 * SCP". Three things make it work, and they are this file's parts:
 *
 *  - install: a service connection point tells clients where the service is, and a service
 *    principal name on the account says whose key the domain uses for its callers' tickets;
 *  - authenticate: whoever connects hands over a ticket that only that key opens, and gets back an
 *    answer that only the owner of the key could write;
 *  - converse: every message is signed or sealed with a key both now share.
 *
 * The network in between may do what it likes. See sockauth-client.c for the other end.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign.h>
#include <ntdsapi.h>
#include <scp.h>

#include "conversation.h"
#include "sockauth.h"

enum verb { INSTALL, UNINSTALL, RUN, NONE };

struct options {
    enum verb verb;
    const char *account, *keytab, *listen, *point;
};

/* ---- install: once, by an administrator, who is logged on (kinit) ---- */

static CS_SERVICE described(const struct options *o)
{
    static const char *const keywords[] = { SOCKAUTH_GUID, SOCKAUTH_NAME };
    static const char *const nowhere[] = { "0" }; /* until the service says where it listens */

    return (CS_SERVICE){
        .size = sizeof(CS_SERVICE),
        .name = SOCKAUTH_NAME,
        .service_class = SOCKAUTH_CLASS,
        .account = o->account, /* who may prove the name, and change host and port */
        .keywords = keywords,
        .keyword_count = 2,
        .bindings = nowhere,
        .binding_count = 1,
    };
}

static int install(const struct options *o)
{
    CS_SERVICE service = described(o);
    CS_SERVICE_POINT *point = NULL;
    DWORD e = CsPublishService(NULL, &service, &point);

    if (failed("CsPublishService", e))
        return 1;
    printf("published   %s\n", point->dn);
    printf("as          %s on %s\n", point->service_class, point->dns_name);
    /* The DN changes when somebody moves the object, its GUID never does: so --run wants that. */
    printf("guid        %s\n", point->guid);
    CsFreeServicePoint(point);
    return 0;
}

static int uninstall(const struct options *o)
{
    CS_SERVICE service = described(o);

    if (failed("CsWithdrawService", CsWithdrawService(NULL, &service)))
        return 1;
    puts("withdrawn");
    return 0;
}

/* ---- start: what the service makes sure of before it takes its first caller ---- */

/* Without its names on its account no client gets a ticket that this service can open, and the
 * clients' errors would say so in many ways: one line here is kinder. */
static DWORD check_names(HANDLE directory, const struct options *o)
{
    DWORD count = 0, missing_count = 0, i, e;
    char **spns = NULL, **missing = NULL;

    e = DsGetSpn(DS_SPN_DNS_HOST, SOCKAUTH_CLASS, NULL, 0, 0, NULL, NULL, &count, &spns);
    if (e == ERROR_SUCCESS)
        e = CsCheckServiceNames(directory, o->account, (const char *const *)spns, count, &missing,
                                &missing_count);
    for (i = 0; i < missing_count; i++)
        fprintf(stderr, "%s does not hold %s\n", o->account, missing[i]);
    DsFreeSpnArray(missing_count, missing);
    DsFreeSpnArray(count, spns);
    return e;
}

/* As itself: the service's account may change two attributes of its own entry and no more. */
static DWORD announce(const struct options *o, CredHandle *credentials, const char *where)
{
    CS_DIRECTORY_OPTIONS how = { .size = sizeof how, .credential = credentials };
    HANDLE directory = NULL;
    DWORD e = CsBindDirectory(&how, &directory);

    if (e == ERROR_SUCCESS)
        e = check_names(directory, o);
    if (e == ERROR_SUCCESS && o->point)
        e = CsUpdateServicePoint(directory, o->point, NULL, &where, 1, NULL);
    if (directory)
        DsUnBind(&directory);
    return e;
}

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

/* ---- run ---- */

static int serve_all(int listener, CredHandle *credentials)
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

/* A keytab holds the account's keys, so that no password need stand anywhere. They serve twice: to
 * accept callers, and to be a caller of the directory ourselves. */
static SECURITY_STATUS log_on(const struct options *o, CredHandle *ret)
{
    CS_CREDENTIAL_OPTIONS how = {
        .size = sizeof how, .use = SECPKG_CRED_BOTH, .principal = o->account, .keytab = o->keytab
    };

    return CsAcquireCredentials(&how, ret, NULL);
}

static int run(const struct options *o)
{
    char where[WIRE_NAME];
    CredHandle credentials;
    SECURITY_STATUS status = log_on(o, &credentials);
    int listener;

    if (failed("CsAcquireCredentials", (DWORD)status))
        return 1;
    listener = wire_listen(o->listen);
    if (listener < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return 1;
    }
    wire_name(listener, false, where);
    if (failed("the directory", announce(o, &credentials, where)))
        return 1;
    printf("listening on %s\n", where);
    return serve_all(listener, &credentials);
}

static bool options_read(char **arguments, struct options *o)
{
    static const char *const verbs[] = { "--install", "--uninstall", "--run" };
    const struct option_value values[] = {
        { "--account", &o->account },
        { "--keytab", &o->keytab },
        { "--listen", &o->listen },
        { "--point", &o->point },
    };
    int i;

    for (i = 0; i < 3; i++) {
        if (arguments[0] && strcmp(arguments[0], verbs[i]) == 0)
            o->verb = (enum verb)i;
    }
    return o->verb != NONE && option_values(arguments + 1, values, 4) && o->account &&
           (o->verb != RUN || (o->keytab && o->listen));
}

int main(int argc, char **argv)
{
    struct options o = { .verb = NONE };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !options_read(argv + 1, &o)) {
        fprintf(stderr, "usage: sockauth-service --install   --account NAME\n"
                        "       sockauth-service --uninstall --account NAME\n"
                        "       sockauth-service --run       --account NAME --keytab FILE"
                        " --listen HOST:PORT [--point GUID]\n");
        return 2;
    }
    return o.verb == RUN ? run(&o) : o.verb == INSTALL ? install(&o) : uninstall(&o);
}
