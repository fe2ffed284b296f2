/* SPDX-License-Identifier: Apache-2.0
 * audit_inside.c - asking a server of ours what it is: the client's side of inside.idl.
 */
#include "audit_inside.h"

#include <string.h>

#include "base/alloc.h"

#include "ask.h"
#include "ping.h"

void *midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void midl_user_free(void *p)
{
    mem_free(p);
}

/* ---- lists ---- */

/* The next element behind *cursor, which then stands behind it; an exception is the caller's. */
typedef void read_next(handle_t server, ULONGLONG *cursor, void *item);

static void next_interface(handle_t server, ULONGLONG *cursor, void *item)
{
    InsideInterface(server, cursor, item);
}

static void next_place(handle_t server, ULONGLONG *cursor, void *item)
{
    InsidePlace(server, cursor, item);
}

static void next_operation(handle_t server, ULONGLONG *cursor, void *item)
{
    InsideOperation(server, cursor, item);
}

static void next_endpoint(handle_t server, ULONGLONG *cursor, void *item)
{
    InsideEndpoint(server, cursor, item);
}

static void next_principal(handle_t server, ULONGLONG *cursor, void *item)
{
    InsidePrincipal(server, cursor, item);
}

static void next_policy(handle_t server, ULONGLONG *cursor, void *item)
{
    InsidePolicy(server, cursor, item);
}

struct list {
    read_next *next;
    size_t size; /* of an element */
    void **to;
    size_t *count;
};

static bool make_room(const struct list *l, size_t *room)
{
    size_t more = *room ? 2 * *room : 16;
    char *to;

    if (*l->count < *room)
        return true;
    to = mem_array(more, l->size);
    if (!to)
        return false;
    if (*l->count)
        memcpy(to, *l->to, *l->count * l->size);
    mem_free(*l->to);
    *l->to = to;
    *room = more;
    return true;
}

static RPC_STATUS call_next(const struct list *l, handle_t server, ULONGLONG *cursor, void *item)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        l->next(server, cursor, item);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static RPC_STATUS read_list(const struct list *l, handle_t server)
{
    ULONGLONG cursor = 0, before;
    RPC_STATUS status;
    size_t room = 0;

    do {
        if (*l->count == INSIDE_LIST_MAX)
            return RPC_S_PROTOCOL_ERROR;
        if (!make_room(l, &room))
            return RPC_S_OUT_OF_MEMORY;
        before = cursor;
        status = call_next(l, server, &cursor, (char *)*l->to + *l->count * l->size);
        if (status != RPC_S_OK)
            return status;
        if (cursor && cursor <= before)
            return RPC_S_PROTOCOL_ERROR;
        *l->count += cursor != 0;
    } while (cursor);
    return RPC_S_OK;
}

static RPC_STATUS read_process(handle_t server, inside_process *item)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        InsideProcess(server, item);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static RPC_STATUS read_all(struct audit_inside *in, handle_t server)
{
    const struct list lists[] = {
        { next_interface, sizeof *in->interfaces, (void **)&in->interfaces, &in->interface_count },
        { next_place, sizeof *in->places, (void **)&in->places, &in->place_count },
        { next_operation, sizeof *in->operations, (void **)&in->operations, &in->operation_count },
        { next_endpoint, sizeof *in->endpoints, (void **)&in->endpoints, &in->endpoint_count },
        { next_principal, sizeof *in->principals, (void **)&in->principals, &in->principal_count },
        { next_policy, sizeof *in->policies, (void **)&in->policies, &in->policy_count },
    };
    RPC_STATUS status = read_process(server, &in->process);
    size_t i;

    for (i = 0; status == RPC_S_OK && i < sizeof lists / sizeof *lists; i++)
        status = read_list(&lists[i], server);
    if (status == RPC_S_OK && in->process.pid != (ULONG)in->pid)
        status = RPC_S_PROTOCOL_ERROR;
    return status;
}

/* ---- whom ---- */

/* At the process's own endpoint, of that account. */
static RPC_STATUS ask_account(struct audit *a, uid_t uid)
{
    char text[64], name[32];
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status;

    snprintf(text, sizeof text, "ncalrpc:[CS-INSIDE-%d]", (int)a->inside->pid);
    snprintf(name, sizeof name, "S-1-22-1-%u", (unsigned)uid);
    status = RpcBindingFromStringBindingA(cstr(text), &b);
    if (status == RPC_S_OK) {
        endpoints_be_patient(b, a->e.timeout);
        status = ask_as_user(b, name, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE);
    }
    if (status == RPC_S_OK)
        status = read_all(a->inside, b);
    ask_why(status, a->e.why, sizeof a->e.why, a->e.fix, sizeof a->e.fix); /* freeing is a call */
    RpcBindingFree(&b);
    return status;
}

static int tell(const struct audit *a, RPC_STATUS status)
{
    (void)out_fail("process %d cannot be looked at from inside: %s", (int)a->inside->pid, a->e.why);
    switch (status) {
    case RPC_S_SERVER_UNAVAILABLE:
        out_remedy("is it a server of this library that listens, of your account, with the same "
                   "COUNTERSIGN_NCALRPC_DIR, and without policy self-report?");
        return EXIT_NOWHERE;
    case RPC_S_ACCESS_DENIED:
    case RPC_S_SEC_PKG_ERROR:
        out_remedy("its own account and root are told, and policy self-report does not refuse it");
        return EXIT_UNPROVEN;
    default:
        return EXIT_NEGATIVE;
    }
}

/* Each interface is an entry of the report's. False: not enough memory. */
static bool list_interfaces(struct audit *a, const struct audit_inside *in)
{
    size_t i;

    for (i = 0; i < in->interface_count; i++) {
        const inside_interface *f = &in->interfaces[i];
        struct endpoint *to = endpoints_add(&a->e);

        if (!to)
            return false;
        to->id = (RPC_IF_ID){ { f->uuid_1, f->uuid_2, f->uuid_3, { 0 } }, f->major, f->minor };
        memcpy(to->id.Uuid.Data4, f->uuid_4, sizeof to->id.Uuid.Data4);
        snprintf(to->annotation, sizeof to->annotation, "%s", f->name);
    }
    return true;
}

int audit_inside_ask(struct audit *a, pid_t pid)
{
    struct audit_inside *in = mem_zero(sizeof *in);
    RPC_STATUS status;
    uid_t uid = 0;

    if (!in)
        return out_fail("not enough memory");
    a->inside = in;
    in->pid = pid;
    if (!audit_process_account(pid, &uid, in->command)) {
        (void)out_fail("there is no process %d", (int)pid);
        return EXIT_NOWHERE;
    }
    status = ask_account(a, uid);
    if (status == RPC_S_ACCESS_DENIED && uid) /* one that was root's when it began to listen */
        status = ask_account(a, 0);
    if (status != RPC_S_OK)
        return tell(a, status);
    if (!list_interfaces(a, in))
        return out_fail("not enough memory for what the server has");
    snprintf(a->about, sizeof a->about, "process %d%s%s", (int)pid, in->command[0] ? ", " : "",
             in->command);
    return EXIT_DONE;
}
