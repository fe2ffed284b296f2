/* SPDX-License-Identifier: Apache-2.0
 * audit_active.c - the operations of an IDL, called with nothing.
 */
#include "audit_active.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#include "ask.h"
#include "program.h"

const char *active_word(enum active_verdict v)
{
    static const char *const words[] = { "not called", "refused", "absent",
                                         "unknown",    "reached", "answered" };

    return words[v];
}

/* ---- what the IDL says ---- */

/* countersign-idl of the same build: beside this program, else wherever the PATH has it. */
static void compiler_path(char ret[PATH_MAX])
{
    static const char name[] = "countersign-idl";
    ssize_t n = readlink("/proc/self/exe", ret, PATH_MAX - sizeof name - 1);
    char *slash;

    ret[n > 0 ? n : 0] = '\0';
    slash = strrchr(ret, '/');
    if (slash)
        snprintf(slash + 1, sizeof name, "%s", name);
    if (!slash || access(ret, X_OK))
        snprintf(ret, PATH_MAX, "%s", name);
}

/* "interface UUID 1.0 name" or "operation 3 full name"; false: another line, or too many. */
static bool take_line(struct active *a, RPC_IF_ID *face, const char *line)
{
    char uuid[64], word[8], name[ACTIVE_NAME];
    unsigned major, minor, number;

    if (sscanf(line, "interface %63s %5u.%5u", uuid, &major, &minor) == 3) {
        face->VersMajor = (USHORT)major;
        face->VersMinor = (USHORT)minor;
        return UuidFromStringA(cstr(uuid), &face->Uuid) == RPC_S_OK;
    }
    if (sscanf(line, "operation %5u %7s %63s", &number, word, name) != 3 ||
        a->operation_count == ACTIVE_OPERATIONS)
        return false;
    a->operations[a->operation_count] = (struct active_operation){
        .face = *face, .number = number, .full = strcmp(word, "full") == 0
    };
    snprintf(a->operations[a->operation_count++].name, ACTIVE_NAME, "%s", name);
    return true;
}

/* NULL, or what failed. */
static const char *read_file(struct active *a, const char *file)
{
    char compiler[PATH_MAX], path[PATH_MAX], line[256];
    char *const argv[] = { compiler, (char *)(uintptr_t) "--list", path, NULL };
    struct program p;
    RPC_IF_ID face = { 0 };
    const char *why;
    bool good = true;
    int error;

    if (!realpath(file, path)) /* which no option is, either */
        return strerror(errno);
    compiler_path(compiler);
    error = program_begin(argv, &p);
    if (error)
        return strerror(error);
    while (good && fgets(line, sizeof line, p.out))
        good = take_line(a, &face, line);
    why = program_end(&p);
    return why    ? "countersign-idl does not take it"
           : good ? NULL
                  : "countersign-idl says what is not understood";
}

bool active_add(struct active *a, const char *file)
{
    const char **more = mem_array(a->idl_count + 1, sizeof *more);

    if (!more)
        return false;
    if (a->idl_count)
        memcpy(more, a->idl, a->idl_count * sizeof *more);
    more[a->idl_count++] = file;
    mem_free(a->idl);
    a->idl = more;
    return true;
}

int active_read(struct active *a)
{
    size_t i;

    if (!a->wanted)
        return EXIT_DONE;

    a->operations = mem_array(ACTIVE_OPERATIONS, sizeof *a->operations);
    if (!a->operations)
        return out_fail("not enough memory");
    for (i = 0; i < a->idl_count; i++) {
        const char *why = read_file(a, a->idl[i]);

        if (why)
            return out_fail("%s: %s", a->idl[i], why);
    }
    return EXIT_DONE;
}

/* ---- asking ---- */

static enum active_verdict verdict_of(RPC_STATUS status)
{
    switch (status) {
    case RPC_S_OK:
        return ACTIVE_ANSWERED;
    case RPC_S_ACCESS_DENIED:
        return ACTIVE_REFUSED;
    case RPC_S_PROCNUM_OUT_OF_RANGE:
    case RPC_S_UNKNOWN_IF:
        return ACTIVE_ABSENT;
    case RPC_S_SERVER_UNAVAILABLE:
    case RPC_S_CALL_FAILED:
    case RPC_S_CALL_FAILED_DNE:
    case RPC_S_CALL_CANCELLED:
    case RPC_S_SERVER_TOO_BUSY:
    case RPC_S_SEC_PKG_ERROR:
    case RPC_S_UNKNOWN_AUTHN_SERVICE:
    case RPC_S_UNKNOWN_AUTHN_LEVEL:
    case RPC_S_PROTOCOL_ERROR:
    case RPC_S_OUT_OF_MEMORY:
        return ACTIVE_UNKNOWN;
    default: /* a fault of the stub: it was looked at */
        return ACTIVE_REACHED;
    }
}

/* A request without one octet. */
static enum active_verdict call_one(RPC_BINDING_HANDLE b, const struct active_operation *o)
{
    const CS_CLIENT_INTERFACE face = { { .Length = sizeof face,
                                         .StubAbi = CS_STUB_ABI,
                                         .Side = CS_INTERFACE_CLIENT,
                                         .Id = o->face,
                                         .Name = "the interface" } };
    CS_CLIENT_CALL call;

    (void)CsClientBegin(&call, &face, b, o->number, 0);
    (void)CsClientSend(&call);
    return verdict_of(CsClientEnd(&call));
}

static enum active_verdict call_as(const struct endpoints *e, const struct endpoint *p,
                                   const struct active_operation *o, ULONG level)
{
    RPC_BINDING_HANDLE b = endpoints_bind(e, p);
    enum active_verdict v = ACTIVE_UNKNOWN;

    if (b && (level == RPC_C_AUTHN_LEVEL_NONE ||
              ask_as_user(b, e->name, level, RPC_C_AUTHN_GSS_NEGOTIATE) == RPC_S_OK))
        v = call_one(b, o);
    RpcBindingFree(&b);
    return v;
}

static void ask_one(const struct endpoints *e, struct active_call *c, const struct active *a)
{
    const struct endpoint *p = &e->all[c->endpoint];
    const struct active_operation *o = &a->operations[c->operation];
    const struct verdict *v = &p->verdict;
    bool local = strcmp(p->sequence, "ncalrpc") == 0;

    if (!o->full)
        return;
    c->anybody = call_as(e, p, o, RPC_C_AUTHN_LEVEL_NONE);
    if (!e->asked_as_user || local || !(v->asked[0] || v->asked[1]))
        return;
    c->weak = call_as(e, p, o, RPC_C_AUTHN_LEVEL_CONNECT);
    if (c->weak == ACTIVE_REFUSED)
        c->weak = call_as(e, p, o, RPC_C_AUTHN_LEVEL_PKT);
}

static bool is_of(const struct endpoint *p, const struct active_operation *o)
{
    RPC_STATUS status;

    return p->verdict.state == ENDPOINT_ANSWERS && p->id.VersMajor == o->face.VersMajor &&
           UuidEqual((UUID *)(uintptr_t)&p->id.Uuid, (UUID *)(uintptr_t)&o->face.Uuid, &status);
}

/* ---- how many at once ---- */

/* A connection of its own, of nobody; NULL: it is not to be had. */
static RPC_BINDING_HANDLE connect_once(const struct endpoints *e, const struct endpoint *p)
{
    RPC_BINDING_HANDLE b = endpoints_bind(e, p);
    const struct active_operation none = { .face = p->id, .number = ASK_NO_OPERATION };

    if (b && RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE) == RPC_S_OK &&
        call_one(b, &none) != ACTIVE_UNKNOWN)
        return b;
    RpcBindingFree(&b);
    return NULL;
}

static unsigned connect_often(const struct endpoints *e, const struct endpoint *p)
{
    RPC_BINDING_HANDLE all[ACTIVE_CONNECTIONS];
    unsigned n = 0, i;

    while (n < ACTIVE_CONNECTIONS && (all[n] = connect_once(e, p)))
        n++;
    for (i = 0; i < n; i++)
        RpcBindingFree(&all[i]);
    return n;
}

static void ask_connections(struct endpoints *e)
{
    size_t i, k;

    for (i = 0; i < e->count; i++) {
        struct endpoint *p = &e->all[i];

        if (p->verdict.state != ENDPOINT_ANSWERS || strcmp(p->sequence, "ncalrpc") == 0)
            continue;
        out_progress("connecting as often as is allowed");
        for (k = 0; k < i && !endpoints_same_server(e, &e->all[k], p); k++)
            ;
        p->connections = k < i ? e->all[k].connections : connect_often(e, p);
    }
}

bool active_ask(struct active *a, struct endpoints *e)
{
    size_t i, k, n = 0;
    char doing[96];

    for (i = 0; i < e->count; i++)
        for (k = 0; k < a->operation_count; k++)
            n += is_of(&e->all[i], &a->operations[k]);
    a->calls = mem_array(n + 1, sizeof *a->calls);
    if (!a->calls)
        return false;
    for (i = 0; i < e->count; i++)
        for (k = 0; k < a->operation_count; k++) {
            if (!is_of(&e->all[i], &a->operations[k]))
                continue;
            snprintf(doing, sizeof doing, "calling operations: %zu of %zu", a->call_count, n);
            out_progress(doing);
            a->calls[a->call_count] = (struct active_call){ .endpoint = i, .operation = k };
            ask_one(e, &a->calls[a->call_count++], a);
        }
    ask_connections(e);
    out_progress(NULL);
    return true;
}

void active_done(struct active *a)
{
    mem_free(a->idl);
    mem_free(a->operations);
    mem_free(a->calls);
}
