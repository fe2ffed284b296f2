/* SPDX-License-Identifier: Apache-2.0
 * mit_ends.c - the credentials and ends that all tests of contexts beside MIT's KDC start from.
 */
#include "mit_ends.h"

#include "base/detail.h"
#include "lib/unit.h"

void *client, *service;

struct acquire client_by_password(void)
{
    return (struct acquire){ .use = CREDENTIAL_OUTBOUND,
                             .user = "client",
                             .domain = getenv("KDC_REALM"),
                             .password = getenv("KDC_PASSWORD"),
                             .realm = getenv("KDC_REALM"),
                             .kdc = getenv("KDC_ADDRESS") };
}

int acquire_both(void **state)
{
    struct acquire a = client_by_password();
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = getenv("KRB5_KTNAME") };

    (void)state;
    client = end_acquire(&a);
    service = end_acquire(&s);
    return 0;
}

int free_both(void **state)
{
    (void)state;
    kerberos_package.credential_free(client);
    kerberos_package.credential_free(service);
    return 0;
}

struct end initiator(bool mit, uint32_t flags)
{
    return (struct end){
        .mit = mit, .initiator = true, .target = SERVICE, .asked = flags, .credential = client
    };
}

struct end acceptor(bool mit)
{
    return (struct end){ .mit = mit, .credential = service };
}

void expect_ok(struct end *a, struct end *b)
{
    if (!end_exchange(a, b))
        fail_msg("initiator: %s (%u %u), acceptor: %s (%u %u): %s", err_text(a->err), a->major,
                 a->minor, err_text(b->err), b->major, b->minor, detail_get()->text);
}

struct bindings channel(const char *text)
{
    return (struct bindings){ .present = true, .application = bytes_of_text(text) };
}

void expect_refusal(struct end *a, struct end *b, enum err at_acceptor, enum err at_initiator)
{
    struct buf token = { 0 };

    assert_true(end_step(a, &token));
    assert_false(end_step(b, &token));
    if (b->err != at_acceptor)
        fail_msg("acceptor: %s, not %s: %s", err_text(b->err), err_text(at_acceptor),
                 detail_get()->text);
    if (at_initiator) {
        assert_true(token.len > 0);
        assert_false(end_step(a, &token));
        if (a->err != at_initiator)
            fail_msg("initiator: %s, not %s: %s", err_text(a->err), err_text(at_initiator),
                     detail_get()->text);
    }
    buf_free(&token);
    end_close(a);
    end_close(b);
}

void expect_initiator_fails(struct end *a, enum err want)
{
    struct buf token = { 0 };

    assert_false(end_step(a, &token));
    if (a->err != want)
        fail_msg("%s, not %s: %s", err_text(a->err), err_text(want), detail_get()->text);
    assert_true(detail_get()->text[0]);
    buf_free(&token);
    end_close(a);
}
