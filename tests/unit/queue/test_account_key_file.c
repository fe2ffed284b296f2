/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/account_key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"
#include "queue/key_ring.h"

static const struct sid sid = { .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };

struct home {
    char folder[64], path[128];
    struct account_key_place place;
};

static int setup(void **state)
{
    struct home *h = calloc(1, sizeof *h);

    snprintf(h->folder, sizeof h->folder, "/tmp/countersign-keys-XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    snprintf(h->path, sizeof h->path, "%s/a/b/queue.keys", h->folder);
    h->place.path = h->path;
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct home *h = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", h->folder);
    assert_int_equal(system(command), 0);
    free(h);
    return 0;
}

static struct account_keys *write_keys(const struct home *h)
{
    struct account_keys *k = NULL;

    assert_int_equal(account_keys_new(&sid, "h", &k), ERR_OK);
    assert_int_equal(account_keys_make(k, 1800000000, 1800086400), ERR_OK);
    account_keys_promote(k, 1800000000);
    assert_int_equal(account_key_file_write(&h->place, k), ERR_OK);
    return k;
}

static enum err read_keys(const struct home *h)
{
    struct account_keys *k = NULL;
    enum err e;

    detail_begin("test");
    e = account_key_file_read(&h->place, &k, NULL);
    account_keys_free(k);
    return e;
}

static void assert_refused(const struct home *h, const char *why)
{
    assert_int_equal(read_keys(h), ERR_ACCESS_DENIED);
    if (!strstr(detail_get()->text, why))
        fail_msg("\"%s\" does not say \"%s\"", detail_get()->text, why);
    assert_true(detail_get()->remedy[0]);
}

static void a_written_file_is_its_owners_alone_and_reads_back(void **state)
{
    struct home *h = *state;
    struct account_keys *k = write_keys(h), *back = NULL;
    struct account_key_stamp stamp;
    struct stat st;

    assert_int_equal(stat(h->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(account_key_file_read(&h->place, &back, &stamp), ERR_OK);
    assert_non_null(account_keys_find(back, k->generation[0].certificate.id));
    assert_true(account_key_file_is(&h->place, &stamp));
    assert_int_equal(account_key_file_write(&h->place, back), ERR_OK);
    assert_false(account_key_file_is(&h->place, &stamp));
    account_keys_free(back);
    account_keys_free(k);
}

/* Nothing of the old file is left, neither under its name nor in its blocks. */
static void the_old_file_is_overwritten(void **state)
{
    struct home *h = *state;
    struct account_keys *k = write_keys(h);
    int old = open(h->path, O_RDONLY);
    uint8_t block[4096];
    ssize_t n, i;

    assert_true(old >= 0);
    account_keys_free(k);
    k = write_keys(h);
    account_keys_free(k);
    n = read(old, block, sizeof block);
    assert_true(n > 0);
    for (i = 0; i < n; i++)
        assert_int_equal(block[i], 0);
    close(old);
    assert_int_equal(read_keys(h), ERR_OK);
}

static void no_file_is_not_found_and_says_how_to_enrol(void **state)
{
    struct home *h = *state;

    assert_int_equal(read_keys(h), ERR_NOT_FOUND);
    assert_non_null(strstr(detail_get()->remedy, "cert enroll"));
}

static void looser_modes_are_refused(void **state)
{
    static const mode_t loose[] = { 0640, 0604, 0620, 0602, 0660, 0666, 0700 };
    struct home *h = *state;
    size_t i;

    account_keys_free(write_keys(h));
    for (i = 0; i < sizeof loose / sizeof *loose; i++) {
        assert_int_equal(chmod(h->path, loose[i]), 0);
        assert_refused(h, "must be 0600");
    }
    assert_int_equal(chmod(h->path, 0400), 0);
    assert_int_equal(read_keys(h), ERR_OK);
}

static void links_and_what_is_no_file_are_refused(void **state)
{
    struct home *h = *state;
    char other[160];

    account_keys_free(write_keys(h));
    snprintf(other, sizeof other, "%s.other", h->path);
    assert_int_equal(link(h->path, other), 0);
    assert_refused(h, "hard link");
    assert_int_equal(unlink(h->path), 0);
    assert_int_equal(symlink(other, h->path), 0);
    assert_refused(h, "symbolic link");
    assert_int_equal(unlink(h->path), 0);
    assert_int_equal(mkfifo(h->path, 0600), 0);
    assert_refused(h, "no regular file");
    assert_int_equal(unlink(h->path), 0);
    assert_int_equal(mkdir(h->path, 0700), 0);
    assert_refused(h, "no regular file");
    assert_int_equal(rmdir(h->path), 0);
}

static void another_owners_file_is_refused(void **state)
{
    struct home *h = *state;

    account_keys_free(write_keys(h));
    if (chown(h->path, 65534, 65534) != 0) {
        print_message("needs root to give a file away\n");
        skip();
    }
    assert_refused(h, "belongs to uid 65534");
}

static void damage_is_told_from_absence(void **state)
{
    struct home *h = *state;
    int fd;

    account_keys_free(write_keys(h));
    fd = open(h->path, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, 100), 1);
    close(fd);
    assert_int_equal(read_keys(h), ERR_MALFORMED);
    assert_non_null(strstr(detail_get()->text, "damaged"));
    assert_int_equal(truncate(h->path, 3 << 20), 0);
    assert_refused(h, "too long");
}

static void a_credential_is_read_and_never_written(void **state)
{
    struct home *h = *state;
    struct account_keys *k = write_keys(h);
    struct account_key_place p = { 0 };
    char named[192];
    int lock = -1;

    snprintf(named, sizeof named, "%s/a/b/" ACCOUNT_KEY_CREDENTIAL, h->folder);
    assert_int_equal(rename(h->path, named), 0);
    snprintf(named, sizeof named, "%s/a/b", h->folder);
    unsetenv("COUNTERSIGN_QUEUE_KEYS");
    setenv("CREDENTIALS_DIRECTORY", named, 1);
    assert_int_equal(account_key_place_find(&p), ERR_OK);
    assert_true(p.managed);
    account_keys_free(k);
    k = NULL;
    assert_int_equal(chmod(p.path, 0400), 0);
    assert_int_equal(account_key_file_read(&p, &k, NULL), ERR_OK);
    assert_int_equal(account_key_file_write(&p, k), ERR_ACCESS_DENIED);
    assert_int_equal(account_key_file_lock(&p, &lock), ERR_ACCESS_DENIED);
    account_keys_free(k);
    account_key_place_done(&p);
    setenv("COUNTERSIGN_QUEUE_KEYS", h->path, 1);
    assert_int_equal(account_key_place_find(&p), ERR_OK);
    assert_false(p.managed);
    assert_string_equal(p.path, h->path);
    account_key_place_done(&p);
    unsetenv("COUNTERSIGN_QUEUE_KEYS");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void is_beside(const struct account_key_place *p, const char *want)
{
    char *path = NULL;

    assert_int_equal(account_key_place_beside(p, "executed", &path), ERR_OK);
    assert_string_equal(path, want);
    mem_free(path);
}

static void other_memory_lies_beside_the_keys(void **state)
{
    char text[] = "/srv/a/queue.keys";
    struct account_key_place p = { text, false };

    (void)state;
    is_beside(&p, "/srv/a/queue.keys.executed");
    p.managed = true; /* where they lie nobody writes */
    setenv("STATE_DIRECTORY", "/var/lib/orders:/var/lib/more", 1);
    is_beside(&p, "/var/lib/orders/queue.keys.executed");
    unsetenv("STATE_DIRECTORY");
    setenv("XDG_STATE_HOME", "/srv/alice/state", 1);
    is_beside(&p, geteuid() ? "/srv/alice/state/countersign/queue.keys.executed"
                            : "/var/lib/countersign/queue.keys.executed");
    unsetenv("XDG_STATE_HOME");
}

static void without_a_name_the_file_is_the_accounts_own(void **state)
{
    struct account_key_place p = { 0 };

    (void)state;
    unsetenv("COUNTERSIGN_QUEUE_KEYS");
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(account_key_place_find(&p), ERR_OK);
    assert_false(p.managed);
    assert_int_equal(p.path[0], '/');
    if (geteuid() == 0)
        assert_string_equal(p.path, "/var/lib/countersign/queue.keys");
    account_key_place_done(&p);
}

static enum err scenario(void *arg)
{
    struct home *h = arg;
    struct account_keys *k = NULL;
    enum err e = account_key_file_read(&h->place, &k, NULL);

    if (!e)
        e = account_key_file_write(&h->place, k);
    account_keys_free(k);
    return e;
}

/* Never half a file: what is there reads after each failure. */
static void memory_may_run_out_anywhere(void **state)
{
    struct home *h = *state;

    account_keys_free(write_keys(h));
    oom_run(scenario, h);
    assert_int_equal(read_keys(h), ERR_OK);
}

static void one_at_a_time_holds_the_lock(void **state)
{
    struct home *h = *state;
    int lock = -1;
    char path[160];

    assert_int_equal(account_key_file_lock(&h->place, &lock), ERR_OK);
    snprintf(path, sizeof path, "flock -n '%s.lock' true", h->path);
    assert_int_not_equal(system(path), 0);
    account_key_file_unlock(lock);
    assert_int_equal(system(path), 0);
    account_key_file_unlock(-1);
}

/* As on a file system that has no locks to give. */
static void no_lock_is_no_lock(void **state)
{
    struct home *h = *state;
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        struct sock_filter rules[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOLCK),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };
        int lock = -1;

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter))
            _exit(2);
        _exit(account_key_file_lock(&h->place, &lock) != ERR_INTERNAL || lock != -1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Rotated keep seconds before NOW; another does not know it yet. */
static void write_rotated(const struct home *h, int64_t now, int64_t keep)
{
    struct account_keys *k = write_keys(h);

    assert_int_equal(account_keys_make(k, now - keep, now + 86400), ERR_OK);
    account_keys_promote(k, now - keep);
    assert_int_equal(account_key_file_write(&h->place, k), ERR_OK);
    account_keys_free(k);
}

static size_t generations_of(const struct home *h)
{
    struct account_keys *k = NULL;
    size_t n;

    assert_int_equal(account_key_file_read(&h->place, &k, NULL), ERR_OK);
    n = k->count;
    account_keys_free(k);
    return n;
}

static void what_is_kept_no_longer_goes_unless_another_changes_the_keys(void **state)
{
    struct home *h = *state;
    struct account_key_place managed = { h->path, true };
    int lock = -1;

    write_rotated(h, 1900000000, 500);
    assert_int_equal(account_key_file_prune(&h->place, 1899999999, 500), ERR_OK);
    assert_int_equal(generations_of(h), 2);
    assert_int_equal(account_key_file_prune(&managed, 1900000000, 500), ERR_OK);
    assert_int_equal(generations_of(h), 2);
    assert_int_equal(account_key_file_lock(&h->place, &lock), ERR_OK);
    assert_int_equal(account_key_file_prune(&h->place, 1900000000, 500), ERR_OK);
    assert_int_equal(generations_of(h), 2);
    account_key_file_unlock(lock);
    assert_int_equal(account_key_file_prune(&h->place, 1900000000, 500), ERR_OK);
    assert_int_equal(generations_of(h), 1);
}

/* Nobody rotates again: the program that has the keys in use destroys the old one. */
static void a_ring_destroys_what_is_kept_no_longer(void **state)
{
    struct home *h = *state;
    struct key_ring_options options = { .file = h->path };
    struct account_keys *k = NULL;
    struct key_ring *ring = NULL;
    struct queue_key key = { 0 };
    uint8_t ids[2][QUEUE_KEY_ID];
    const struct queue_keys *keys;
    size_t i;

    write_rotated(h, (int64_t)time(NULL), account_key_keep());
    assert_int_equal(account_key_file_read(&h->place, &k, NULL), ERR_OK);
    for (i = 0; i < 2; i++)
        memcpy(ids[i], k->generation[i].certificate.agreement_id, QUEUE_KEY_ID);
    account_keys_free(k);
    assert_int_equal(key_ring_new(&options, &ring), ERR_OK);
    assert_int_equal(generations_of(h), 1);
    keys = key_ring_keys(ring);
    assert_int_equal(keys->own_agreement(keys->arg, ids[0], &key), ERR_NOT_FOUND);
    assert_int_equal(keys->own_agreement(keys->arg, ids[1], &key), ERR_OK);
    queue_key_done(&key);
    key_ring_free(ring);
}

/* While it runs: the time comes between two messages. */
static void a_running_ring_destroys_it_too(void **state)
{
    struct home *h = *state;
    struct key_ring_options options = { .file = h->path };
    struct account_keys *k = NULL;
    struct key_ring *ring = NULL;
    struct queue_key key = { 0 };
    uint8_t id[QUEUE_KEY_ID];
    const struct queue_keys *keys;
    enum err e;

    write_rotated(h, (int64_t)time(NULL), account_key_keep() - 3);
    assert_int_equal(account_key_file_read(&h->place, &k, NULL), ERR_OK);
    memcpy(id, k->generation[0].certificate.agreement_id, QUEUE_KEY_ID);
    account_keys_free(k);
    assert_int_equal(key_ring_new(&options, &ring), ERR_OK);
    keys = key_ring_keys(ring);
    while (e = keys->own_agreement(keys->arg, id, &key), !e) {
        queue_key_done(&key);
        usleep(50000);
    }
    assert_int_equal(e, ERR_NOT_FOUND);
    assert_int_equal(generations_of(h), 1);
    key_ring_free(ring);
}

/* Where another may write in the folder, and has linked a file of this account's under the name
 * that the next one is made with. */
static void what_has_another_name_is_not_overwritten(void **state)
{
    struct home *h = *state;
    char other[160], next[160], text[8] = "";
    int fd;

    account_keys_free(write_keys(h));
    snprintf(other, sizeof other, "%s/precious", h->folder);
    snprintf(next, sizeof next, "%s.new", h->path);
    fd = open(other, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, "gold", 4), 4);
    assert_int_equal(link(other, next), 0);
    account_keys_free(write_keys(h));
    assert_int_equal(pread(fd, text, sizeof text, 0), 4);
    assert_string_equal(text, "gold");
    close(fd);
    assert_int_equal(read_keys(h), ERR_OK);
    assert_int_not_equal(access(next, F_OK), 0);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_written_file_is_its_owners_alone_and_reads_back),
        IN_A_FOLDER(the_old_file_is_overwritten),
        IN_A_FOLDER(no_file_is_not_found_and_says_how_to_enrol),
        IN_A_FOLDER(looser_modes_are_refused),
        IN_A_FOLDER(links_and_what_is_no_file_are_refused),
        IN_A_FOLDER(another_owners_file_is_refused),
        IN_A_FOLDER(damage_is_told_from_absence),
        IN_A_FOLDER(a_credential_is_read_and_never_written),
        cmocka_unit_test(other_memory_lies_beside_the_keys),
        cmocka_unit_test(without_a_name_the_file_is_the_accounts_own),
        IN_A_FOLDER(memory_may_run_out_anywhere),
        IN_A_FOLDER(one_at_a_time_holds_the_lock),
        IN_A_FOLDER(no_lock_is_no_lock),
        IN_A_FOLDER(what_has_another_name_is_not_overwritten),
        IN_A_FOLDER(what_is_kept_no_longer_goes_unless_another_changes_the_keys),
        IN_A_FOLDER(a_ring_destroys_what_is_kept_no_longer),
        IN_A_FOLDER(a_running_ring_destroys_it_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
