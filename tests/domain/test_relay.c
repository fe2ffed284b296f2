/* SPDX-License-Identifier: Apache-2.0
 * test_relay.c - a man in the middle between a client and a service of the domain.
 *
 * He sees and may change every byte, and holds an ordinary account of his own. Whatever he does,
 * no side comes to believe something false: each test names the status that stops him.
 */
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/relay.h"
#include "lib/side.h"
#include "lib/unit.h"
#include "negotiate/neg_token.h"

enum { CONNECTIONS = 4 };

/* What one connection came to at the service. */
struct served {
    SECURITY_STATUS auth, message;
};

static struct service {
    const char *package;
    int listener;
    unsigned port;
    pthread_t thread;
    struct served served[CONNECTIONS];
    unsigned count;
} service;

/* Authenticates, then takes signed messages and answers each with a byte that says how it was; the
 * last one that was not good, or else the last, is what is remembered. */
static struct served serve(int sock)
{
    struct side s = { .flags = ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY };
    struct served r = { SEC_E_INTERNAL_ERROR, SEC_E_INCOMPLETE_MESSAGE };
    struct buf data = { 0 }, signature = { 0 };

    r.auth = side_begin(&s, service.package, false, NULL);
    if (r.auth == SEC_E_OK)
        r.auth = side_talk(&s, sock);
    while (r.auth == SEC_E_OK && side_receive(sock, &data) && side_receive(sock, &signature)) {
        SECURITY_STATUS ss = side_verify(&s, buf_view(data), buf_view(signature));

        if (ss != SEC_E_OK || r.message == SEC_E_INCOMPLETE_MESSAGE)
            r.message = ss;
        (void)side_send(sock, bytes_of_text(ss == SEC_E_OK ? "y" : "n"));
        buf_free(&data);
        buf_free(&signature);
    }
    buf_free(&data);
    buf_free(&signature);
    side_end(&s);
    return r;
}

static void *service_thread(void *arg)
{
    int sock;

    while ((sock = accept(service.listener, NULL, NULL)) >= 0 && service.count < CONNECTIONS) {
        struct timeval patience = { .tv_sec = 10 };

        setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        service.served[service.count++] = serve(sock);
        close(sock);
    }
    return arg;
}

static void service_begin(const char *package)
{
    memset(&service, 0, sizeof service);
    service.package = package;
    service.listener = side_listen(0, &service.port);
    assert_true(service.listener >= 0);
    assert_int_equal(pthread_create(&service.thread, NULL, service_thread, NULL), 0);
}

static void service_end(void)
{
    shutdown(service.listener, SHUT_RDWR);
    pthread_join(service.thread, NULL);
    close(service.listener);
}

/* One client through the man in the middle. */
struct visit {
    const char *package, *target, *user, *password;
    relay_meddle *meddle;
    SECURITY_STATUS auth;
    bool answered;
};

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside tests/lib/domain_fixture.sh", name);
    return value;
}

static void visit_service(struct visit *v, unsigned port)
{
    struct side s = { .target = v->target ? v->target : env("SERVICE_SPN"),
                      .user = v->user ? v->user : env("PERSON"),
                      .domain = env("REALM"),
                      .password = v->password ? v->password : env("PERSON_PASSWORD"),
                      .flags = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY |
                               ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT };
    struct buf signature = { 0 }, answer = { 0 };
    int sock = side_connect("127.0.0.1", port);

    assert_true(sock >= 0);
    v->auth = side_begin(&s, v->package, true, NULL);
    assert_int_equal(v->auth, SEC_E_OK);
    v->auth = side_talk(&s, sock);
    if (v->auth == SEC_E_OK) {
        assert_int_equal(side_sign(&s, bytes_of_text("do it"), &signature), SEC_E_OK);
        v->answered = side_send(sock, bytes_of_text("do it")) &&
                      side_send(sock, buf_view(signature)) && side_receive(sock, &answer) &&
                      answer.len == 1 && answer.ptr[0] == 'y';
    }
    buf_free(&signature);
    buf_free(&answer);
    side_end(&s);
    close(sock);
}

/* The whole scene: service, man in the middle, client. */
static void play(struct visit *v)
{
    struct relay_how how = { .framing = &relay_be32, .meddle = v->meddle };
    struct relay *r = NULL;

    service_begin(v->package);
    how.to_port = service.port;
    assert_int_equal(relay_new(&how, &r), ERR_OK);
    visit_service(v, relay_port(r));
    relay_free(r);
    service_end();
}

static void without_meddling_the_message_arrives(void **state)
{
    struct visit kerberos = { .package = "Kerberos" }, negotiate = { .package = "Negotiate" };

    (void)state;
    play(&kerberos);
    assert_int_equal(kerberos.auth, SEC_E_OK);
    assert_true(kerberos.answered);
    play(&negotiate);
    assert_int_equal(negotiate.auth, SEC_E_OK);
    assert_true(negotiate.answered);
    assert_int_equal(service.served[0].auth, SEC_E_OK);
    assert_int_equal(service.served[0].message, SEC_E_OK);
}

/* In the relay's thread, where cmocka's assertions cannot end a test. */
static void need(bool good)
{
    if (!good)
        abort();
}

/* ---- B3: authentication for one service used at another of the same account ---- */

/* The ticket's server name lies in clear: "test/host" becomes "tesu/host", a sibling. */
static enum relay_verdict rewrite_server(void *arg, struct relay_frame *f)
{
    static const uint8_t name[] = { 0x1b, 4, 't', 'e', 's', 't' };
    uint8_t *at = f->from_client && f->number == 0
                      ? memmem(f->bytes.ptr, f->bytes.len, name, sizeof name)
                      : NULL;

    (void)arg;
    if (at)
        at[5] = 'u';
    return RELAY_PASS;
}

static void a_rewritten_server_name_is_found_out(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    size_t i;

    (void)state;
    assert_int_equal(strncmp(env("SERVICE_SPN"), "test/", 5), 0);
    for (i = 0; i < 2; i++) {
        struct visit v = { .package = packages[i], .meddle = rewrite_server };

        play(&v);
        assert_int_equal(service.served[0].auth, SEC_E_WRONG_PRINCIPAL);
        assert_true(v.auth < 0);
        assert_false(v.answered);
    }
}

/* What the thief has of the client's: its first token. */
static struct buf stolen;

static enum relay_verdict steal_first(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (!f->from_client || f->number)
        return RELAY_PASS;
    need(buf_copy(bytes_of(f->bytes.ptr + 4, f->bytes.len - 4), &stolen) == ERR_OK);
    return RELAY_CUT;
}

static enum relay_verdict copy_first(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->number == 0)
        need(buf_copy(bytes_of(f->bytes.ptr + 4, f->bytes.len - 4), &stolen) == ERR_OK);
    return RELAY_PASS;
}

/* The thief's signature: the best he can make is one of a context of his own account. */
static void sign_as_thief(const char *package, unsigned port, struct buf *ret)
{
    struct side own = { .target = env("SERVICE_SPN"),
                        .user = env("OTHER"),
                        .domain = env("REALM"),
                        .password = env("OTHER_PASSWORD"),
                        .flags = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY };
    int sock = side_connect("127.0.0.1", port);

    assert_true(sock >= 0);
    assert_int_equal(side_begin(&own, package, true, NULL), SEC_E_OK);
    assert_int_equal(side_talk(&own, sock), SEC_E_OK);
    assert_int_equal(side_sign(&own, bytes_of_text("do it"), ret), SEC_E_OK);
    side_end(&own);
    close(sock);
}

/* A connection of the thief's with the client's token, and a message. */
static void use_stolen(unsigned port, struct bytes signature)
{
    struct buf reply = { 0 }, answer = { 0 };
    int sock = side_connect("127.0.0.1", port);

    assert_true(sock >= 0);
    assert_true(side_send(sock, buf_view(stolen)));
    if (side_receive(sock, &reply) && side_send(sock, bytes_of_text("do it")) &&
        side_send(sock, signature) && side_receive(sock, &answer))
        assert_true(answer.len == 1 && answer.ptr[0] == 'n');
    close(sock);
    buf_free(&reply);
    buf_free(&answer);
}

/* The client through the relay, then the thief to the service itself: served[0], [1] his own
 * context, [2] what he did with the token. */
static void theft(const char *package, relay_meddle *meddle, struct visit *v)
{
    struct relay_how how = { .framing = &relay_be32, .meddle = meddle };
    struct buf signature = { 0 };
    struct relay *r = NULL;

    *v = (struct visit){ .package = package };
    service_begin(package);
    how.to_port = service.port;
    assert_int_equal(relay_new(&how, &r), ERR_OK);
    visit_service(v, relay_port(r));
    relay_free(r);
    assert_non_null(stolen.ptr);
    sign_as_thief(package, service.port, &signature);
    use_stolen(service.port, buf_view(signature));
    service_end();
    buf_free(&signature);
    buf_free(&stolen);
    assert_int_equal(service.count, 3);
}

static void a_token_on_another_connection_signs_nothing(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    struct visit v;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        theft(packages[i], steal_first, &v);
        assert_int_equal(v.auth, SEC_E_INCOMPLETE_MESSAGE);
        assert_int_equal(service.served[2].auth, SEC_E_OK);
        assert_int_equal(service.served[2].message, SEC_E_MESSAGE_ALTERED);
    }
}

static void a_token_seen_before_is_refused(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    struct visit v;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        theft(packages[i], copy_first, &v);
        assert_true(v.answered);
        assert_int_equal(service.served[2].auth, SEC_E_LOGON_DENIED);
    }
}

/* ---- B4: reflection, and names that are more than names ---- */

static void names_that_carry_more_than_a_name_are_refused(void **state)
{
    static const char *const bad[] = {
        "test/host1.one.example1UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA",
        "cifs/dc11UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA",
        "test/host 1",
        "test/host1\n",
        "ONE\\svc",
    };
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    size_t i;

    (void)state;
    for (i = 0; i < 2 * sizeof bad / sizeof *bad; i++) {
        struct side s = { .target = bad[i / 2],
                          .user = env("PERSON"),
                          .domain = env("REALM"),
                          .password = env("PERSON_PASSWORD"),
                          .flags = ISC_REQ_MUTUAL_AUTH };
        struct buf token = { 0 };

        assert_int_equal(side_begin(&s, packages[i % 2], true, NULL), SEC_E_OK);
        assert_int_equal(side_step(&s, (struct bytes){ 0 }, &token), SEC_E_TARGET_UNKNOWN);
        assert_int_equal(token.len, 0);
        side_end(&s);
    }
}

/* The client's own first token comes back as the answer. */
static enum relay_verdict reflect(void *arg, struct relay_frame *f)
{
    struct buf copy = { 0 };

    (void)arg;
    if (f->from_client && f->number == 0) {
        need(buf_copy(buf_view(f->bytes), &stolen) == ERR_OK);
    } else if (!f->from_client && f->number == 0) {
        need(buf_copy(buf_view(stolen), &copy) == ERR_OK);
        buf_free(&f->bytes);
        f->bytes = copy;
    }
    return RELAY_PASS;
}

static void a_clients_own_token_is_no_answer(void **state)
{
    struct visit kerberos = { .package = "Kerberos", .meddle = reflect };
    struct visit negotiate = { .package = "Negotiate", .meddle = reflect };

    (void)state;
    play(&kerberos);
    buf_free(&stolen);
    assert_int_equal(kerberos.auth, SEC_E_OUT_OF_SEQUENCE); /* a request where a reply is due */
    play(&negotiate);
    buf_free(&stolen);
    assert_int_equal(negotiate.auth, SEC_E_INVALID_TOKEN);
}

/* The service goes out as a client to the host's service, and is led back to itself. */
static enum relay_verdict host_to_test(void *arg, struct relay_frame *f)
{
    static const uint8_t name[] = { 0x1b, 4, 'h', 'o', 's', 't' };
    static const uint8_t to[] = { 0x1b, 4, 't', 'e', 's', 't' };
    uint8_t *at = f->from_client && f->number == 0
                      ? memmem(f->bytes.ptr, f->bytes.len, name, sizeof name)
                      : NULL;

    (void)arg;
    if (at)
        memcpy(at, to, sizeof to);
    return RELAY_PASS;
}

static void a_service_is_not_led_back_to_itself(void **state)
{
    char target[128];
    struct visit v = { .package = "Negotiate",
                       .target = target,
                       .user = env("SERVICE_ACCOUNT"),
                       .password = env("SERVICE_PASSWORD") };

    (void)state;
    snprintf(target, sizeof target, "host/%s", env("HOST_NAME"));
    play(&v);
    assert_int_equal(service.served[0].auth, SEC_E_WRONG_PRINCIPAL);
    v.meddle = host_to_test;
    play(&v);
    assert_int_equal(service.served[0].auth, SEC_E_WRONG_PRINCIPAL);
    assert_true(v.auth < 0);
}

/* ---- B5: a server that cannot prove itself ---- */

/* The service holds svc's key, the client means the host. */
static void a_server_with_another_key_is_refused(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    char target[128];
    size_t i;

    (void)state;
    snprintf(target, sizeof target, "host/%s", env("HOST_NAME"));
    for (i = 0; i < 2; i++) {
        struct visit v = { .package = packages[i], .target = target };

        play(&v);
        assert_int_equal(service.served[0].auth, SEC_E_WRONG_PRINCIPAL);
        assert_true(v.auth < 0);
        assert_false(v.answered);
    }
}

static void edit_resp(struct relay_frame *f, void (*edit)(struct negotiate_resp *m))
{
    struct bytes msg = bytes_of(f->bytes.ptr + 4, f->bytes.len - 4);
    struct writer w = writer_new(1 << 20);
    struct negotiate_resp m;
    struct buf inner = { 0 }, whole = { 0 };

    need(negotiate_resp_read(msg, &m) == ERR_OK);
    edit(&m);
    need(negotiate_resp_write(&m, &inner) == ERR_OK);
    writer_be32(&w, (uint32_t)inner.len);
    writer_bytes(&w, buf_view(inner));
    need(writer_take(&w, &whole) == ERR_OK);
    buf_free(&inner);
    buf_free(&f->bytes);
    f->bytes = whole;
}

static void without_token(struct negotiate_resp *m)
{
    m->token = (struct bytes){ 0 };
}

static void wants_mic(struct negotiate_resp *m)
{
    m->state = NEGOTIATE_REQUEST_MIC;
}

static enum relay_verdict drop_ap_rep(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (!f->from_client && f->number == 0)
        edit_resp(f, without_token);
    return RELAY_PASS;
}

/* The last byte of what proves the server changes. */
static enum relay_verdict damage_ap_rep(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (!f->from_client && f->number == 0)
        f->bytes.ptr[f->bytes.len - 1] ^= 1;
    return RELAY_PASS;
}

/* One session's answer in another. */
static enum relay_verdict old_ap_rep(void *arg, struct relay_frame *f)
{
    struct buf copy = { 0 };

    (void)arg;
    if (f->from_client || f->number)
        return RELAY_PASS;
    need(buf_copy(stolen.ptr ? buf_view(stolen) : buf_view(f->bytes), &copy) == ERR_OK);
    if (!stolen.ptr) {
        stolen = copy;
        return RELAY_PASS;
    }
    buf_free(&f->bytes);
    f->bytes = copy;
    return RELAY_PASS;
}

static void a_missing_or_foreign_proof_is_refused(void **state)
{
    struct visit missing = { .package = "Negotiate", .meddle = drop_ap_rep };
    struct visit damaged = { .package = "Kerberos", .meddle = damage_ap_rep };
    struct visit first = { .package = "Kerberos", .meddle = old_ap_rep };
    struct visit second = first;

    (void)state;
    play(&missing);
    assert_int_equal(missing.auth, SEC_E_MUTUAL_AUTH_FAILED);
    play(&damaged);
    assert_true(damaged.auth < 0 && damaged.auth != SEC_E_INCOMPLETE_MESSAGE);
    play(&first);
    assert_true(first.answered);
    play(&second);
    buf_free(&stolen);
    assert_true(second.auth < 0 && second.auth != SEC_E_INCOMPLETE_MESSAGE);
}

/* ---- B6: the list of mechanisms ---- */

static void rewrite_list(struct relay_frame *f, const char *hex)
{
    struct bytes msg = bytes_of(f->bytes.ptr + 4, f->bytes.len - 4);
    struct bytes list = unit_hex(hex);
    struct writer w = writer_new(1 << 20);
    struct negotiate_init m;
    struct buf inner = { 0 }, whole = { 0 };

    need(negotiate_init_read(msg, &m) == ERR_OK);
    m.mech_types = list;
    need(negotiate_init_write(&m, &inner) == ERR_OK);
    writer_be32(&w, (uint32_t)inner.len);
    writer_bytes(&w, buf_view(inner));
    need(writer_take(&w, &whole) == ERR_OK);
    free((void *)list.ptr);
    buf_free(&inner);
    buf_free(&f->bytes);
    f->bytes = whole;
}

#define OID_KERBEROS "06 09 2a 86 48 86 f7 12 01 02 02 "
#define OID_MS_KERBEROS "06 09 2a 86 48 82 f7 12 01 02 02 "
#define OID_NTLM "06 0a 2b 06 01 04 01 82 37 02 02 0a "

static enum relay_verdict strip_kerberos(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->number == 0)
        rewrite_list(f, "30 0c " OID_NTLM);
    return RELAY_PASS;
}

static enum relay_verdict strip_first(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->number == 0)
        rewrite_list(f, "30 0b " OID_KERBEROS);
    return RELAY_PASS;
}

/* Something nobody has comes first: Kerberos becomes a second choice, which must be signed. */
static enum relay_verdict put_first(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->number == 0)
        rewrite_list(f, "30 17 06 0a 2b 06 01 04 01 82 37 02 02 1e " OID_MS_KERBEROS);
    return RELAY_PASS;
}

static enum relay_verdict ask_for_mic(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (!f->from_client && f->number == 0)
        edit_resp(f, wants_mic);
    return RELAY_PASS;
}

static void stripping_kerberos_ends_the_attempt(void **state)
{
    struct visit v = { .package = "Negotiate", .meddle = strip_kerberos };

    (void)state;
    play(&v);
    assert_int_equal(service.served[0].auth, SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(v.auth, SEC_E_LOGON_DENIED);
}

static void a_changed_list_is_found_out(void **state)
{
    struct visit first = { .package = "Negotiate", .meddle = strip_first };
    struct visit more = { .package = "Negotiate", .meddle = put_first };
    struct visit asked = { .package = "Negotiate", .meddle = ask_for_mic };

    (void)state;
    play(&first);
    assert_int_equal(first.auth, SEC_E_MESSAGE_ALTERED);
    play(&more);
    assert_int_not_equal(service.served[0].auth, SEC_E_OK);
    assert_int_equal(more.auth, SEC_E_INVALID_TOKEN); /* its token was not even looked at */
    play(&asked);
    assert_int_equal(asked.auth, SEC_E_MESSAGE_ALTERED);
}

/* ---- messages ---- */

static enum relay_verdict flip_message(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->bytes.len == 4 + 5)
        f->bytes.ptr[4] ^= 1;
    return RELAY_PASS;
}

static enum relay_verdict cut_message(void *arg, struct relay_frame *f)
{
    (void)arg;
    return f->from_client && f->bytes.len == 4 + 5 ? RELAY_CUT : RELAY_PASS;
}

static void a_changed_message_is_altered_and_a_cut_one_never_came(void **state)
{
    struct visit flip = { .package = "Kerberos", .meddle = flip_message };
    struct visit cut = { .package = "Kerberos", .meddle = cut_message };

    (void)state;
    play(&flip);
    assert_int_equal(service.served[0].message, SEC_E_MESSAGE_ALTERED);
    assert_false(flip.answered);
    play(&cut);
    assert_int_equal(service.served[0].message, SEC_E_INCOMPLETE_MESSAGE);
    assert_false(cut.answered);
}

/* The message's two frames a second time, behind the first. */
static enum relay_verdict repeat_message(void *arg, struct relay_frame *f)
{
    struct writer w = writer_new(1 << 16);
    struct buf twice = { 0 };

    (void)arg;
    if (f->from_client && f->bytes.len == 4 + 5) {
        need(buf_copy(buf_view(f->bytes), &stolen) == ERR_OK);
    } else if (f->from_client && stolen.ptr) {
        writer_bytes(&w, buf_view(f->bytes));
        writer_bytes(&w, buf_view(stolen));
        writer_bytes(&w, buf_view(f->bytes));
        need(writer_take(&w, &twice) == ERR_OK);
        buf_free(&f->bytes);
        f->bytes = twice;
    }
    return RELAY_PASS;
}

/* Late by half a second: nothing about it is wrong. */
static enum relay_verdict delay_message(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->bytes.len == 4 + 5)
        usleep(500000);
    return RELAY_PASS;
}

static enum relay_verdict drop_token(void *arg, struct relay_frame *f)
{
    (void)arg;
    return f->from_client || f->number ? RELAY_PASS : RELAY_CUT;
}

static enum relay_verdict repeat_token(void *arg, struct relay_frame *f)
{
    (void)arg;
    return f->from_client && f->number == 0 ? RELAY_TWICE : RELAY_PASS;
}

static void a_repeated_message_is_out_of_sequence(void **state)
{
    struct visit twice = { .package = "Kerberos", .meddle = repeat_message };
    struct visit late = { .package = "Kerberos", .meddle = delay_message };

    (void)state;
    play(&twice);
    buf_free(&stolen);
    assert_true(twice.answered); /* the first one was good */
    assert_int_equal(service.served[0].message, SEC_E_OUT_OF_SEQUENCE);
    play(&late);
    assert_true(late.answered);
    assert_int_equal(service.served[0].message, SEC_E_OK);
}

static void a_cut_or_repeated_leg_establishes_nothing_false(void **state)
{
    struct visit cut = { .package = "Negotiate", .meddle = drop_token };
    struct visit twice = { .package = "Negotiate", .meddle = repeat_token };

    (void)state;
    play(&cut);
    assert_int_equal(cut.auth, SEC_E_INCOMPLETE_MESSAGE);
    assert_int_equal(service.served[0].message, SEC_E_INCOMPLETE_MESSAGE);
    play(&twice); /* the second one is taken for a message, and its signature is none */
    assert_false(twice.answered);
    assert_true(service.served[0].message < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_meddling_the_message_arrives),
        cmocka_unit_test(a_rewritten_server_name_is_found_out),
        cmocka_unit_test(a_token_on_another_connection_signs_nothing),
        cmocka_unit_test(a_token_seen_before_is_refused),
        cmocka_unit_test(names_that_carry_more_than_a_name_are_refused),
        cmocka_unit_test(a_clients_own_token_is_no_answer),
        cmocka_unit_test(a_service_is_not_led_back_to_itself),
        cmocka_unit_test(a_server_with_another_key_is_refused),
        cmocka_unit_test(a_missing_or_foreign_proof_is_refused),
        cmocka_unit_test(stripping_kerberos_ends_the_attempt),
        cmocka_unit_test(a_changed_list_is_found_out),
        cmocka_unit_test(a_changed_message_is_altered_and_a_cut_one_never_came),
        cmocka_unit_test(a_repeated_message_is_out_of_sequence),
        cmocka_unit_test(a_cut_or_repeated_leg_establishes_nothing_false),
    };
    char keytab[512];

    snprintf(keytab, sizeof keytab, "FILE:%s",
             getenv("SERVICE_KEYTAB") ? getenv("SERVICE_KEYTAB") : "");
    setenv("KRB5_KTNAME", keytab, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
