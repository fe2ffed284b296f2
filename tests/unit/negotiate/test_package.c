/* SPDX-License-Identifier: Apache-2.0
 * Whole negotiations between our two sides, over packages of two lines each: what is tested is
 * the choice, the signature over it, and what a man in the middle may not do.
 */
#include "negotiate/package.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/fake_package.h"
#include "lib/unit.h"
#include "negotiate/neg_token.h"

static const struct package *const both[] = { &fake_kerberos, &fake_ntlm, NULL };
static const struct package *const ntlm_only[] = { &fake_ntlm, NULL };
static const struct package *const kerberos_only[] = { &fake_kerberos, NULL };

/* One negotiation. meddle may change each token on its way; leg counts from 0. */
struct talk {
    const struct package *const *client, *const *server;
    const char *client_list, *server_list;
    uint32_t flags;
    enum err (*meddle)(struct talk *t, unsigned leg, struct buf *token);
    bool server_first;
    /* outcome */
    void *ccred, *scred, *cctx, *sctx;
    enum err client_err, server_err;
    bool client_done, server_done;
    unsigned legs;
    enum negotiate_resp_state last_state;
};

static void talk_end(struct talk *t)
{
    if (t->cctx)
        negotiate_package.context_free(t->cctx);
    if (t->sctx)
        negotiate_package.context_free(t->sctx);
    if (t->ccred)
        negotiate_package.credential_free(t->ccred);
    if (t->scred)
        negotiate_package.credential_free(t->scred);
    t->cctx = t->sctx = t->ccred = t->scred = NULL;
    assert_int_equal(fake_alive, 0);
}

static enum err talk_begin(struct talk *t)
{
    struct acquire ca = { .use = CREDENTIAL_OUTBOUND, .packages = t->client_list };
    struct acquire sa = { .use = CREDENTIAL_INBOUND, .packages = t->server_list };
    enum err e;

    e = negotiate_package.acquire(&ca, t->client ? t->client : both, &t->ccred);
    return e ? e : negotiate_package.acquire(&sa, t->server ? t->server : both, &t->scred);
}

/* One leg of one side; the token is replaced by its answer. */
static enum err leg(struct talk *t, bool client, struct buf *token)
{
    struct leg_in in = { .token = buf_view(*token), .target = "svc/host", .flags = t->flags };
    struct leg_out out = { 0 };
    enum err e;

    detail_begin("leg");
    e = client ? negotiate_package.initiate(&t->cctx, t->ccred, &in, &out)
               : negotiate_package.accept(&t->sctx, t->scred, &in, &out);
    buf_free(token);
    *token = out.token;
    *(client ? &t->client_err : &t->server_err) = e;
    *(client ? &t->client_done : &t->server_done) = out.done;
    return e;
}

/* Until both are done or one has failed; its error. */
static enum err talk_on(struct talk *t)
{
    struct buf token = { 0 };
    bool client = !t->server_first;
    enum err e = ERR_OK;

    while (!e && !(t->client_done && t->server_done) && t->legs < 10) {
        e = leg(t, client, &token);
        if (!e && token.len == 0)
            break;
        if (!e && t->meddle)
            e = t->meddle(t, t->legs, &token);
        t->legs++;
        client = !client;
    }
    if (e && token.len) {
        struct negotiate_resp resp;

        if (negotiate_resp_read(buf_view(token), &resp) == ERR_OK)
            t->last_state = resp.state;
    }
    buf_free(&token);
    return e;
}

static enum err talk_all(struct talk *t)
{
    enum err e = talk_begin(t);

    t->last_state = NEGOTIATE_NO_STATE;
    return e ? e : talk_on(t);
}

static const struct package *chosen(void *context)
{
    struct context_info info = { 0 };

    negotiate_package.context_query(context, &info);
    return info.package;
}

/* A signature each way after the context: the numbers are in step on both sides. */
static void messages_flow(struct talk *t)
{
    int i;

    for (i = 0; i < 4; i++) {
        uint8_t data[4] = "abc", token[64];
        struct segment seg[2] = { { data, 4, SEGMENT_DATA, SEGMENT_NORMAL },
                                  { token, sizeof token, SEGMENT_TOKEN, SEGMENT_NORMAL } };
        struct message m = { .seg = seg, .count = 2 };
        uint32_t qop = 0;

        assert_int_equal(negotiate_package.sign(i % 2 ? t->cctx : t->sctx, 0, &m), ERR_OK);
        assert_int_equal(negotiate_package.verify(i % 2 ? t->sctx : t->cctx, &m, &qop), ERR_OK);
    }
}

static void succeeds(struct talk *t, const struct package *p, unsigned legs)
{
    assert_int_equal(talk_all(t), ERR_OK);
    assert_true(t->client_done && t->server_done);
    assert_ptr_equal(chosen(t->cctx), p);
    assert_ptr_equal(chosen(t->sctx), p);
    assert_int_equal(t->legs, legs);
    messages_flow(t);
    talk_end(t);
}

static void the_preferred_package_takes_no_leg_more_than_its_own(void **state)
{
    (void)state;
    succeeds(&(struct talk){ .flags = CONTEXT_MUTUAL }, &fake_kerberos, 2);
    succeeds(&(struct talk){ .flags = 0 }, &fake_kerberos, 2); /* its end must be told */
    succeeds(&(struct talk){ .flags = CONTEXT_DCE_STYLE }, &fake_kerberos, 4);
    succeeds(&(struct talk){ .client = ntlm_only, .server = ntlm_only }, &fake_ntlm, 4);
}

static void a_second_choice_is_signed_by_both(void **state)
{
    (void)state;
    /* init, request-mic, negotiate, challenge, authenticate + MIC, MIC */
    succeeds(&(struct talk){ .server = ntlm_only }, &fake_ntlm, 6);
    /* The server would have preferred Kerberos: init, request-mic + challenge, ... */
    succeeds(&(struct talk){ .client = ntlm_only }, &fake_ntlm, 4);
}

static void a_list_of_packages_is_obeyed(void **state)
{
    struct talk t = { .client_list = "NTLM", .server_list = "!NTLM" };

    (void)state;
    succeeds(&(struct talk){ .client_list = "NTLM", .server_list = "NTLM" }, &fake_ntlm, 4);
    succeeds(&(struct talk){ .client_list = "Kerberos,!NTLM", .flags = CONTEXT_MUTUAL },
             &fake_kerberos, 2);
    assert_int_equal(talk_all(&t), ERR_NO_PACKAGE);
    assert_int_equal(t.last_state, NEGOTIATE_REJECT);
    talk_end(&t);
    t = (struct talk){ .client = kerberos_only, .client_list = "NTLM" };
    assert_int_equal(talk_all(&t), ERR_NO_PACKAGE);
    talk_end(&t);
}

static void a_server_may_speak_first(void **state)
{
    (void)state;
    succeeds(&(struct talk){ .server_first = true, .flags = CONTEXT_MUTUAL }, &fake_kerberos, 3);
}

static void a_package_that_cannot_serve_the_target_is_passed_over(void **state)
{
    (void)state;
    fake_faults = (struct fake_faults){ .first_leg = ERR_TARGET_UNKNOWN };
    succeeds(&(struct talk){ 0 }, &fake_ntlm, 4);
    fake_faults = (struct fake_faults){ .acquire = ERR_NO_CREDENTIALS };
    succeeds(&(struct talk){ 0 }, &fake_ntlm, 4);
    fake_faults = (struct fake_faults){ 0 };
}

static void after_any_other_failure_nothing_weaker_is_tried(void **state)
{
    struct talk t = { 0 };

    (void)state;
    fake_faults = (struct fake_faults){ .first_leg = ERR_TIME_SKEW };
    assert_int_equal(talk_all(&t), ERR_TIME_SKEW);
    assert_null(t.sctx);
    assert_non_null(strstr(detail_get()->text, "Negotiate tried Kerberos (1.2.840.48018.1.2.2)"));
    talk_end(&t);
    t = (struct talk){ 0 };
    fake_faults = (struct fake_faults){ .accept = ERR_LOGON_DENIED };
    assert_int_equal(talk_all(&t), ERR_LOGON_DENIED);
    assert_int_equal(t.last_state, NEGOTIATE_REJECT);
    talk_end(&t);
    fake_faults = (struct fake_faults){ 0 };
}

/* What a man in the middle does to the first message or to an answer. */
static enum err rewrite_init(struct buf *token, const char *list_hex, const char *mech_token)
{
    struct bytes list = unit_hex(list_hex);
    struct negotiate_init m;
    struct buf out = { 0 };
    enum err e = negotiate_init_read(buf_view(*token), &m);

    m.mech_types = list;
    if (mech_token)
        m.mech_token = bytes_of_text(mech_token);
    if (!e)
        e = negotiate_init_write(&m, &out);
    buf_free(token);
    *token = out;
    free((void *)list.ptr);
    return e;
}

static enum err strip_kerberos(struct talk *t, unsigned n, struct buf *token)
{
    (void)t;
    return n ? ERR_OK
             : rewrite_init(token, "30 0c 06 0a 2b 06 01 04 01 82 37 02 02 0a", "NTLM 0 of 3");
}

static enum err strip_one_name(struct talk *t, unsigned n, struct buf *token)
{
    (void)t;
    return n ? ERR_OK : rewrite_init(token, "30 0b 06 09 2a 86 48 86 f7 12 01 02 02", NULL);
}

static enum err strip_the_rest(struct talk *t, unsigned n, struct buf *token)
{
    (void)t;
    return n ? ERR_OK : rewrite_init(token, "30 0b 06 09 2a 86 48 82 f7 12 01 02 02", NULL);
}

static void stripping_kerberos_from_the_list_is_found_out(void **state)
{
    struct talk t = { .meddle = strip_kerberos };

    (void)state;
    assert_int_equal(talk_all(&t), ERR_MALFORMED); /* an answer to a token never sent */
    talk_end(&t);
    t = (struct talk){ .meddle = strip_one_name, .flags = CONTEXT_MUTUAL };
    assert_int_equal(talk_all(&t), ERR_ALTERED); /* no signature over a second choice */
    assert_false(t.client_done);
    talk_end(&t);
}

/* The same, done with care: no token of another package is answered, and with CONTEXT_DELEGATE
 * the wish for a signature is hidden from the initiator. */
static enum err strip_kerberos_and_answer(struct talk *t, unsigned n, struct buf *token)
{
    struct negotiate_resp resp;
    struct buf out = { 0 };
    enum err e;

    if (n == 0)
        return rewrite_init(token,
                            "30 18 06 0a 2b 06 01 04 01 82 37 02 02 1e"
                            " 06 0a 2b 06 01 04 01 82 37 02 02 0a",
                            "x");
    if (n != 1)
        return ERR_OK;
    e = negotiate_resp_read(buf_view(*token), &resp);
    assert_int_equal(resp.state, NEGOTIATE_REQUEST_MIC);
    resp.state = t->flags & CONTEXT_DELEGATE ? NEGOTIATE_INCOMPLETE : resp.state;
    if (!e)
        e = negotiate_resp_write(&resp, &out);
    buf_free(token);
    *token = out;
    return e;
}

static void stripping_it_with_care_is_found_out_by_the_signature(void **state)
{
    struct talk t = { .meddle = strip_kerberos_and_answer };

    (void)state;
    assert_int_equal(talk_all(&t), ERR_ALTERED);
    assert_false(t.client_done || t.server_done);
    assert_non_null(strstr(detail_get()->text, "list of mechanisms"));
    talk_end(&t);
    t = (struct talk){ .meddle = strip_kerberos_and_answer, .flags = CONTEXT_DELEGATE };
    assert_int_equal(talk_all(&t), ERR_ALTERED);
    talk_end(&t);
}

/* What follows the first choice changes nothing, so no signature is asked for.  RFC 4178 5 */
static void stripping_what_was_not_chosen_changes_nothing(void **state)
{
    (void)state;
    succeeds(&(struct talk){ .meddle = strip_the_rest, .flags = CONTEXT_MUTUAL }, &fake_kerberos,
             2);
}

static enum err edit_resp(struct buf *token, void (*edit)(struct negotiate_resp *m))
{
    struct negotiate_resp m;
    struct buf out = { 0 };
    enum err e = negotiate_resp_read(buf_view(*token), &m);

    edit(&m);
    if (!e)
        e = negotiate_resp_write(&m, &out);
    buf_free(token);
    *token = out;
    return e;
}

static void drop_mic(struct negotiate_resp *m)
{
    m->mic = (struct bytes){ 0 };
}

static void mangle_mic(struct negotiate_resp *m)
{
    static uint8_t copy[64];

    if (!m->mic.len)
        return;
    memcpy(copy, m->mic.ptr, m->mic.len);
    copy[m->mic.len - 1] ^= 1;
    m->mic.ptr = copy;
}

static void empty_mic(struct negotiate_resp *m)
{
    if (m->mic.ptr)
        m->mic.len = 0;
}

static void forget_token(struct negotiate_resp *m)
{
    m->token = (struct bytes){ 0 };
    m->state = NEGOTIATE_COMPLETED;
}

static void choose_ntlm(struct negotiate_resp *m)
{
    static const uint8_t ntlm[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };

    m->mech = bytes_of(ntlm, sizeof ntlm);
    m->token = (struct bytes){ 0 };
    m->state = NEGOTIATE_INCOMPLETE;
}

static void reject(struct negotiate_resp *m)
{
    *m = (struct negotiate_resp){ .state = NEGOTIATE_REJECT };
}

static void (*edit_now)(struct negotiate_resp *m);
static unsigned edit_leg;

static enum err edit_one(struct talk *t, unsigned n, struct buf *token)
{
    (void)t;
    return n == edit_leg ? edit_resp(token, edit_now) : ERR_OK;
}

static enum err edited(struct talk t, unsigned n, void (*edit)(struct negotiate_resp *m))
{
    enum err e;

    edit_leg = n;
    edit_now = edit;
    t.meddle = edit_one;
    e = talk_all(&t);
    assert_false(t.client_done && t.server_done);
    talk_end(&t);
    return e;
}

static void forget_state(struct negotiate_resp *m)
{
    *m = (struct negotiate_resp){ .state = NEGOTIATE_NO_STATE };
}

/* What the acceptor may leave out at the end follows from the package; a signature does not.
 * RFC 4178 4.2.2 */
static void a_last_answer_without_a_state_ends_it(void **state)
{
    struct talk t = { .client = ntlm_only, .server = ntlm_only, .meddle = edit_one };

    (void)state;
    edit_leg = 3;
    edit_now = forget_state;
    succeeds(&t, &fake_ntlm, 4);
    assert_int_equal(edited((struct talk){ .server = ntlm_only }, 5, forget_state), ERR_UNEXPECTED);
}

static void a_missing_or_mangled_signature_is_a_failure(void **state)
{
    struct talk second = { .server = ntlm_only };

    (void)state;
    assert_int_equal(edited(second, 4, drop_mic), ERR_ALTERED);
    assert_int_equal(edited(second, 4, mangle_mic), ERR_ALTERED);
    assert_int_equal(edited(second, 4, empty_mic), ERR_ALTERED);
    assert_int_equal(edited(second, 5, drop_mic), ERR_ALTERED);
    assert_int_equal(edited(second, 5, mangle_mic), ERR_ALTERED);
    assert_int_equal(edited(second, 5, empty_mic), ERR_ALTERED);
}

static void a_server_that_proves_nothing_is_refused(void **state)
{
    (void)state;
    assert_int_equal(edited((struct talk){ .flags = CONTEXT_MUTUAL }, 1, forget_token),
                     ERR_NO_MUTUAL_AUTH);
    assert_int_equal(edited((struct talk){ .flags = CONTEXT_MUTUAL }, 1, reject), ERR_LOGON_DENIED);
}

static void an_answer_that_names_another_package_leads_to_no_downgrade(void **state)
{
    (void)state;
    /* The server waits for nothing more or takes NTLM's token for Kerberos'. */
    assert_int_not_equal(edited((struct talk){ .flags = CONTEXT_MUTUAL }, 1, choose_ntlm), ERR_OK);
    assert_int_equal(
        edited((struct talk){ .client = kerberos_only, .flags = CONTEXT_MUTUAL }, 1, choose_ntlm),
        ERR_MALFORMED);
}

static void without_integrity_a_second_choice_fails(void **state)
{
    struct talk t = { .server = ntlm_only };

    (void)state;
    fake_faults.no_integrity = true;
    assert_int_equal(talk_all(&t), ERR_QOP);
    talk_end(&t);
    fake_faults.no_integrity = false;
}

static enum err first_token(const char *text, const struct package *const *server)
{
    struct talk t = { .server = server };
    struct buf token = { 0 };
    enum err e;

    assert_int_equal(talk_begin(&t), ERR_OK);
    assert_int_equal(buf_copy(bytes_of(text, 12), &token), ERR_OK);
    e = leg(&t, false, &token);
    buf_free(&token);
    talk_end(&t);
    return e;
}

static void raw_tokens_are_taken_only_of_the_preferred_package(void **state)
{
    (void)state;
    assert_int_equal(first_token("NTLMSSP\0\1\0\0\0", both), ERR_NO_PACKAGE);
    assert_int_equal(first_token("NTLMSSP\0\1\0\0\0", kerberos_only), ERR_NO_PACKAGE);
    assert_int_equal(first_token("NTLMSSP\0\1\0\0\0", ntlm_only), ERR_MALFORMED); /* the fake's */
    assert_int_equal(first_token("what is this", both), ERR_MALFORMED);
}

static void messages_wait_for_the_context(void **state)
{
    struct talk t = { .flags = CONTEXT_MUTUAL };
    struct buf token = { 0 };
    struct message m[2] = { { 0 } };
    uint32_t qop = 0;
    const struct package *made_by = NULL;
    void *credential = NULL;

    (void)state;
    assert_int_equal(talk_begin(&t), ERR_OK);
    assert_int_equal(leg(&t, true, &token), ERR_OK);
    assert_int_equal(negotiate_package.sign(t.cctx, 0, m), ERR_UNEXPECTED);
    assert_int_equal(negotiate_package.verify(t.cctx, m, &qop), ERR_UNEXPECTED);
    assert_int_equal(negotiate_package.seal(t.cctx, 0, m), ERR_UNEXPECTED);
    assert_int_equal(negotiate_package.unseal(t.cctx, m, &qop), ERR_UNEXPECTED);
    assert_int_equal(negotiate_package.delegated(t.cctx, &made_by, &credential), ERR_UNEXPECTED);
    negotiate_package.seal_many(t.cctx, 0, m, 2);
    assert_int_equal(m[1].err, ERR_UNEXPECTED);
    m[1].err = ERR_OK;
    negotiate_package.unseal_many(t.cctx, m, 2);
    assert_int_equal(m[1].err, ERR_UNEXPECTED);
    buf_free(&token);
    talk_end(&t);
}

static void what_was_delegated_can_be_wrapped_again(void **state)
{
    struct talk t = { .flags = CONTEXT_MUTUAL | CONTEXT_DELEGATE };
    struct credential_info info = { 0 };
    const struct package *made_by = NULL;
    void *inner = NULL;
    void *credential = NULL;

    (void)state;
    assert_int_equal(talk_all(&t), ERR_OK);
    assert_int_equal(negotiate_package.delegated(t.sctx, &made_by, &inner), ERR_OK);
    assert_string_equal(made_by->name, "Kerberos");
    assert_int_equal(negotiate_package.wrap(made_by, "!Kerberos", inner, &credential),
                     ERR_NO_PACKAGE);
    assert_int_equal(negotiate_package.wrap(made_by, NULL, inner, &credential), ERR_OK);
    negotiate_package.context_free(t.cctx);
    negotiate_package.context_free(t.sctx);
    negotiate_package.credential_free(t.ccred);
    t.ccred = credential; /* and it initiates */
    t.cctx = t.sctx = NULL;
    t.client_done = t.server_done = false;
    assert_int_equal(talk_on(&t), ERR_OK);
    assert_int_equal(negotiate_package.credential_query(credential, &info), ERR_OK);
    assert_string_equal(info.name, "fake@FAKE");
    mem_free(info.name);
    talk_end(&t);
}

static void a_step_after_the_end_is_refused(void **state)
{
    struct talk t = { .flags = CONTEXT_MUTUAL };
    struct buf token = { 0 };

    (void)state;
    assert_int_equal(talk_all(&t), ERR_OK);
    assert_int_equal(leg(&t, true, &token), ERR_UNEXPECTED);
    assert_int_equal(leg(&t, false, &token), ERR_UNEXPECTED);
    talk_end(&t);
}

static enum err whole_talk(void *arg)
{
    struct talk t = *(struct talk *)arg;
    enum err e = talk_all(&t);

    talk_end(&t);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(whole_talk, &(struct talk){ .server = ntlm_only });
    oom_run(whole_talk, &(struct talk){ .flags = CONTEXT_MUTUAL, .server_first = true });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_preferred_package_takes_no_leg_more_than_its_own),
        cmocka_unit_test(a_second_choice_is_signed_by_both),
        cmocka_unit_test(a_list_of_packages_is_obeyed),
        cmocka_unit_test(a_server_may_speak_first),
        cmocka_unit_test(a_package_that_cannot_serve_the_target_is_passed_over),
        cmocka_unit_test(after_any_other_failure_nothing_weaker_is_tried),
        cmocka_unit_test(stripping_kerberos_from_the_list_is_found_out),
        cmocka_unit_test(stripping_it_with_care_is_found_out_by_the_signature),
        cmocka_unit_test(stripping_what_was_not_chosen_changes_nothing),
        cmocka_unit_test(a_last_answer_without_a_state_ends_it),
        cmocka_unit_test(a_missing_or_mangled_signature_is_a_failure),
        cmocka_unit_test(a_server_that_proves_nothing_is_refused),
        cmocka_unit_test(an_answer_that_names_another_package_leads_to_no_downgrade),
        cmocka_unit_test(without_integrity_a_second_choice_fails),
        cmocka_unit_test(raw_tokens_are_taken_only_of_the_preferred_package),
        cmocka_unit_test(messages_wait_for_the_context),
        cmocka_unit_test(what_was_delegated_can_be_wrapped_again),
        cmocka_unit_test(a_step_after_the_end_is_refused),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
