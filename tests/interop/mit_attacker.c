/* SPDX-License-Identifier: Apache-2.0
 * mit_attacker.c - clients that hold a good ticket and do with it what no client of ours or MIT's
 * GSS-API does: requests made by libkrb5's own calls, against our acceptor.
 */
#include "exchange.h"

#include <krb5.h>

#include "base/detail.h"
#include "base/log.h"
#include "base/policy.h"
#include "kerberos/checksum.h"
#include "kerberos/frame.h"
#include "lib/unit.h"

#define EVERY (CONTEXT_REPLAY | CONTEXT_SEQUENCE | CONTEXT_INTEGRITY | CONTEXT_CONFIDENTIALITY)

static void *service;

/* What the attacker makes differently. */
struct attack {
    const char *target;
    krb5_enctype subkey;   /* its own subkey's type, whatever the ticket's; 0: the same */
    const char *delegates; /* whose tickets it hands over: a ticket cache */
    krb5_context krb;
    krb5_auth_context auth;
};

static void must(krb5_error_code code)
{
    if (code)
        fail_msg("krb5: %s", error_message(code));
}

static krb5_creds *ticket(struct attack *a, krb5_ccache cache)
{
    krb5_creds want = { .magic = KV5M_CREDS }, *got = NULL;

    must(krb5_cc_get_principal(a->krb, cache, &want.client));
    must(krb5_parse_name(a->krb, a->target, &want.server));
    must(krb5_get_credentials(a->krb, 0, cache, &want, &got));
    krb5_free_principal(a->krb, want.client);
    krb5_free_principal(a->krb, want.server);
    return got;
}

/* A KRB-CRED of the tickets in another cache, as the checksum carries it. */
static void forward(struct attack *a, const krb5_creds *creds, krb5_data *ret)
{
    krb5_ccache other = NULL;
    krb5_principal owner = NULL;

    must(krb5_cc_resolve(a->krb, a->delegates, &other));
    must(krb5_cc_get_principal(a->krb, other, &owner));
    must(krb5_auth_con_setflags(a->krb, a->auth, 0));
    must(krb5_fwd_tgt_creds(a->krb, a->auth, NULL, owner, creds->server, other, 1, ret));
    must(krb5_auth_con_setflags(a->krb, a->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
    krb5_free_principal(a->krb, owner);
    krb5_cc_close(a->krb, other);
}

struct call {
    struct attack *attack;
    const krb5_creds *creds;
    struct buf raw;
    krb5_data data;
};

static krb5_error_code make_checksum(krb5_context krb, krb5_auth_context auth, void *arg,
                                     krb5_data **ret)
{
    struct call *call = arg;
    struct kerberos_checksum sum = { .flags = kerberos_flags_to_wire(EVERY | CONTEXT_MUTUAL) };
    krb5_data forwarded = { 0 };

    (void)auth;
    if (call->attack->delegates) {
        forward(call->attack, call->creds, &forwarded);
        sum.flags |= KERBEROS_WIRE_DELEGATE;
        sum.delegation = bytes_of(forwarded.data, forwarded.length);
    }
    assert_int_equal(kerberos_checksum_write(&sum, &call->raw), ERR_OK);
    krb5_free_data_contents(krb, &forwarded);
    call->data = (krb5_data){ KV5M_DATA, (unsigned)call->raw.len, (char *)call->raw.ptr };
    *ret = &call->data;
    return 0;
}

static void attack_request(struct attack *a, struct buf *ret)
{
    struct call call = { .attack = a };
    krb5_ccache cache = NULL;
    krb5_keyblock key = { 0 };
    krb5_creds *creds = NULL;
    krb5_data request = { 0 };

    must(krb5_init_context(&a->krb));
    must(krb5_cc_default(a->krb, &cache));
    creds = ticket(a, cache);
    must(krb5_auth_con_init(a->krb, &a->auth));
    must(krb5_auth_con_setflags(a->krb, a->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
    if (a->subkey) {
        must(krb5_c_make_random_key(a->krb, a->subkey, &key));
        must(krb5_auth_con_setsendsubkey(a->krb, a->auth, &key));
        krb5_free_keyblock_contents(a->krb, &key);
    }
    call.creds = creds;
    must(krb5_auth_con_set_req_cksumtype(a->krb, a->auth, KERBEROS_CHECKSUM_TYPE));
    must(krb5_auth_con_set_checksum_func(a->krb, a->auth, make_checksum, &call));
    must(krb5_mk_req_extended(a->krb, &a->auth, AP_OPTS_MUTUAL_REQUIRED | AP_OPTS_USE_SUBKEY, NULL,
                              creds, &request));
    assert_int_equal(
        kerberos_frame_write(&(struct kerberos_frame){ KERBEROS_TOKEN_AP_REQ, KERBEROS_FRAMED,
                                                       bytes_of(request.data, request.length) },
                             ret),
        ERR_OK);
    buf_free(&call.raw);
    krb5_free_data_contents(a->krb, &request);
    krb5_free_creds(a->krb, creds);
    krb5_cc_close(a->krb, cache);
}

/* The acceptor's answer, which a refusal must never make an AP-REP. */
static enum err tried(struct attack *a, struct end *b)
{
    struct kerberos_frame f = { 0 };
    struct buf token = { 0 };

    attack_request(a, &token);
    end_step(b, &token);
    assert_int_equal(kerberos_frame_read(buf_view(token), &f), ERR_OK);
    assert_int_equal(f.token, b->err ? KERBEROS_TOKEN_ERROR : KERBEROS_TOKEN_AP_REP);
    buf_free(&token);
    krb5_auth_con_free(a->krb, a->auth);
    krb5_free_context(a->krb);
    return b->err;
}

static enum err accepts(struct attack a)
{
    struct end b = { .credential = service };
    enum err e = tried(&a, &b);

    end_close(&b);
    return e;
}

static void expect(enum err want, struct attack a)
{
    enum err e = accepts(a);

    if (e != want)
        fail_msg("%s, not %s: %s", err_text(e), err_text(want), detail_get()->text);
}

static void the_attackers_requests_are_good_ones(void **state)
{
    (void)state;
    expect(ERR_OK, (struct attack){ .target = "test/hosta" });
    expect(ERR_OK, (struct attack){ .target = "test/hosta", .delegates = getenv("KRB5CCNAME") });
}

static char audited[512];

static void keep_audit(void *arg, enum log_level level, const char *line)
{
    (void)arg;
    if (level == LOG_LEVEL_AUDIT)
        snprintf(audited, sizeof audited, "%s", line);
}

/* Off is silent, audit says whom it would refuse, enforce refuses. */
static void in_every_mode(enum policy p, struct attack a, enum err refusal, const char *who)
{
    enum policy_mode before = policy_get(p);
    int mode;

    log_to(keep_audit, NULL, LOG_LEVEL_AUDIT);
    for (mode = POLICY_OFF; mode <= POLICY_ENFORCE; mode++) {
        audited[0] = '\0';
        policy_set(p, (enum policy_mode)mode);
        expect(mode == POLICY_ENFORCE ? refusal : ERR_OK, a);
        if ((strstr(audited, who) != NULL) != (mode != POLICY_OFF))
            fail_msg("in mode %d the log has \"%s\"", mode, audited);
        if (mode == POLICY_AUDIT)
            assert_non_null(strstr(audited, "would refuse: client@KDC.TEST at "));
    }
    policy_set(p, before);
    log_to(NULL, NULL, LOG_LEVEL_AUDIT);
}

static void rc4_tickets(void **state)
{
    (void)state;
    policy_set(POLICY_TARGET_NAME, POLICY_OFF);
    in_every_mode(POLICY_RC4, (struct attack){ .target = "test/rc4" }, ERR_UNSUPPORTED_ETYPE,
                  "test/rc4@KDC.TEST (ticket type 23, session key type 23)");
    policy_set(POLICY_TARGET_NAME, POLICY_AUDIT);
}

/* The ticket is AES, so the look at the ticket lets it pass; the messages would be RC4's. */
static void rc4_by_the_back_door(void **state)
{
    (void)state;
    policy_set(POLICY_TARGET_NAME, POLICY_OFF);
    in_every_mode(POLICY_RC4, (struct attack){ .target = "test/hosta", .subkey = 23 },
                  ERR_UNSUPPORTED_ETYPE, "test/hosta@KDC.TEST (a subkey of type 23)");
    policy_set(POLICY_TARGET_NAME, POLICY_AUDIT);
}

static void no_authenticated_target(void **state)
{
    (void)state;
    in_every_mode(POLICY_TARGET_NAME, (struct attack){ .target = "test/hosta" },
                  ERR_WRONG_PRINCIPAL, "test/hosta@KDC.TEST: no authenticated target name");
}

/* Known only once the reply is made: which then must not go out, nor be lost. */
static void a_key_no_message_can_be_protected_with(void **state)
{
    (void)state;
    expect(ERR_UNSUPPORTED_ETYPE, (struct attack){ .target = "test/camellia" });
}

static void the_tickets_of_somebody_else(void **state)
{
    (void)state;
    expect(ERR_DELEGATION,
           (struct attack){ .target = "test/hosta", .delegates = getenv("OTHER_CCACHE") });
}

static int acquire_service(void **state)
{
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = getenv("KRB5_KTNAME") };

    (void)state;
    service = end_acquire(&s);
    return 0;
}

static int free_service(void **state)
{
    (void)state;
    kerberos_package.credential_free(service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attackers_requests_are_good_ones),
        cmocka_unit_test(rc4_tickets),
        cmocka_unit_test(rc4_by_the_back_door),
        cmocka_unit_test(no_authenticated_target),
        cmocka_unit_test(a_key_no_message_can_be_protected_with),
        cmocka_unit_test(the_tickets_of_somebody_else),
    };

    return cmocka_run_group_tests(tests, acquire_service, free_service);
}
