/* SPDX-License-Identifier: Apache-2.0
 * pair.c - a client and a server in one process.
 */
#include "lib/pair.h"

#include "lib/unit.h"

void pair_ok(SECURITY_STATUS ss)
{
    char text[2000] = "";

    if (ss == SEC_E_OK)
        return;
    CsGetErrorText(text, sizeof text);
    fail_msg("0x%08x: %s", (unsigned)ss, text);
}

void pair_expect(SECURITY_STATUS ss, SECURITY_STATUS want)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    CsGetErrorDetail(&d);
    if (ss != want)
        fail_msg("0x%08x and not 0x%08x: %s", (unsigned)ss, (unsigned)want, d.text);
    assert_int_equal(d.status, want);
    assert_true(strlen(d.text) > 0);
}

CS_CREDENTIAL_OPTIONS pair_options(const char *package, ULONG use)
{
    setenv("KRB5_CONFIG", "/nonexistent", 1); /* ours needs no help from MIT's configuration */
    return (CS_CREDENTIAL_OPTIONS){ .size = sizeof(CS_CREDENTIAL_OPTIONS),
                                    .use = use,
                                    .package = package,
                                    .realm = getenv("REALM"),
                                    .kdc = getenv("DC_ADDRESS") };
}

void pair_acquire(struct side *s, const CS_CREDENTIAL_OPTIONS *o)
{
    s->initiator = o->use == SECPKG_CRED_OUTBOUND;
    pair_ok(CsAcquireCredentials(o, &s->cred, NULL));
    s->has_cred = true;
}

void pair_begin(struct pair *p, const char *package, ULONG client_flags, ULONG server_flags)
{
    CS_CREDENTIAL_OPTIONS c = pair_options(package, SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options(package, SECPKG_CRED_INBOUND);

    memset(p, 0, sizeof *p);
    c.user = getenv("PERSON");
    c.password = getenv("PERSON_PASSWORD");
    s.keytab = getenv("SERVICE_KEYTAB");
    p->client.target = getenv("SERVICE_SPN");
    p->client.flags = client_flags;
    p->server.flags = server_flags;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
}

void pair_end(struct pair *p)
{
    side_end(&p->client);
    side_end(&p->server);
}

bool pair_talk(struct pair *p)
{
    struct buf to_server = { 0 };
    struct buf to_client = { 0 };
    bool running = true;

    p->client_status = side_step(&p->client, bytes_of(NULL, 0), &to_server);
    while (running && p->client_status >= 0 && to_server.len) {
        p->server_status = side_step(&p->server, buf_view(to_server), &to_client);
        buf_free(&to_server);
        running = p->server_status >= 0 && to_client.len;
        if (running)
            p->client_status = side_step(&p->client, buf_view(to_client), &to_server);
        buf_free(&to_client);
    }
    buf_free(&to_server);
    return p->client.done && p->server.done;
}

void pair_make(struct pair *p, const char *package, ULONG client_flags, ULONG server_flags)
{
    pair_begin(p, package, client_flags, server_flags);
    if (!pair_talk(p)) {
        pair_ok(p->client_status == SEC_I_CONTINUE_NEEDED ? p->server_status : p->client_status);
        fail_msg("client 0x%08x, server 0x%08x", (unsigned)p->client_status,
                 (unsigned)p->server_status);
    }
}
