/* SPDX-License-Identifier: Apache-2.0
 * test_endpoint_map.c - the endpoint map as servers write it and clients read it, with a mapper
 * that does well, or badly.
 */
#include <signal.h>
#include <stdlib.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpcndr.h>

#include "fake_mapper.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define OK(call) assert_int_equal((call), RPC_S_OK)

static CS_CLIENT_INTERFACE face = { {
    .Length = sizeof face,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0x4711, 1, 2, { 3 } }, 1, 2 },
    .Name = "face",
} };

static RPC_BINDING_HANDLE bind_to(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;

    OK(RpcBindingFromStringBindingA(STR(text), &b));
    return b;
}

/* One for each text, NULL at the end; a text "-" is a NULL handle. */
static RPC_BINDING_VECTOR *vector_of(const char *const *texts)
{
    RPC_BINDING_VECTOR *v = calloc(1, sizeof *v + 8 * sizeof v->BindingH[0]);

    for (; *texts; texts++)
        v->BindingH[v->Count++] = strcmp(*texts, "-") == 0 ? NULL : bind_to(*texts);
    return v;
}

static void vector_free(RPC_BINDING_VECTOR *v)
{
    ULONG i;

    for (i = 0; i < v->Count; i++)
        if (v->BindingH[i])
            OK(RpcBindingFree(&v->BindingH[i]));
    free(v);
}

#define VECTOR(...) vector_of((const char *const[]){ __VA_ARGS__, NULL })

static UUID_VECTOR *objects_of(ULONG n)
{
    UUID_VECTOR *v = calloc(1, sizeof *v + n * sizeof v->Uuid[0]);

    for (; v->Count < n; v->Count++) {
        v->Uuid[v->Count] = calloc(1, sizeof(UUID));
        v->Uuid[v->Count]->Data1 = 100 + v->Count;
    }
    return v;
}

static void objects_free(UUID_VECTOR *v)
{
    while (v->Count)
        free(v->Uuid[--v->Count]);
    free(v);
}

static void assert_detail_says(const char *word)
{
    char text[2048] = "";

    (void)CsGetErrorText(text, sizeof text);
    if (!strstr(text, word))
        fail_msg("no \"%s\" in: %s", word, text);
}

/* ---- without a mapper ---- */

static void without_a_mapper_it_is_told_what_to_start(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncacn_ip_tcp:192.0.2.7[1025]");
    RPC_BINDING_HANDLE b = bind_to("ncalrpc:");
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_IF_ID id;

    (void)state;
    assert_int_equal(RpcEpRegisterA(&face, v, NULL, NULL), RPC_S_SERVER_UNAVAILABLE);
    assert_detail_says("countersign-epmapd");
    assert_int_equal(RpcEpUnregister(&face, v, NULL), RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(RpcEpResolveBinding(b, &face), RPC_S_SERVER_UNAVAILABLE);
    assert_detail_says("countersign-epmapd");
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    assert_int_equal(RpcMgmtEpEltInqNextA(q, &id, NULL, NULL, NULL), RPC_S_SERVER_UNAVAILABLE);
    assert_detail_says("countersign-epmapd");
    OK(RpcMgmtEpEltInqDone(&q));
    assert_null(q);
    OK(RpcBindingFree(&b));
    vector_free(v);
}

/* ---- written ---- */

static int set_up(void **state)
{
    (void)state;
    fake_mapper_forget();
    return 0;
}

static size_t with_object(ULONG object)
{
    size_t n = 0, i;

    for (i = 0; i < fake.count; i++)
        n += fake.entries[i].object.time_low == object;
    return n;
}

static void nothing(CS_SERVER_CALL *call)
{
    (void)CsServerReady(call);
}

static RPC_STATUS activate(RPC_INTERFACE_GROUP *ret)
{
    static const CS_SERVER_PROCEDURE procedures[] = { { nothing, "nothing", 0 } };
    static CS_SERVER_INTERFACE served = { .Head = { .Length = sizeof served,
                                                    .StubAbi = CS_STUB_ABI,
                                                    .Side = CS_INTERFACE_SERVER,
                                                    .ProcedureCount = 1,
                                                    .Id = { { 0x4713, 1, 2, { 3 } }, 1, 0 },
                                                    .Name = "served" },
                                          .Procedures = procedures,
                                          .DefaultManagerEpv = procedures };
    UUID_VECTOR *objects = objects_of(2);
    RPC_INTERFACE_TEMPLATEA face_of = { .IfSpec = &served,
                                        .MaxCalls = 1,
                                        .MaxRpcSize = (UINT)-1,
                                        .UuidVector = objects,
                                        .Annotation = STR("grouped") };
    RPC_ENDPOINT_TEMPLATEA end = { .ProtSeq = STR("ncalrpc") };

    OK(RpcServerInterfaceGroupCreateA(&face_of, 1, &end, 1, INFINITE, NULL, NULL, ret));
    objects_free(objects);
    return RpcServerInterfaceGroupActivate(*ret);
}

static void a_group_is_entered_and_taken_out(void **state)
{
    RPC_INTERFACE_GROUP g = NULL;
    RPC_BINDING_VECTOR *v = NULL;

    (void)state;
    OK(activate(&g));
    assert_int_equal(fake.count, 2);
    assert_int_equal(with_object(100), 1);
    assert_int_equal(fake.replace, 0);
    assert_string_equal(fake.entries[0].annotation, "grouped");
    OK(RpcServerInterfaceGroupDeactivate(g, FALSE));
    assert_int_equal(fake.count, 0);
    OK(RpcServerInterfaceGroupActivate(g));
    assert_int_equal(fake.count, 2);
    OK(RpcServerInterfaceGroupClose(g));
    assert_int_equal(fake.count, 0);
    fake.manner = FAKE_REFUSES;
    assert_int_equal(activate(&g), EPT_S_CANT_PERFORM_OP);
    assert_int_equal(RpcServerInterfaceGroupInqBindings(g, &v), RPC_S_NO_BINDINGS);
    OK(RpcServerInterfaceGroupClose(g));
}

static void registers_every_combination(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncacn_ip_tcp:192.0.2.7[1025]", "-", "ncalrpc:[LRPC-1]",
                                   "ncacn_ip_tcp:192.0.2.8[1025]");
    UUID_VECTOR *objects = objects_of(2);

    (void)state;
    OK(RpcEpRegisterA(&face, v, objects, STR("one")));
    assert_int_equal(fake.count, 3 * 2);
    assert_int_equal(with_object(100), 3);
    assert_int_equal(with_object(101), 3);
    assert_int_equal(fake.replace, 1);
    assert_true(fake.local);
    assert_string_equal(fake.entries[0].annotation, "one");
    OK(RpcEpUnregister(&face, v, objects));
    assert_int_equal(fake.count, 0);
    assert_int_equal(RpcEpUnregister(&face, v, objects), EPT_S_NOT_REGISTERED);
    OK(RpcEpRegisterNoReplaceW(&face, v, NULL, (RPC_WSTR)(uintptr_t)u"zw\u00e9i"));
    assert_int_equal(fake.count, 3);
    assert_int_equal(with_object(0), 3);
    assert_int_equal(fake.replace, 0);
    assert_string_equal(fake.entries[2].annotation, "zw\u00e9i");
    objects_free(objects);
    vector_free(v);
}

static void what_one_tower_stands_for_is_one_entry(void **state)
{
    RPC_BINDING_VECTOR *v =
        VECTOR("ncacn_ip_tcp:2001:db8::1[1025]", "ncacn_ip_tcp:2001:db8::2[1025]",
               "ncacn_ip_tcp:host.example.com[1025]", "ncacn_ip_tcp:[1026]");

    (void)state;
    OK(RpcEpRegisterA(&face, v, NULL, NULL));
    assert_int_equal(fake.count, 2);
    assert_string_equal(fake.entries[0].annotation, "");
    vector_free(v);
}

static void many_entries_go_in_several_calls(void **state)
{
    RPC_BINDING_VECTOR *v =
        VECTOR("ncacn_ip_tcp:192.0.2.7[1025]", "ncalrpc:[LRPC-1]", "ncalrpc:[2]");
    UUID_VECTOR *objects = objects_of(175);

    (void)state;
    OK(RpcEpRegisterA(&face, v, objects, NULL));
    assert_int_equal(fake.count, 525);
    assert_int_equal(fake.inserts, 6); /* of 33 objects each: none is in two */
    assert_int_equal(with_object(100), 3);
    assert_int_equal(with_object(274), 3);
    fake.count -= 1; /* one is gone: the others go, too */
    assert_int_equal(RpcEpUnregister(&face, v, objects), EPT_S_NOT_REGISTERED);
    assert_int_equal(fake.count, 0);
    objects_free(objects);
    vector_free(v);
}

/* What is of one object is replaced once, and the rest added to it. */
static void an_object_of_many_bindings_is_replaced_once(void **state)
{
    enum { BINDINGS = 130 };
    RPC_BINDING_VECTOR *v = calloc(1, sizeof *v + BINDINGS * sizeof v->BindingH[0]);
    char text[40];

    (void)state;
    for (; v->Count < BINDINGS; v->Count++) {
        (void)snprintf(text, sizeof text, "ncacn_ip_tcp:192.0.2.7[%u]", 1000 + v->Count);
        v->BindingH[v->Count] = bind_to(text);
    }
    OK(RpcEpRegisterA(&face, v, NULL, NULL));
    assert_int_equal(fake.inserts, 2);
    assert_int_equal(fake.count, BINDINGS);
    assert_int_equal(fake.replace, 0);
    vector_free(v);
}

static void an_annotation_is_cut_between_characters(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncalrpc:[LRPC-1]");
    char text[80];

    (void)state;
    memset(text, 'a', sizeof text);
    text[79] = '\0';
    OK(RpcEpRegisterA(&face, v, NULL, STR(text)));
    assert_int_equal(strlen(fake.entries[0].annotation), 63);
    memcpy(text + 62, "\xc3\xa9", 2); /* would end in the middle of it */
    OK(RpcEpRegisterA(&face, v, NULL, STR(text)));
    assert_int_equal(strlen(fake.entries[1].annotation), 62);
    assert_int_equal(RpcEpRegisterA(&face, v, NULL, STR("\xff")), RPC_S_INVALID_ARG);
    vector_free(v);
}

static void refuses_what_cannot_be_registered(void **state)
{
    RPC_BINDING_VECTOR *none = VECTOR("-"), *partial = VECTOR("ncacn_ip_tcp:192.0.2.7");
    RPC_BINDING_VECTOR wrong = { 1, { (RPC_BINDING_HANDLE)(uintptr_t)0x4711 } };

    (void)state;
    assert_int_equal(RpcEpRegisterA(&face, NULL, NULL, NULL), RPC_S_NO_BINDINGS);
    assert_int_equal(RpcEpRegisterA(&face, none, NULL, NULL), RPC_S_NO_BINDINGS);
    assert_int_equal(RpcEpUnregister(&face, none, NULL), RPC_S_NO_BINDINGS);
    assert_int_equal(RpcEpRegisterA(&face, partial, NULL, NULL), RPC_S_INVALID_BINDING);
    assert_detail_says("no endpoint");
    assert_int_equal(RpcEpRegisterA(&face, &wrong, NULL, NULL), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcEpRegisterA(NULL, partial, NULL, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcEpUnregister(NULL, partial, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(fake.inserts + fake.deletes, 0);
    vector_free(partial);
    vector_free(none);
}

static void a_mappers_refusal_is_told(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncalrpc:[LRPC-1]");

    (void)state;
    fake.manner = FAKE_REFUSES;
    assert_int_equal(RpcEpRegisterA(&face, v, NULL, NULL), EPT_S_CANT_PERFORM_OP);
    assert_detail_says("ept_s_cant_perform_op");
    assert_int_equal(RpcMgmtEpUnregister(NULL, &face.Head.Id, v->BindingH[0], NULL),
                     EPT_S_CANT_PERFORM_OP);
    vector_free(v);
}

static void a_manager_removes_one_entry(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncalrpc:[LRPC-1]");
    UUID_VECTOR *objects = objects_of(1);
    RPC_BINDING_HANDLE object = bind_to("00000064-0000-0000-0000-000000000000@ncalrpc:");

    (void)state;
    OK(RpcEpRegisterA(&face, v, objects, NULL));
    assert_int_equal(RpcMgmtEpUnregister(NULL, &face.Head.Id, v->BindingH[0], NULL),
                     EPT_S_NOT_REGISTERED);
    assert_int_equal(RpcMgmtEpUnregister(object, &face.Head.Id, v->BindingH[0], objects->Uuid[0]),
                     EPT_S_CANT_PERFORM_OP);
    OK(RpcMgmtEpUnregister(NULL, &face.Head.Id, v->BindingH[0], objects->Uuid[0]));
    assert_int_equal(fake.count, 0);
    assert_int_equal(RpcMgmtEpUnregister(NULL, NULL, v->BindingH[0], NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtEpUnregister(NULL, &face.Head.Id, NULL, NULL), RPC_S_INVALID_BINDING);
    OK(RpcBindingFree(&object));
    objects_free(objects);
    vector_free(v);
}

/* ---- resolved ---- */

static void resolves_to(const char *binding, const char *want)
{
    RPC_BINDING_HANDLE b = bind_to(binding);
    RPC_CSTR text = NULL;

    OK(RpcEpResolveBinding(b, &face));
    OK(RpcEpResolveBinding(b, &face)); /* it is bound now, and nobody is asked */
    OK(RpcBindingToStringBindingA(b, &text));
    assert_string_equal((char *)text, want);
    RpcStringFreeA(&text);
    OK(RpcBindingFree(&b));
}

static void resolves_over_either_protocol_sequence(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncacn_ip_tcp:192.0.2.7[1025]", "ncalrpc:[LRPC-1]");
    RPC_BINDING_HANDLE b = bind_to("ncalrpc:");

    (void)state;
    assert_int_equal(RpcEpResolveBinding(b, &face), EPT_S_NOT_REGISTERED);
    assert_detail_says("has no endpoint");
    OK(RpcBindingFree(&b));
    OK(RpcEpRegisterA(&face, v, NULL, NULL));
    resolves_to("ncalrpc:", "ncalrpc:[LRPC-1]");
    resolves_to("ncacn_ip_tcp:", "ncacn_ip_tcp:[1025]");
    resolves_to("ncacn_ip_tcp:127.0.0.1", "ncacn_ip_tcp:127.0.0.1[1025]");
    vector_free(v);
}

/* ---- read ---- */

struct element {
    RPC_IF_ID id;
    UUID object;
    char binding[300], annotation[80];
};

static RPC_STATUS next(RPC_EP_INQ_HANDLE q, struct element *ret)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR annotation = NULL, text = NULL;
    RPC_STATUS status = RpcMgmtEpEltInqNextA(q, &ret->id, &b, &ret->object, &annotation);

    if (status)
        return status;
    OK(RpcBindingToStringBindingA(b, &text));
    (void)snprintf(ret->binding, sizeof ret->binding, "%s", (char *)text);
    (void)snprintf(ret->annotation, sizeof ret->annotation, "%s", (char *)annotation);
    RpcStringFreeA(&text);
    RpcStringFreeA(&annotation);
    OK(RpcBindingFree(&b));
    return status;
}

/* word: what is told of its end; NULL: nothing. */
static RPC_STATUS count_all(const char *word, size_t *ret)
{
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_STATUS status;
    RPC_IF_ID id;

    *ret = 0;
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    while (!(status = RpcMgmtEpEltInqNextA(q, &id, NULL, NULL, NULL)))
        (*ret)++;
    if (word)
        assert_detail_says(word);
    OK(RpcMgmtEpEltInqDone(&q));
    return status;
}

static void reads_what_was_written(void **state)
{
    RPC_BINDING_VECTOR *v =
        VECTOR("ncacn_ip_tcp:192.0.2.7[1025]", "ncacn_ip_tcp:[1026]", "ncalrpc:[LRPC-1]");
    RPC_BINDING_HANDLE from = bind_to("ncacn_ip_tcp:127.0.0.1[1]"); /* its endpoint is ignored */
    UUID_VECTOR *objects = objects_of(1);
    RPC_EP_INQ_HANDLE q = NULL;
    struct element e;

    (void)state;
    OK(RpcEpRegisterA(&face, v, objects, STR("said\nso")));
    OK(RpcMgmtEpEltInqBegin(from, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    OK(next(q, &e));
    assert_memory_equal(&e.id, &face.Head.Id, sizeof e.id);
    assert_int_equal(e.object.Data1, 100);
    assert_string_equal(e.binding, "ncacn_ip_tcp:192.0.2.7[1025]");
    assert_string_equal(e.annotation, "said.so");
    OK(next(q, &e));
    assert_string_equal(e.binding, "ncacn_ip_tcp:127.0.0.1[1026]");
    OK(next(q, &e));
    assert_string_equal(e.binding, "ncalrpc:[LRPC-1]");
    assert_int_equal(next(q, &e), RPC_X_NO_MORE_ENTRIES);
    OK(RpcMgmtEpEltInqDone(&q));
    OK(RpcBindingFree(&from));
    objects_free(objects);
    vector_free(v);
}

static void reads_page_after_page(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncalrpc:[LRPC-1]", "ncalrpc:[LRPC-2]");
    UUID_VECTOR *objects = objects_of(150);
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_IF_ID id;
    size_t n;

    (void)state;
    assert_int_equal(count_all(NULL, &n), RPC_X_NO_MORE_ENTRIES);
    assert_int_equal(n, 0);
    OK(RpcEpRegisterA(&face, v, objects, NULL));
    assert_int_equal(count_all(NULL, &n), RPC_X_NO_MORE_ENTRIES);
    assert_int_equal(n, 300);
    assert_int_equal(fake.lookups, 1 + 3);
    assert_int_equal(fake.open, 0);
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    OK(RpcMgmtEpEltInqNextA(q, &id, NULL, NULL, NULL));
    assert_int_equal(fake.open, 1);
    OK(RpcMgmtEpEltInqDone(&q)); /* in the middle of it: the mapper's handle is given back */
    assert_int_equal(fake.open, 0);
    assert_int_equal(fake.freed, 1);
    objects_free(objects);
    vector_free(v);
}

static void asks_for_what_is_wanted(void **state)
{
    UUID object = { 0x100, 0, 0, { 7 } };
    RPC_EP_INQ_HANDLE q = NULL;
    struct element e;
    unsigned type;

    (void)state;
    for (type = RPC_C_EP_ALL_ELTS; type <= RPC_C_EP_MATCH_BY_BOTH; type++) {
        bool by_interface = type & RPC_C_EP_MATCH_BY_IF, by_object = type & RPC_C_EP_MATCH_BY_OBJ;

        OK(RpcMgmtEpEltInqBegin(NULL, type, &face.Head.Id, RPC_C_VERS_UPTO, &object, &q));
        assert_int_equal(next(q, &e), RPC_X_NO_MORE_ENTRIES);
        OK(RpcMgmtEpEltInqDone(&q));
        assert_int_equal(fake.type, type);
        assert_int_equal(fake.has_interface, by_interface);
        assert_int_equal(fake.has_object, by_object);
        assert_int_equal(fake.versions, RPC_C_VERS_UPTO);
    }
    assert_memory_equal(&fake.interface, &face.Head.Id, sizeof face.Head.Id);
    assert_memory_equal(&fake.object, &object, sizeof object);
}

static size_t count_versions(unsigned versions, USHORT major, USHORT minor)
{
    RPC_IF_ID id = { face.Head.Id.Uuid, major, minor };
    RPC_EP_INQ_HANDLE q = NULL;
    struct element e;
    size_t n = 0;

    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_MATCH_BY_IF, &id, versions, NULL, &q));
    while (!next(q, &e))
        n++;
    OK(RpcMgmtEpEltInqDone(&q));
    return n;
}

/* The fake one gives everything, as Samba's does. */
static void passes_over_what_was_not_wanted(void **state)
{
    RPC_BINDING_VECTOR *v = VECTOR("ncalrpc:[LRPC-1]");
    UUID_VECTOR *objects = objects_of(3);
    CS_CLIENT_INTERFACE other = face;
    RPC_EP_INQ_HANDLE q = NULL;
    struct element e;

    (void)state;
    OK(RpcEpRegisterA(&face, v, NULL, NULL)); /* 1.2 */
    other.Head.Id.VersMinor = 5;
    OK(RpcEpRegisterA(&other, v, NULL, NULL)); /* 1.5 */
    other.Head.Id.VersMajor = 3;
    OK(RpcEpRegisterA(&other, v, objects, NULL)); /* 3.5, of three objects */
    other.Head.Id.Uuid.Data1 = 0x4712;
    OK(RpcEpRegisterA(&other, v, NULL, NULL));
    assert_int_equal(count_versions(RPC_C_VERS_ALL, 9, 9), 5);
    assert_int_equal(count_versions(RPC_C_VERS_COMPATIBLE, 1, 2), 2);
    assert_int_equal(count_versions(RPC_C_VERS_COMPATIBLE, 1, 3), 1);
    assert_int_equal(count_versions(RPC_C_VERS_EXACT, 1, 2), 1);
    assert_int_equal(count_versions(RPC_C_VERS_EXACT, 1, 3), 0);
    assert_int_equal(count_versions(RPC_C_VERS_MAJOR_ONLY, 1, 9), 2);
    assert_int_equal(count_versions(RPC_C_VERS_UPTO, 1, 4), 1);
    assert_int_equal(count_versions(RPC_C_VERS_UPTO, 3, 0), 2);
    assert_int_equal(count_versions(RPC_C_VERS_UPTO, 4, 0), 5);
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_MATCH_BY_OBJ, NULL, 0, objects->Uuid[1], &q));
    OK(next(q, &e));
    assert_int_equal(e.object.Data1, 101);
    assert_int_equal(next(q, &e), RPC_X_NO_MORE_ENTRIES);
    OK(RpcMgmtEpEltInqDone(&q));
    objects_free(objects);
    vector_free(v);
}

static void refuses_inquiries_that_make_no_sense(void **state)
{
    RPC_BINDING_HANDLE object = bind_to("00000064-0000-0000-0000-000000000000@ncalrpc:");
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_IF_ID id = face.Head.Id;

    (void)state;
    assert_int_equal(RpcMgmtEpEltInqBegin(NULL, 4, NULL, 0, NULL, &q), RPC_S_INVALID_ARG);
    assert_int_equal(
        RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_MATCH_BY_IF, NULL, RPC_C_VERS_ALL, NULL, &q),
        RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_MATCH_BY_IF, &id, 6, NULL, &q),
                     RPC_S_INVALID_VERS_OPTION);
    assert_int_equal(RpcMgmtEpEltInqBegin(object, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q),
                     EPT_S_CANT_PERFORM_OP);
    assert_int_equal(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, NULL),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtEpEltInqBegin(&id, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q),
                     RPC_S_INVALID_BINDING);
    assert_null(q);
    assert_int_equal(RpcMgmtEpEltInqNextA(NULL, &id, NULL, NULL, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtEpEltInqDone(&q), RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtEpEltInqDone(NULL), RPC_S_INVALID_ARG);
    OK(RpcBindingFree(&object));
}

/* ---- badly ---- */

static void keep_hex(const char *hex, const char *annotation)
{
    struct bytes b = unit_hex(hex);
    struct fake_entry e = { .length = b.len };

    memcpy(e.tower, b.ptr, b.len);
    (void)snprintf(e.annotation, sizeof e.annotation, "%s", annotation);
    fake_mapper_keep(&e);
    free((void *)b.ptr);
}

#define HEAD                                                                                       \
    "13 00 0d 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 02 00 00 00"                   \
    "13 00 0d 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 02 00 00 00"

static void passes_over_towers_that_are_none(void **state)
{
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_BINDING_HANDLE b = NULL;
    struct element e;
    RPC_IF_ID id;
    size_t n;

    (void)state;
    keep_hex("", "empty");
    keep_hex("05 00 ff ff", "cut off");
    keep_hex("04 00" HEAD "01 00 0c 02 00 00 00 01 00 10 03 00 1b 5b 00", "to move the cursor");
    keep_hex("05 00" HEAD "01 00 0b 02 00 00 00 01 00 77 01 00 00 01 00 77 01 00 00", "unknown");
    keep_hex("05 00" HEAD "01 00 0b 02 00 00 00 01 00 0f 06 00 5c 70 69 70 65 00"
             "01 00 11 05 00 5c 5c 44 43 00",
             "a pipe\x1b[2J\xff");
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    OK(next(q, &e));
    assert_string_equal(e.binding, "ncacn_np:\\\\\\\\DC[\\\\pipe]");
    assert_string_equal(e.annotation, "a pipe.[2J.");
    assert_int_equal(next(q, &e), RPC_X_NO_MORE_ENTRIES);
    OK(RpcMgmtEpEltInqDone(&q));
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    OK(RpcMgmtEpEltInqNextW(q, &id, &b, NULL, NULL));
    assert_int_equal(RpcMgmtIsServerListening(b), RPC_S_PROTSEQ_NOT_SUPPORTED);
    OK(RpcBindingFree(&b));
    OK(RpcMgmtEpEltInqDone(&q));
    fake.manner = FAKE_NULL;
    assert_int_equal(count_all(NULL, &n), RPC_X_NO_MORE_ENTRIES);
    assert_int_equal(n, 0);
}

static void leaves_a_mapper_that_has_no_end(void **state)
{
    RPC_EP_INQ_HANDLE q = NULL;
    struct element e;
    unsigned asked;
    size_t n;

    (void)state;
    keep_hex("04 00" HEAD "01 00 0c 02 00 00 00 01 00 10 03 00 41 42 00", "again");
    fake.manner = FAKE_ENDLESS;
    assert_int_equal(count_all("there is no end", &n), RPC_S_PROTOCOL_ERROR);
    assert_in_range(n, 1000, 65536);
    fake.manner = FAKE_EMPTY;
    OK(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_ALL_ELTS, NULL, 0, NULL, &q));
    assert_int_equal(next(q, &e), RPC_S_PROTOCOL_ERROR);
    assert_detail_says("gives none");
    asked = fake.lookups;
    assert_int_equal(next(q, &e), RPC_X_NO_MORE_ENTRIES); /* it is not asked again */
    assert_int_equal(fake.lookups, asked);
    OK(RpcMgmtEpEltInqDone(&q));
    assert_int_equal(fake.open, 0);
}

static void a_lookup_that_fails_is_told(void **state)
{
    size_t n;

    (void)state;
    fake.manner = FAKE_BROKEN;
    assert_int_equal(count_all("0x16c9a0ff", &n), 0x16c9a0ff);
}

static int start(void **state)
{
    (void)state;
    fake_mapper_start();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_mapper_stop();
    return ncalrpc_folder_remove();
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest before[] = {
        TEST(without_a_mapper_it_is_told_what_to_start),
    };
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_entered_and_taken_out),
        TEST(registers_every_combination),
        TEST(what_one_tower_stands_for_is_one_entry),
        TEST(many_entries_go_in_several_calls),
        TEST(an_object_of_many_bindings_is_replaced_once),
        TEST(an_annotation_is_cut_between_characters),
        TEST(refuses_what_cannot_be_registered),
        TEST(a_mappers_refusal_is_told),
        TEST(a_manager_removes_one_entry),
        TEST(resolves_over_either_protocol_sequence),
        TEST(reads_what_was_written),
        TEST(reads_page_after_page),
        TEST(asks_for_what_is_wanted),
        TEST(passes_over_what_was_not_wanted),
        TEST(refuses_inquiries_that_make_no_sense),
        TEST(passes_over_towers_that_are_none),
        TEST(leaves_a_mapper_that_has_no_end),
        TEST(a_lookup_that_fails_is_told),
    };

    signal(SIGPIPE, SIG_IGN);
    (void)ncalrpc_folder_make();
    if (cmocka_run_group_tests(before, NULL, NULL))
        return 1;
    return cmocka_run_group_tests(tests, start, stop);
}
