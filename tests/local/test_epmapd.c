/* SPDX-License-Identifier: Apache-2.0
 * test_epmapd.c - our endpoint mapper: what it finds, whose an entry is, and how much of it anybody
 * can have.
 *
 * The mapper is its own process, and so is each client; as root they are of several accounts.
 */
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <countersign/rpc.h>

#include "epmapd_client.h"
#include "lib/accounts.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "local_server.h"

enum {
    FIRST = 54321, /* accounts without a name */
    SECOND = 54322,
    SERVICE = 54323,  /* the mapper's, where it has one of its own */
    ONE = 0x0a000001, /* interfaces */
    OTHER = 0x0a000002,
    OBJECT = 0x0b000001,
    ALL_OF_ONE = 1024, /* entries of an account */
    HANDLES = 256,     /* of one origin */
    WAIT_MS = 20,
    WAITS = 3000,
};

static const char *program;

static int set_up(void **state)
{
    const char *folder = ncalrpc_folder_make();

    (void)state;
    if (mkdir(folder, 0755) || chmod(folder, 01777))
        return -1;
    mapper_start(program);
    return 0;
}

static int tear_down(void **state)
{
    bool ended = mapper_stop();

    (void)state;
    return ncalrpc_folder_remove() || !ended;
}

/* In a process of its own, which may use the library: it must not be forked. */
static void apart(int (*client)(void *arg))
{
    assert_int_equal(local_as(geteuid(), client, NULL), 0);
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static void needs_accounts(void)
{
    if (geteuid() != 0 || local_as(SECOND, nothing, NULL) != 0)
        unit_skip(ACCOUNTS_NEED);
}

/* A failed assertion ends a client's process with another status than 0, which its parent sees. */
#define WANT(got, want)                                                                            \
    do {                                                                                           \
        unsigned long got_ = (unsigned long)(got), want_ = (unsigned long)(want);                  \
        if (got_ != want_) {                                                                       \
            fprintf(stderr, "%s:%d: %s is %#lx, not %#lx\n", __FILE__, __LINE__, #got, got_,       \
                    want_);                                                                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* ---- finding ---- */

static int find_it(void *arg)
{
    struct client_entry e = { .interface = ONE, .major = 1, .minor = 3, .port = 4444 };
    handle_t local = client_bind(NULL), far = client_bind(mapper_tcp());
    unsigned short port = 0;
    byte address[4];

    (void)arg;
    WANT(client_insert(local, &e, true), RPC_S_OK);
    WANT(client_map(far, &e, &port, address), RPC_S_OK);
    WANT(port, 4444);
    WANT(memcmp(address, "\x7f\0\0\1", 4), 0); /* where the caller has reached the mapper */
    WANT(client_map(local, &e, &port, address), RPC_S_OK);
    WANT(memcmp(address, "\0\0\0\0", 4), 0);
    e.minor = 2; /* what serves 1.3 serves 1.2 */
    WANT(client_map(far, &e, &port, NULL), RPC_S_OK);
    e.minor = 4;
    WANT(client_map(far, &e, &port, NULL), EPT_STATUS_NOT_REGISTERED);
    e.minor = 3;
    e.major = 2;
    WANT(client_map(far, &e, &port, NULL), EPT_STATUS_NOT_REGISTERED);
    e.major = 1;
    e.local = "SOMEWHERE";
    WANT(client_map(far, &e, &port, NULL), EPT_STATUS_NOT_REGISTERED);
    e.local = NULL;
    WANT(client_delete(local, &e), RPC_S_OK);
    WANT(client_map(far, &e, &port, NULL), EPT_STATUS_NOT_REGISTERED);
    WANT(client_delete(local, &e), EPT_STATUS_NOT_REGISTERED);
    return 0;
}

static void what_is_registered_is_found(void **state)
{
    (void)state;
    apart(find_it);
}

static int by_object(void *arg)
{
    struct client_entry any = { .interface = ONE, .port = 1000 };
    struct client_entry one = { .interface = ONE, .port = 2000, .object = OBJECT };
    struct client_entry other = { .interface = ONE, .object = OBJECT + 1 };
    handle_t local = client_bind(NULL);
    unsigned short port = 0;

    (void)arg;
    WANT(client_insert(local, &one, true), RPC_S_OK);
    WANT(client_map(local, &other, &port, NULL), EPT_STATUS_NOT_REGISTERED);
    WANT(client_map(local, &any, &port, NULL), RPC_S_OK); /* there is no other one */
    WANT(port, 2000);
    WANT(client_insert(local, &any, true), RPC_S_OK);
    WANT(client_map(local, &one, &port, NULL), RPC_S_OK);
    WANT(port, 2000);
    WANT(client_map(local, &other, &port, NULL), RPC_S_OK);
    WANT(port, 1000);
    WANT(client_map(local, &any, &port, NULL), RPC_S_OK);
    WANT(port, 1000);
    return 0;
}

static void an_object_finds_its_own_or_anybodys(void **state)
{
    (void)state;
    apart(by_object);
}

static ULONG count(handle_t h, unsigned type, const struct client_entry *e, unsigned versions)
{
    ept_lookup_handle_t handle = NULL;
    error_status_t status;
    ULONG n = 0;

    status = client_lookup(h, type, e, versions, &handle, 100, &n);
    WANT(handle != NULL, 0);
    WANT(status, n ? (error_status_t)RPC_S_OK : EPT_STATUS_NOT_REGISTERED);
    return n;
}

static int by_version(void *arg)
{
    static const unsigned short versions[][2] = { { 1, 0 }, { 1, 2 }, { 1, 3 }, { 2, 0 } };
    struct client_entry e = { .interface = ONE, .major = 1, .minor = 2 };
    handle_t h = client_bind(NULL);
    size_t i;

    (void)arg;
    for (i = 0; i < sizeof versions / sizeof *versions; i++) {
        const struct client_entry one = { .interface = ONE,
                                          .major = versions[i][0],
                                          .minor = versions[i][1],
                                          .port = (unsigned short)(1000 + i),
                                          .object = i == 1 ? OBJECT : 0 };

        WANT(client_insert(h, &one, false), RPC_S_OK);
    }
    WANT(count(h, RPC_C_EP_ALL_ELTS, &e, RPC_C_VERS_ALL), 4 + 2); /* with the mapper's own */
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 4);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_COMPATIBLE), 2);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_EXACT), 1);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_MAJOR_ONLY), 3);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_UPTO), 2);
    e.object = OBJECT;
    WANT(count(h, RPC_C_EP_MATCH_BY_OBJ, &e, RPC_C_VERS_ALL), 1);
    WANT(count(h, RPC_C_EP_MATCH_BY_BOTH, &e, RPC_C_VERS_ALL), 1);
    e.minor = 3;
    WANT(count(h, RPC_C_EP_MATCH_BY_BOTH, &e, RPC_C_VERS_EXACT), 0);
    return 0;
}

static void lookups_select_as_they_say(void **state)
{
    (void)state;
    apart(by_version);
}

static int ask_wrongly(void *arg)
{
    const struct client_entry e = { .interface = ONE };
    handle_t h = client_bind(NULL);
    ept_lookup_handle_t handle = NULL;
    ULONG n = 0;

    (void)arg;
    WANT(client_lookup(h, 4, &e, 1, &handle, 10, &n), EPT_S_CANT_PERFORM_OP);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 0, &handle, 10, &n), EPT_S_CANT_PERFORM_OP);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 6, &handle, 10, &n), EPT_S_CANT_PERFORM_OP);
    WANT(handle != NULL, 0);
    return 0;
}

static void questions_that_are_none_are_refused(void **state)
{
    (void)state;
    apart(ask_wrongly);
}

static int ask_for_the_object(void *arg)
{
    ept_uuid_t object = { .time_low = 1 };
    error_status_t status = 1;

    (void)arg;
    ept_inq_object(client_bind(mapper_tcp()), &object, &status);
    WANT(status, RPC_S_OK);
    WANT(object.time_low, 0);
    return 0;
}

static void the_mapper_has_no_object(void **state)
{
    (void)state;
    apart(ask_for_the_object);
}

static int page_through(void *arg)
{
    struct client_entry e = { .interface = ONE };
    handle_t h = client_bind(mapper_tcp()), local = client_bind(NULL);
    ept_lookup_handle_t handle = NULL;
    ULONG n = 0;

    (void)arg;
    for (e.port = 1; e.port <= 7; e.port++)
        WANT(client_insert(local, &e, false), RPC_S_OK);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 1, &handle, 3, &n), RPC_S_OK);
    WANT(n, 3);
    e.port = 4; /* one behind, and one before what was read */
    WANT(client_delete(local, &e), RPC_S_OK);
    e.port = 3;
    WANT(client_delete(local, &e), RPC_S_OK);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 1, &handle, 3, &n), RPC_S_OK);
    WANT(n, 3);
    WANT(handle == NULL, 0); /* a full page: there may be another one */
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 1, &handle, 3, &n), EPT_STATUS_NOT_REGISTERED);
    WANT(n, 0);
    WANT(handle != NULL, 0);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 1, &handle, 3, &n), RPC_S_OK);
    WANT(client_lookup(h, RPC_C_EP_MATCH_BY_IF, &e, 1, &handle, 3, &n), RPC_S_OK);
    WANT(n, 2);
    WANT(handle != NULL, 0);
    return 0;
}

static void a_search_goes_on_while_entries_come_and_go(void **state)
{
    (void)state;
    apart(page_through);
}

static int in_turn(void *arg)
{
    struct client_entry e = { .interface = ONE };
    handle_t h = client_bind(mapper_tcp()), local = client_bind(NULL);
    unsigned seen[4] = { 0 }, i;
    unsigned short port = 0;

    (void)arg;
    for (e.port = 1; e.port <= 3; e.port++)
        WANT(client_insert(local, &e, false), RPC_S_OK);
    for (i = 0; i < 12; i++) {
        WANT(client_map(h, &e, &port, NULL), RPC_S_OK);
        WANT(port >= 1 && port <= 3, true);
        seen[port]++;
    }
    for (i = 1; i <= 3; i++)
        WANT(seen[i], 4);
    return 0;
}

static void equal_entries_are_given_in_turn(void **state)
{
    (void)state;
    apart(in_turn);
}

static int replace_it(void *arg)
{
    struct client_entry e = { .interface = ONE, .port = 1, .annotation = "the old one" };
    const struct client_entry other = { .interface = ONE, .local = "THERE" };
    const struct client_entry object = { .interface = ONE, .port = 3, .object = OBJECT };
    handle_t h = client_bind(NULL);
    unsigned short port = 0;

    (void)arg;
    WANT(client_insert(h, &e, true), RPC_S_OK);
    WANT(client_insert(h, &other, true), RPC_S_OK);
    WANT(client_insert(h, &object, true), RPC_S_OK);
    WANT(client_insert(h, &e, false), RPC_S_OK); /* the same: not twice */
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 3);
    e.port = 2;
    WANT(client_insert(h, &e, false), RPC_S_OK);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 4);
    e.port = 5;
    WANT(client_insert(h, &e, true), RPC_S_OK); /* for both, and only for those */
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 3);
    WANT(client_map(h, &e, &port, NULL), RPC_S_OK);
    WANT(port, 5);
    return 0;
}

static void replacing_takes_what_is_of_the_same_kind(void **state)
{
    (void)state;
    apart(replace_it);
}

/* ---- what is refused ---- */

static int insert_wrongly(void *arg)
{
    struct client_entry e = { .interface = ONE, .port = 1, .octets = 1 };
    handle_t h = client_bind(NULL);
    ept_entry_t whole = client_entry(&(struct client_entry){ .interface = ONE, .port = 1 });
    ept_entry_t two[2] = { whole, whole };

    (void)arg;
    for (; e.octets < whole.tower->tower_length; e.octets++)
        WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    e = (struct client_entry){ .interface = ONE }; /* no port */
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    e = (struct client_entry){ .interface = ONE, .local = "" };
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    e = (struct client_entry){ .interface = ONE, .local = "LINE\nBREAK" };
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    e = (struct client_entry){ .interface = ONE,
                               .local = "RED\xc2\x9b"
                                        "31m" };
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    two[1].tower = NULL; /* all or none */
    WANT(client_insert_all(h, two, 2), EPT_S_INVALID_ENTRY);
    WANT(count(h, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 0);
    client_entry_free(&whole);
    return 0;
}

static void towers_that_lead_nowhere_are_refused(void **state)
{
    (void)state;
    apart(insert_wrongly);
}

static int insert_too_long(void *arg)
{
    handle_t h = client_bind(NULL);
    ept_entry_t e = client_entry(&(struct client_entry){ .interface = ONE, .port = 1 });
    ept_tower_t *large = calloc(1, sizeof *large + 2000);

    (void)arg;
    free(e.tower);
    e.tower = large;
    large->tower_length = EPT_TOWER_MOST + 1;
    WANT(client_insert_all(h, &e, 1) >= RAISED, true);
    free(large);
    return 0;
}

static void a_tower_has_so_many_octets(void **state)
{
    (void)state;
    apart(insert_too_long);
}

static int change_from_afar(void *arg)
{
    const struct client_entry e = { .interface = ONE, .port = 1 };
    handle_t far = client_bind(mapper_tcp()), local = client_bind(NULL);

    (void)arg;
    WANT(client_insert(far, &e, false), EPT_S_CANT_PERFORM_OP);
    WANT(client_insert(local, &e, false), RPC_S_OK);
    WANT(client_insert(far, &e, true), EPT_S_CANT_PERFORM_OP);
    WANT(client_delete(far, &e), EPT_S_CANT_PERFORM_OP);
    WANT(client_manage(far, &e), EPT_S_CANT_PERFORM_OP);
    WANT(count(far, RPC_C_EP_MATCH_BY_IF, &e, RPC_C_VERS_ALL), 1);
    WANT(client_manage(local, &e), RPC_S_OK);
    WANT(client_manage(local, &e), EPT_STATUS_NOT_REGISTERED);
    return 0;
}

static void nobody_changes_it_over_tcp(void **state)
{
    (void)state;
    apart(change_from_afar);
}

/* ---- whose it is ---- */

/* A process that has registered and stays. */
static pid_t hold(uid_t uid, const struct client_entry *e)
{
    int ready[2];
    char one = 0;
    pid_t pid;

    if (pipe(ready))
        abort();
    pid = fork();
    if (!pid) {
        close(ready[0]);
        if (uid != geteuid() && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
            _exit(99);
        WANT(client_insert(client_bind(NULL), e, true), RPC_S_OK);
        if (write(ready[1], &one, 1) != 1)
            _exit(98);
        for (;;)
            (void)pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &one, 1), 1);
    close(ready[0]);
    return pid;
}

static void let_go(pid_t pid)
{
    int status;

    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static const struct client_entry held = { .interface = ONE, .port = 7777 };

static int take_over(void *arg)
{
    const struct client_entry mine = { .interface = ONE, .port = 6666, .object = OBJECT };
    struct client_entry later = held;
    handle_t h = client_bind(NULL);
    unsigned short port = 0;

    (void)arg;
    later.minor = 9; /* what a client of any older version would be sent to */
    WANT(client_insert(h, &held, true), EPT_S_CANT_PERFORM_OP);
    WANT(client_insert(h, &held, false), EPT_S_CANT_PERFORM_OP);
    WANT(client_insert(h, &mine, false), EPT_S_CANT_PERFORM_OP);
    WANT(client_insert(h, &later, false), EPT_S_CANT_PERFORM_OP);
    WANT(client_delete(h, &held), EPT_S_CANT_PERFORM_OP);
    WANT(client_manage(h, &held), EPT_S_CANT_PERFORM_OP);
    WANT(client_map(h, &held, &port, NULL), RPC_S_OK);
    WANT(port, 7777);
    return 0;
}

static int put_itself_in_the_mappers_place(void *arg)
{
    struct client_entry e = { .interface = ONE, .port = 9 };
    ept_entry_t mapper = client_entry(&e);
    static const byte id[] = { 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11,
                               0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa };

    (void)arg;
    memcpy(mapper.tower->tower_octet_string + 5, id, sizeof id);
    WANT(client_insert_all(client_bind(NULL), &mapper, 1), EPT_S_CANT_PERFORM_OP);
    client_entry_free(&mapper);
    return 0;
}

static int send_elsewhere(void *arg)
{
    struct client_entry e = { .interface = OTHER, .port = 9, .address = { 192, 0, 2, 7 } };
    handle_t h = client_bind(NULL);

    (void)arg;
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    WANT(client_delete(h, &e), EPT_STATUS_NOT_REGISTERED); /* may be one the host had */
    memcpy(e.address, "\x7f\0\0\x09", 4);
    WANT(client_insert(h, &e, false), RPC_S_OK);
    e = (struct client_entry){ .interface = OTHER,
                               .local = "\\pipe\\p",
                               .host = "127.example.net" };
    WANT(client_insert(h, &e, false), EPT_S_INVALID_ENTRY);
    e.host = "127.0.0.9";
    WANT(client_insert(h, &e, false), RPC_S_OK);
    return 0;
}

static int remove_it(void *arg)
{
    (void)arg;
    WANT(client_manage(client_bind(NULL), &held), RPC_S_OK);
    return 0;
}

static void an_entry_is_its_accounts(void **state)
{
    pid_t h;

    (void)state;
    needs_accounts();
    h = hold(FIRST, &held);
    assert_int_equal(local_as(SECOND, take_over, NULL), 0);
    assert_int_equal(local_as(SECOND, put_itself_in_the_mappers_place, NULL), 0);
    assert_int_equal(local_as(SECOND, send_elsewhere, NULL), 0);
    assert_int_equal(local_as(FIRST, remove_it, NULL), 0); /* another process of the account */
    let_go(h);
    h = hold(FIRST, &held);
    assert_int_equal(local_as(0, remove_it, NULL), 0);
    let_go(h);
}

static int see_it_go(void *arg)
{
    handle_t h = client_bind(NULL);
    error_status_t status = RPC_S_OK;
    unsigned short port = 0;
    int i;

    (void)arg;
    for (i = 0; i < WAITS && status == RPC_S_OK; i++) {
        status = client_map(h, &held, &port, NULL);
        (void)usleep(WAIT_MS * 1000);
    }
    WANT(status, EPT_STATUS_NOT_REGISTERED);
    return 0;
}

static int see_it_there(void *arg)
{
    unsigned short port = 0;

    (void)arg;
    WANT(client_map(client_bind(NULL), &held, &port, NULL), RPC_S_OK);
    return 0;
}

static void an_entry_ends_with_its_process(void **state)
{
    pid_t one, another;

    (void)state;
    one = hold(geteuid(), &held);
    apart(see_it_there);
    let_go(one);
    apart(see_it_go);
    one = hold(geteuid(), &held); /* registered again, it is the second one's */
    another = hold(geteuid(), &held);
    let_go(one);
    apart(see_it_there);
    let_go(another);
    apart(see_it_go);
}

/* ---- how much ---- */

static int insert_without_end(void *arg)
{
    enum { BATCH = 256 };
    ept_entry_t batch[BATCH];
    struct client_entry e = { .interface = ONE, .port = 1 };
    handle_t h = client_bind(NULL);
    unsigned i, n;

    (void)arg;
    for (n = 0; n < ALL_OF_ONE; n += BATCH) {
        for (i = 0; i < BATCH; i++, e.port++)
            batch[i] = client_entry(&e);
        WANT(client_insert_all(h, batch, BATCH), RPC_S_OK);
        for (i = 0; i < BATCH; i++)
            client_entry_free(&batch[i]);
    }
    WANT(client_insert(h, &e, false), RPC_S_OUT_OF_RESOURCES);
    e = (struct client_entry){ .interface = OTHER, .port = 1 };
    WANT(client_insert(h, &e, false), RPC_S_OUT_OF_RESOURCES);
    for (e.interface = ONE; e.port <= 2; e.port++)
        WANT(client_delete(h, &e), RPC_S_OK);
    WANT(client_insert(h, &e, false), RPC_S_OK);
    _exit(0); /* with all of them */
}

static int insert_one(void *arg)
{
    const struct client_entry e = { .interface = OTHER, .port = 1 };

    (void)arg;
    WANT(client_insert(client_bind(NULL), &e, false), RPC_S_OK);
    return 0;
}

static void an_account_has_so_many_entries(void **state)
{
    (void)state;
    needs_accounts();
    assert_int_equal(local_as(FIRST, insert_without_end, NULL), 0);
    assert_int_equal(local_as(SECOND, insert_one, NULL), 0);
    assert_int_equal(local_as(FIRST, insert_without_end, NULL), 0); /* all went with the process */
}

static int search_without_end(void *arg)
{
    const struct client_entry e = { .interface = ONE };
    handle_t h = client_bind(mapper_tcp()), local = client_bind(NULL);
    ept_lookup_handle_t handle[HANDLES] = { NULL }, more = NULL;
    ULONG n = 0, i;

    (void)arg;
    for (i = 0; i < HANDLES; i++)
        WANT(client_lookup(h, RPC_C_EP_ALL_ELTS, &e, 1, &handle[i], 1, &n), RPC_S_OK);
    WANT(client_lookup(h, RPC_C_EP_ALL_ELTS, &e, 1, &more, 1, &n), RPC_S_OUT_OF_RESOURCES);
    WANT(more != NULL, 0);
    WANT(client_lookup(h, RPC_C_EP_ALL_ELTS, &e, 1, &more, 100, &n), RPC_S_OK); /* needs none */
    WANT(client_lookup(local, RPC_C_EP_ALL_ELTS, &e, 1, &more, 1, &n), RPC_S_OK);
    ept_lookup_handle_free(h, &handle[0], &(error_status_t){ 0 });
    WANT(client_lookup(h, RPC_C_EP_ALL_ELTS, &e, 1, &handle[0], 1, &n), RPC_S_OK);
    _exit(0); /* with all of them */
}

static int search_again(void *arg)
{
    const struct client_entry e = { .interface = ONE };
    handle_t h = client_bind(mapper_tcp());
    error_status_t status = RPC_S_OUT_OF_RESOURCES;
    ept_lookup_handle_t handle = NULL;
    ULONG n = 0;
    int i;

    (void)arg;
    for (i = 0; i < WAITS && status == RPC_S_OUT_OF_RESOURCES; i++) {
        status = client_lookup(h, RPC_C_EP_ALL_ELTS, &e, 1, &handle, 1, &n);
        (void)usleep(WAIT_MS * 1000);
    }
    WANT(status, RPC_S_OK);
    return 0;
}

static void a_client_keeps_so_many_searches(void **state)
{
    (void)state;
    apart(search_without_end);
    apart(search_again); /* the first one's went with its connections */
}

/* ---- sockets that are handed over ---- */

static int can_run(void *arg)
{
    (void)arg;
    return access(program, X_OK) != 0;
}

static void serves_sockets_of_the_service_manager(void **state)
{
    const char *folder = ncalrpc_folder_make();
    uid_t uid = geteuid() == 0 && local_as(SERVICE, can_run, NULL) == 0 ? SERVICE : geteuid();
    char path[64];
    pid_t one;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    mapper_start_with_sockets(program, folder, uid);
    assert_true(mapper_tells("READY=1"));
    apart(find_it);
    one = hold(geteuid(), &held);
    apart(see_it_there);
    let_go(one);
    apart(see_it_go);
    assert_true(mapper_stop());
    assert_true(mapper_tells("STOPPING=1"));
    (void)snprintf(path, sizeof path, "%s/EPMAPPER", folder);
    assert_int_equal(access(path, F_OK), 0); /* its maker's to remove */
    assert_int_equal(ncalrpc_folder_remove(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_registered_is_found),
        TEST(an_object_finds_its_own_or_anybodys),
        TEST(lookups_select_as_they_say),
        TEST(questions_that_are_none_are_refused),
        TEST(the_mapper_has_no_object),
        TEST(a_search_goes_on_while_entries_come_and_go),
        TEST(equal_entries_are_given_in_turn),
        TEST(replacing_takes_what_is_of_the_same_kind),
        TEST(towers_that_lead_nowhere_are_refused),
        TEST(a_tower_has_so_many_octets),
        TEST(nobody_changes_it_over_tcp),
        TEST(an_entry_is_its_accounts),
        TEST(an_entry_ends_with_its_process),
        TEST(an_account_has_so_many_entries),
        TEST(a_client_keeps_so_many_searches),
        cmocka_unit_test(serves_sockets_of_the_service_manager),
    };

    if (argc != 2) {
        fprintf(stderr, "usage: local-epmapd PROGRAM\n");
        return 2;
    }
    program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
