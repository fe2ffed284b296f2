/* SPDX-License-Identifier: Apache-2.0
 * forged_ticket.c - a ticket, opened and sealed again by the service's key.
 */
#include "forged_ticket.h"

#include "base/alloc.h"
#include "lib/unit.h"

enum { TICKET_USAGE = 2 }; /* RFC 4120 7.5.1 */

static void krb_ok(krb5_error_code code)
{
    if (code)
        fail_msg("%s", error_message(code));
}

static void ask_kdc(struct forged_ticket *t, const char *user, const char *password)
{
    krb5_creds tgt = { 0 }, want = { 0 };
    krb5_ccache cache;

    krb_ok(krb5_parse_name(t->krb, user, &want.client));
    krb_ok(krb5_parse_name(t->krb, getenv("SERVICE_SPN"), &want.server));
    krb_ok(krb5_get_init_creds_password(t->krb, &tgt, want.client, password, NULL, NULL, 0, NULL,
                                        NULL));
    krb_ok(krb5_cc_new_unique(t->krb, "MEMORY", NULL, &cache));
    krb_ok(krb5_cc_initialize(t->krb, cache, tgt.client));
    krb_ok(krb5_cc_store_cred(t->krb, cache, &tgt));
    krb_ok(krb5_get_credentials(t->krb, 0, cache, &want, &t->creds));
    krb5_cc_destroy(t->krb, cache);
    krb5_free_cred_contents(t->krb, &tgt);
    krb5_free_principal(t->krb, want.client);
    krb5_free_principal(t->krb, want.server);
}

void forged_ticket_begin(struct forged_ticket *t, const char *user, const char *password)
{
    char *config = mem_printf("%s/krb5.conf", getenv("DOMAIN_DIR"));
    krb5_keytab keytab;

    memset(t, 0, sizeof *t);
    setenv("KRB5_CONFIG", config, 1);
    mem_free(config);
    krb_ok(krb5_init_context(&t->krb));
    ask_kdc(t, user, password);
    krb_ok(krb5_decode_ticket(&t->creds->ticket, &t->shell));
    krb_ok(krb5_kt_resolve(t->krb, getenv("SERVICE_KEYTAB"), &keytab));
    krb_ok(krb5_kt_get_entry(t->krb, keytab, t->creds->server, t->shell->enc_part.kvno,
                             t->shell->enc_part.enctype, &t->key));
    krb5_kt_close(t->krb, keytab);
    t->plain.length = t->shell->enc_part.ciphertext.length;
    t->plain.data = malloc(t->plain.length);
    krb_ok(krb5_c_decrypt(t->krb, &t->key.key, TICKET_USAGE, NULL, &t->shell->enc_part, &t->plain));
}

void forged_ticket_change(struct forged_ticket *t, const void *from, const void *to, size_t len)
{
    char *at = memmem(t->plain.data, t->plain.length, from, len);

    assert_non_null(at);
    memcpy(at, to, len);
}

void forged_ticket_lose_pac(struct forged_ticket *t)
{
    static const char pac[] = { 2, 2, 0, (char)0x80 }, nothing[] = { 2, 2, 0, 0x70 };

    forged_ticket_change(t, pac, nothing, sizeof pac);
}

void forged_ticket_end(struct forged_ticket *t, const char *cache_name)
{
    krb5_data *old = &t->shell->enc_part.ciphertext;
    krb5_enc_data sealed = { .ciphertext.length = old->length };
    krb5_ccache cache;
    char *at = memmem(t->creds->ticket.data, t->creds->ticket.length, old->data, old->length);

    assert_non_null(at);
    sealed.ciphertext.data = at;
    krb_ok(krb5_c_encrypt(t->krb, &t->key.key, TICKET_USAGE, NULL, &t->plain, &sealed));
    krb_ok(krb5_cc_resolve(t->krb, cache_name, &cache));
    krb_ok(krb5_cc_initialize(t->krb, cache, t->creds->client));
    krb_ok(krb5_cc_store_cred(t->krb, cache, t->creds));
    krb5_cc_close(t->krb, cache);
    free(t->plain.data);
    krb5_free_keytab_entry_contents(t->krb, &t->key);
    krb5_free_ticket(t->krb, t->shell);
    krb5_free_creds(t->krb, t->creds);
    krb5_free_context(t->krb);
}
