/* SPDX-License-Identifier: Apache-2.0
 * fake_mapper.c - an endpoint mapper of this process' own.
 */
#include "fake_mapper.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/rpclocal.h>

#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

enum {
    CANT_PERFORM_OP = 0x16c9a0cd,
    NOT_REGISTERED = 0x16c9a0d6,
    UNKNOWN_STATUS = 0x16c9a0ff,
};

struct fake_mapper fake;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

void fake_mapper_forget(void)
{
    memset(&fake, 0, sizeof fake);
}

void fake_mapper_keep(const struct fake_entry *e)
{
    if (fake.count < FAKE_MOST)
        fake.entries[fake.count++] = *e;
}

/* ---- what is written ---- */

static bool known_locally(handle_t h)
{
    CS_LOCAL_CALLER caller = { .size = sizeof caller };
    ULONG level = 0;

    return !CsServerInqLocalCaller(h, &caller) &&
           !RpcBindingInqAuthClientA(h, NULL, NULL, &level, NULL, NULL) &&
           level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
}

void Serve_ept_insert(handle_t h, ULONG num_ents, ept_entry_t entries[], ULONG replace,
                      error_status_t *status)
{
    ULONG i;

    fake.inserts++;
    fake.replace = replace;
    fake.local = known_locally(h);
    *status = fake.manner == FAKE_REFUSES ? CANT_PERFORM_OP : 0;
    for (i = 0; i < num_ents && !*status; i++) {
        struct fake_entry e = { .object = entries[i].object };

        e.length = entries[i].tower->tower_length;
        memcpy(e.tower, entries[i].tower->tower_octet_string, e.length);
        memcpy(e.annotation, entries[i].annotation, strlen((char *)entries[i].annotation) + 1);
        fake_mapper_keep(&e);
    }
}

static bool is(const struct fake_entry *e, const ept_uuid_t *object, const ept_tower_t *t)
{
    return memcmp(&e->object, object, sizeof *object) == 0 && e->length == t->tower_length &&
           memcmp(e->tower, t->tower_octet_string, e->length) == 0;
}

static bool drop(const ept_uuid_t *object, const ept_tower_t *t)
{
    size_t i;

    for (i = 0; i < fake.count; i++)
        if (is(&fake.entries[i], object, t)) {
            fake.entries[i] = fake.entries[--fake.count];
            return true;
        }
    return false;
}

void Serve_ept_delete(handle_t h, ULONG num_ents, ept_entry_t entries[], error_status_t *status)
{
    ULONG i;

    fake.deletes++;
    fake.local = known_locally(h);
    *status = 0;
    for (i = 0; i < num_ents; i++)
        if (!drop(&entries[i].object, entries[i].tower))
            *status = NOT_REGISTERED;
}

void Serve_ept_mgmt_delete(handle_t h, ULONG object_speced, ept_uuid_t *object, ept_tower_t *tower,
                           error_status_t *status)
{
    ept_uuid_t nil = { 0 };

    (void)h;
    fake.has_object = object_speced && object;
    if (fake.manner == FAKE_REFUSES)
        *status = CANT_PERFORM_OP;
    else
        *status = drop(object_speced ? object : &nil, tower) ? 0 : NOT_REGISTERED;
}

/* ---- what is read ---- */

static ept_tower_t *tower_of(const struct fake_entry *e)
{
    ept_tower_t *t = midl_user_allocate(sizeof *t + e->length);

    t->tower_length = (ULONG)e->length;
    memcpy(t->tower_octet_string, e->tower, e->length);
    return t;
}

static void open_or_close(ept_lookup_handle_t *handle, size_t next, bool more)
{
    if (!*handle && more) {
        *handle = calloc(1, sizeof(size_t));
        fake.open++;
    }
    if (*handle && more) {
        *(size_t *)*handle = next;
    } else if (*handle) {
        free(*handle);
        *handle = NULL;
        fake.open--;
    }
}

static void note_ask(ULONG type, const ept_uuid_t *object, const ept_if_id_t *interface,
                     ULONG versions)
{
    fake.lookups++;
    fake.type = type;
    fake.versions = versions;
    fake.has_object = object != NULL;
    fake.has_interface = interface != NULL;
    if (object)
        fake.object = *object;
    if (interface)
        fake.interface = *interface;
}

void Serve_ept_lookup(handle_t h, ULONG inquiry_type, ept_uuid_t *object, ept_if_id_t *interface_id,
                      ULONG vers_option, ept_lookup_handle_t *entry_handle, ULONG max_ents,
                      ULONG *num_ents, ept_entry_t entries[], error_status_t *status)
{
    size_t at = *entry_handle ? *(size_t *)*entry_handle : 0;
    bool endless = fake.manner == FAKE_ENDLESS || fake.manner == FAKE_EMPTY;

    (void)h;
    note_ask(inquiry_type, object, interface_id, vers_option);
    *num_ents = 0;
    *status = fake.manner == FAKE_BROKEN ? UNKNOWN_STATUS : 0;
    while (*num_ents < max_ents && fake.manner != FAKE_EMPTY && !*status &&
           (at < fake.count || (endless && fake.count))) {
        const struct fake_entry *e = &fake.entries[at % fake.count];
        ept_entry_t *to = &entries[(*num_ents)++];

        at++;
        memset(to, 0, sizeof *to);
        to->object = e->object;
        to->tower = fake.manner == FAKE_NULL ? NULL : tower_of(e);
        memcpy(to->annotation, e->annotation, sizeof to->annotation);
    }
    if (!*num_ents && !endless && !*status)
        *status = NOT_REGISTERED;
    open_or_close(entry_handle, at, endless || at < fake.count);
}

/* Interface, protocol sequence and major version alike: floors 1 to 3, but for the minor. */
static bool matches(const struct fake_entry *e, const ept_tower_t *asked)
{
    enum { FLOOR = 25, RPC = 2 + 2 * FLOOR + 2 };
    const byte *want = asked->tower_octet_string;

    return e->length > RPC && asked->tower_length > RPC &&
           memcmp(e->tower + 4, want + 4, 19) == 0 && e->tower[RPC] == want[RPC];
}

void Serve_ept_map(handle_t h, ept_uuid_t *object, ept_tower_t *map_tower,
                   ept_lookup_handle_t *entry_handle, ULONG max_towers, ULONG *num_towers,
                   ept_tower_p_t towers[], error_status_t *status)
{
    size_t i;

    (void)h;
    (void)object;
    *num_towers = 0;
    for (i = 0; i < fake.count && *num_towers < max_towers; i++)
        if (matches(&fake.entries[i], map_tower))
            towers[(*num_towers)++] = tower_of(&fake.entries[i]);
    *status = *num_towers ? 0 : NOT_REGISTERED;
    open_or_close(entry_handle, i, i < fake.count);
}

void Serve_ept_lookup_handle_free(handle_t h, ept_lookup_handle_t *entry_handle,
                                  error_status_t *status)
{
    (void)h;
    fake.freed++;
    open_or_close(entry_handle, 0, false);
    *status = 0;
}

void Serve_ept_inq_object(handle_t h, ept_uuid_t *object, error_status_t *status)
{
    (void)h;
    memset(object, 0, sizeof *object);
    *status = CANT_PERFORM_OP;
}

void ept_lookup_handle_t_rundown(ept_lookup_handle_t handle)
{
    free(handle);
}

/* ---- its life ---- */

static void must(RPC_STATUS status)
{
    assert_int_equal(status, RPC_S_OK);
}

static void tell_port(void)
{
    RPC_BINDING_VECTOR *all = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    ULONG i;

    must(RpcServerInqBindings(&all));
    for (i = 0; i < all->Count; i++) {
        must(RpcBindingToStringBindingA(all->BindingH[i], &text));
        must(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
        if (strncmp((char *)text, "ncacn_ip_tcp", 12) == 0)
            assert_int_equal(setenv("COUNTERSIGN_EPMAPPER_PORT", (char *)endpoint, 1), 0);
        RpcStringFreeA(&endpoint);
        RpcStringFreeA(&text);
    }
    RpcBindingVectorFree(&all);
}

void fake_mapper_start(void)
{
    must(RpcServerUseProtseqEpA(STR("ncalrpc"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT, STR("EPMAPPER"),
                                NULL));
    must(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
    tell_port();
    must(RpcServerRegisterIfEx(epm_v3_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
    must(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE));
}

void fake_mapper_stop(void)
{
    must(RpcMgmtStopServerListening(NULL));
    must(RpcMgmtWaitServerListen());
    must(RpcServerUnregisterIf(NULL, NULL, TRUE));
}
