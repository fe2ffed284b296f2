/* SPDX-License-Identifier: Apache-2.0
 * names_many.c - run by alone_names_many.sh where names_many.py put as many services of each kind
 * as COUNT says: every one is found, once, in the memory of a page.
 */
#include <countersign/rpc.h>
#include <countersign/winsock2.h>
#include <malloc.h>

#include "base/detail.h"
#include "directory/session.h"
#include "lib/unit.h"

static GUID class_id = {
    0xa9033bc1, 0xeca4, 0x11cf, { 0xa0, 0x54, 0x00, 0xaa, 0x00, 0x6c, 0x33, 0xed }
};

enum {
    WARM = 1500,       /* found until three pages were there, at most */
    GROWTH_MOST = 100, /* bytes for each one found after these: none of them fits in there */
};

static long count;

enum err real_open(const struct session_options *o,
                   struct session **ret) __asm__("__real_csp_session_open");
enum err patient_open(const struct session_options *o,
                      struct session **ret) __asm__("__wrap_csp_session_open");

/* A busy host takes its time for the first page: the whole container is searched for it. */
enum err patient_open(const struct session_options *o, struct session **ret)
{
    struct session_options patient = *o;

    patient.timeout_ms = SESSION_TIMEOUT_MOST;
    return real_open(&patient, ret);
}

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t held(void)
{
    if (__sanitizer_get_current_allocated_bytes)
        return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

/* Who was found, and the most that the process held after the first WARM and after all others. */
struct found {
    uint8_t *seen;
    long count;
    size_t early, late;
};

static void found_new(struct found *f)
{
    *f = (struct found){ .seen = calloc((size_t)count, 1) };
    assert_non_null(f->seen);
}

static void note(struct found *f, const char *name, unsigned port)
{
    size_t now = held();
    size_t *most = f->count < WARM ? &f->early : &f->late;
    long number = -1;

    if (sscanf(name, "many %ld", &number) != 1 || number < 0 || number >= count)
        fail_msg("%s is found, which nobody made", name);
    if (f->seen[number]++)
        fail_msg("%s is found twice", name);
    assert_int_equal(port, 10000 + number);
    f->count++;
    *most = now > *most ? now : *most;
}

static void found_all(struct found *f)
{
    size_t most = f->early + (size_t)(count - WARM) * GROWTH_MOST;

    assert_int_equal(f->count, count);
    print_message("%ld found; %zu bytes held until %d, %zu after\n", f->count, f->early, WARM,
                  f->late);
    if (f->late > most)
        fail_msg("memory grew by %zu bytes", f->late - f->early);
    free(f->seen);
}

static void winsock_services_are_found_in_the_memory_of_a_page(void **state)
{
    _Alignas(16) static uint8_t room[4096];
    WSAQUERYSETA q = { .dwSize = sizeof q, .lpServiceClassId = &class_id };
    WSAQUERYSETA *r = (WSAQUERYSETA *)(void *)room;
    struct found f;
    struct sockaddr_in at;
    HANDLE lookup = NULL;
    DWORD n = sizeof room;
    WSADATA data;

    (void)state;
    found_new(&f);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(WSALookupServiceBeginA(&q, LUP_RETURN_ALL, &lookup), 0);
    for (; WSALookupServiceNextA(lookup, LUP_RETURN_ALL, &n, r) == 0; n = sizeof room) {
        assert_int_equal(r->dwNumberOfCsAddrs, 1);
        memcpy(&at, r->lpcsaBuffer->RemoteAddr.lpSockaddr, sizeof at);
        note(&f, r->lpszServiceInstanceName, ntohs(at.sin_port));
    }
    assert_int_equal(WSAGetLastError(), WSA_E_NO_MORE);
    assert_int_equal(WSALookupServiceEnd(lookup), 0);
    assert_int_equal(WSACleanup(), 0);
    found_all(&f);
}

static void note_binding(struct found *f, RPC_BINDING_HANDLE b)
{
    RPC_CSTR text = NULL, entry = NULL;
    const char *end;

    assert_int_equal(RpcBindingToStringBindingA(b, &text), RPC_S_OK);
    assert_int_equal(RpcNsBindingInqEntryNameA(b, RPC_C_NS_SYNTAX_DCE, &entry), RPC_S_OK);
    end = strchr((char *)text, '[');
    assert_non_null(end);
    assert_memory_equal(entry, "/.:/", 4);
    note(f, (char *)entry + 4, (unsigned)strtoul(end + 1, NULL, 10));
    RpcStringFreeA(&entry);
    RpcStringFreeA(&text);
}

static void rpc_servers_are_found_in_the_memory_of_a_page(void **state)
{
    CS_CLIENT_INTERFACE spec = { { .Length = sizeof spec } };
    RPC_BINDING_VECTOR *v = NULL;
    RPC_NS_HANDLE h = NULL;
    RPC_STATUS status;
    struct found f;
    ULONG i;

    (void)state;
    found_new(&f);
    spec.Head.Id.Uuid = (UUID){ 0xfeed, 1, 2, { 3 } };
    spec.Head.Id.VersMajor = 7;
    assert_int_equal(RpcNsBindingLookupBeginA(0, NULL, &spec, NULL, 32, &h), RPC_S_OK);
    while ((status = RpcNsBindingLookupNext(h, &v)) == RPC_S_OK) {
        for (i = 0; i < v->Count; i++)
            note_binding(&f, v->BindingH[i]);
        assert_int_equal(RpcBindingVectorFree(&v), RPC_S_OK);
    }
    if (status != RPC_S_NO_MORE_BINDINGS)
        fail_msg("after %ld: %d: %s", f.count, status, detail_get()->text);
    assert_int_equal(RpcNsBindingLookupDone(&h), RPC_S_OK);
    found_all(&f);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(winsock_services_are_found_in_the_memory_of_a_page),
        cmocka_unit_test(rpc_servers_are_found_in_the_memory_of_a_page),
    };

    count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (count <= WARM)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
