/* SPDX-License-Identifier: Apache-2.0
 * test_secrets.c - where keys are: not in what a core dump would hold, not in a forked child, not
 * in the log, and nowhere once the handles are freed.
 *
 * A core dump holds every mapping but those marked "dd" (MADV_DONTDUMP); this reads the same
 * mappings through /proc/self/mem.
 */
#include <countersign/countersign.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/side.h"
#include "lib/unit.h"

enum { KEY_MAX = 64, BLOCK = 1 << 16, LOG_MAX = 1 << 20 };

/* The key searched for, kept inverted so that this copy is not found. */
static struct {
    uint8_t inverted[KEY_MAX];
    size_t len;
} key;

static struct side client, service;
static char *log_text;

static void keep_log(void *arg, CS_LOG_LEVEL level, const char *line)
{
    size_t used = strlen(log_text);

    (void)arg;
    (void)level;
    if (used + strlen(line) + 2 < LOG_MAX)
        snprintf(log_text + used, LOG_MAX - used, "%s\n", line);
}

static bool matches(const uint8_t *p)
{
    size_t i;

    for (i = 0; i < key.len; i++) {
        uint8_t straight = key.inverted[i] ^ 0xff;

        if (p[i] != straight)
            return false;
    }
    return true;
}

/* Occurrences in [from, to), read in blocks that overlap by the length of a key. */
static unsigned count_in(int mem, uint64_t from, uint64_t to)
{
    static uint8_t block[BLOCK + KEY_MAX];
    unsigned found = 0;

    while (from + key.len <= to) {
        size_t want = to - from < BLOCK + key.len ? to - from : BLOCK + key.len;
        ssize_t got = pread(mem, block, want, (off_t)from);
        ssize_t i;

        if (got < (ssize_t)key.len)
            break;
        for (i = 0; i + (ssize_t)key.len <= got; i++)
            found += matches(block + i);
        from += want == BLOCK + key.len ? BLOCK : want;
    }
    explicit_bzero(block, sizeof block);
    return found;
}

/* Every mapping that a core dump would hold, or every one. */
static unsigned count_in_memory(bool undumped_too)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    uint64_t from = 0, to = 0;
    unsigned found = 0;
    char line[512], access[8] = "";

    assert_non_null(maps);
    assert_true(mem >= 0);
    while (fgets(line, sizeof line, maps)) {
        unsigned long a = 0, b = 0;

        if (sscanf(line, "%lx-%lx %7s", &a, &b, access) == 3) {
            from = a;
            to = b;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && access[0] == 'r' &&
                   (undumped_too || !strstr(line, " dd"))) {
            found += count_in(mem, from, to);
        }
    }
    fclose(maps);
    close(mem);
    return found;
}

static void learn_key(void)
{
    SecPkgContext_SessionKey got = { 0 };
    size_t i;

    assert_int_equal(QueryContextAttributesA(&client.ctx, SECPKG_ATTR_SESSION_KEY, &got), SEC_E_OK);
    assert_true(got.SessionKeyLength >= 16 && got.SessionKeyLength <= KEY_MAX);
    key.len = got.SessionKeyLength;
    for (i = 0; i < key.len; i++)
        key.inverted[i] = got.SessionKey[i] ^ 0xff;
    FreeContextBuffer(got.SessionKey);
}

/* Both ends, here; then a sealed message each way is left to the tests. */
static void meet(void)
{
    struct buf token = { 0 };
    SECURITY_STATUS ss;

    client = (struct side){ .target = getenv("SERVICE_SPN"),
                            .user = getenv("PERSON"),
                            .domain = getenv("REALM"),
                            .password = getenv("PERSON_PASSWORD"),
                            .flags = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY };
    service = (struct side){ .flags = ASC_REQ_CONFIDENTIALITY };
    assert_int_equal(side_begin(&client, "Kerberos", true, NULL), SEC_E_OK);
    assert_int_equal(side_begin(&service, "Kerberos", false, NULL), SEC_E_OK);
    while (!client.done || !service.done) {
        struct side *next = token.ptr && !service.done ? &service : &client;
        struct buf in = token;

        token = (struct buf){ 0 };
        ss = side_step(next, buf_view(in), &token);
        buf_free(&in);
        assert_true(ss >= 0);
    }
    buf_free(&token);
}

static void a_message_crosses(struct side *from, struct side *to)
{
    struct buf sealed = { 0 }, opened = { 0 };
    bool encrypted = false;

    assert_int_equal(side_wrap(from, true, bytes_of_text("a message"), &sealed), SEC_E_OK);
    assert_int_equal(side_unwrap(to, buf_view(sealed), &opened, &encrypted), SEC_E_OK);
    assert_true(encrypted);
    buf_free(&sealed);
    buf_free(&opened);
}

static void a_core_would_not_hold_the_key(void **state)
{
    (void)state;
    assert_int_equal(count_in_memory(false), 0);
    assert_true(count_in_memory(true) >= 1); /* the search does find what is there */
}

static void a_child_cannot_use_the_context(void **state)
{
    struct buf sealed = { 0 };
    int status = -1;
    pid_t child;

    (void)state;
    a_message_crosses(&client, &service);
    child = fork();
    if (child == 0)
        _exit(side_wrap(&client, true, bytes_of_text("x"), &sealed) == SEC_E_OK ||
              count_in_memory(true) != 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    a_message_crosses(&service, &client); /* nothing changed for the parent */
}

static void the_log_does_not_hold_the_key(void **state)
{
    char hex[2 * KEY_MAX + 1];
    size_t i;

    (void)state;
    for (i = 0; i < key.len; i++)
        snprintf(hex + 2 * i, 3, "%02x", key.inverted[i] ^ 0xff);
    assert_null(strcasestr(log_text, hex));
    assert_null(strstr(log_text, unit_env("PERSON_PASSWORD")));
    explicit_bzero(hex, sizeof hex);
}

static void freed_handles_leave_nothing(void **state)
{
    (void)state;
    side_end(&client);
    side_end(&service);
    assert_int_equal(count_in_memory(true), 0);
}

/* Where functions are bound at their first call, the dynamic loader saves the vector registers on
 * the stack, and with them whatever memcpy moved last. Our libraries are bound when loaded; this
 * program, and libkrb5 as Debian builds it, are so asked. */
static void bind_at_once(char **argv)
{
    if (getenv("LD_BIND_NOW"))
        return;
    setenv("LD_BIND_NOW", "1", 1);
    execv("/proc/self/exe", argv);
    perror("execv");
    exit(1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_core_would_not_hold_the_key),
        cmocka_unit_test(a_child_cannot_use_the_context),
        cmocka_unit_test(the_log_does_not_hold_the_key),
        cmocka_unit_test(freed_handles_leave_nothing),
    };

    (void)argc;
    bind_at_once(argv);
    log_text = calloc(1, LOG_MAX);
    setenv("KRB5_KTNAME", unit_env("SERVICE_KEYTAB"), 1);
    CsSetLogCallback(keep_log, NULL, CS_LOG_DEBUG);
    meet();
    learn_key();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
