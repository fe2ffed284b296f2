/* SPDX-License-Identifier: Apache-2.0
 * test_s4u_path.c - somebody on the way to the KDC, when a service asks it who a client is.
 *
 * He has seen alice's ticket to the service, and puts it into the answer about mallory: nothing
 * but FAST seals the ticket of a KDC-REP into it.  RFC 4120 5.4.2, RFC 6113 5.4.3
 */
#include <countersign/countersign.h>
#include <countersign/windows.h>
#include <stdatomic.h>

#include "asn1/der.h"
#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "lib/pair.h"
#include "lib/relay.h"
#include "lib/unit.h"

enum {
    TGS_REP = ASN1_APPLICATION(13),
    TICKET = ASN1_CONTEXT(5),
    KDC_PORT = 88,
    LENGTH = 4, /* in front of each message */
    MOST = 1 << 20,
};

struct path {
    struct buf seen;   /* the ticket of an answer */
    atomic_bool swaps; /* it takes the place of the next one's */
    atomic_uint answers;
};

static struct bytes message_of(const struct relay_frame *f)
{
    return bytes_of(f->bytes.ptr + LENGTH, f->bytes.len - LENGTH);
}

static struct bytes ticket_of(struct bytes answer)
{
    struct reader r = reader_over(answer), app = asn1_enter(&r, TGS_REP);
    struct reader fields = asn1_enter(&app, ASN1_SEQUENCE);

    while (asn1_peek(&fields) && asn1_peek(&fields) != TICKET)
        (void)asn1_read_any(&fields);
    return asn1_read(&fields, TICKET);
}

/* The same answer with another ticket. */
static void swap(struct relay_frame *f, struct bytes ticket)
{
    struct reader r = reader_over(message_of(f)), app = asn1_enter(&r, TGS_REP);
    struct reader fields = asn1_enter(&app, ASN1_SEQUENCE);
    struct writer w = writer_new(MOST), framed = writer_new(MOST);
    size_t outer = asn1_begin(&w, TGS_REP), inner = asn1_begin(&w, ASN1_SEQUENCE);
    struct buf whole = { 0 };

    while (asn1_peek(&fields)) {
        bool is = asn1_peek(&fields) == TICKET;
        struct bytes field = asn1_read_any(&fields);

        if (is)
            asn1_write(&w, TICKET, ticket);
        else
            writer_bytes(&w, field);
    }
    asn1_end(&w, inner);
    asn1_end(&w, outer);
    assert_int_equal(writer_take(&w, &whole), ERR_OK);
    writer_be32(&framed, (uint32_t)whole.len);
    writer_bytes(&framed, buf_view(whole));
    buf_free(&whole);
    buf_free(&f->bytes);
    assert_int_equal(writer_take(&framed, &f->bytes), ERR_OK);
}

static enum relay_verdict meddle(void *arg, struct relay_frame *f)
{
    struct path *p = arg;
    struct bytes message = message_of(f);

    if (f->from_client || !message.len || message.ptr[0] != TGS_REP)
        return RELAY_PASS;
    atomic_fetch_add(&p->answers, 1);
    if (atomic_load(&p->swaps)) {
        swap(f, buf_view(p->seen));
        return RELAY_PASS;
    }
    buf_free(&p->seen);
    assert_int_equal(buf_copy(ticket_of(message), &p->seen), ERR_OK);
    return RELAY_PASS;
}

static void another_clients_ticket_is_not_taken(void **state)
{
    struct path path = { .swaps = false };
    struct relay_how how = { .to = unit_env("DC_ADDRESS"),
                             .to_port = KDC_PORT,
                             .framing = &relay_be32,
                             .meddle = meddle,
                             .arg = &path };
    CS_CREDENTIAL_OPTIONS o = pair_options("Kerberos", SECPKG_CRED_INBOUND);
    struct relay *relay = NULL;
    CredHandle service;
    HANDLE token = NULL;
    char *kdc, *name = NULL;

    (void)state;
    assert_int_equal(relay_new(&how, &relay), ERR_OK);
    kdc = mem_printf("127.0.0.1:%u", relay_port(relay));
    o.kdc = kdc;
    o.keytab = unit_env("SERVICE_KEYTAB");
    pair_ok(CsAcquireCredentials(&o, &service, NULL));
    pair_ok(CsLogonClient(&service, unit_env("PERSON"), 0, &token, NULL, NULL));
    CloseHandle(token);
    pair_ok(CsLogonClient(&service, unit_env("OTHER"), 0, &token, NULL, NULL));
    CloseHandle(token);
    pair_ok(CsLogonClient(&service, unit_env("PERSON"), 0, &token, NULL, NULL));
    pair_ok(CsTokenGetName(token, &name));
    assert_int_equal(strncmp(name, unit_env("PERSON"), strlen(unit_env("PERSON"))), 0);
    FreeContextBuffer(name);
    CloseHandle(token);
    assert_int_equal(atomic_load(&path.answers), 3);
    assert_true(path.seen.len > 100);
    atomic_store(&path.swaps, true);
    pair_expect(CsLogonClient(&service, unit_env("OTHER"), 0, &token, NULL, NULL),
                SEC_E_MESSAGE_ALTERED);
    assert_int_equal(atomic_load(&path.answers), 4);
    FreeCredentialsHandle(&service);
    relay_free(relay);
    buf_free(&path.seen);
    mem_free(kdc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_clients_ticket_is_not_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
