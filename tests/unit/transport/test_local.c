/* SPDX-License-Identifier: Apache-2.0
 * The protocol sequence ncalrpc over its transport: names, the rules of the directory, who has an
 * endpoint, and who is at the other end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "transport/local.h"
#include "transport/transport.h"

enum { STRANGER = 54399 };

static const char *folder;
static char above[40];

static int set_up(void **state)
{
    (void)state;
    folder = ncalrpc_folder_make();
    (void)snprintf(above, sizeof above, "%.*s", (int)(strrchr(folder, '/') - folder), folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return ncalrpc_folder_remove();
}

static const char *path_of(const char *file)
{
    static char path[2][128];
    static int turn;

    turn = !turn;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, file);
    return path[turn];
}

static enum err listen_on(const char *name, struct transport_listeners *ret)
{
    return transport_local.listen(&(struct transport_listen){ .endpoint = name }, ret);
}

static int connect_to(const char *name)
{
    int fd = -1;

    assert_int_equal(transport_local.connect(NULL, name, transport_deadline_in(5000), &fd), ERR_OK);
    return fd;
}

static int accept_soon(const struct transport_listeners *l)
{
    int fd = -1;

    assert_int_equal(transport_wait(l->fd[0], POLLIN, -1, transport_deadline_in(5000), NULL),
                     ERR_OK);
    assert_int_equal(transport_local.accept(l->fd[0], &fd), ERR_OK);
    return fd;
}

/* ---- names ---- */

static void names_are_strict(void **state)
{
    static const char *const good[][2] = {
        { "epmapper", "EPMAPPER" },
        { "LRPC-00ab", "LRPC-00AB" },
        { "samss lpc", "SAMSS LPC" },
        { "{a.b}_c", "{A.B}_C" },
        { "12345678901234567890123456789012345678901234567890123",
          "12345678901234567890123456789012345678901234567890123" },
    };
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc/x",
        "a\\b",
        ".a",
        " a",
        "a ",
        "a\nb",
        "a:b",
        "a*",
        "\xc3\xa4",
        "a,b",
        "a=b",
        "a[b]",
        "a\x7f",
        "123456789012345678901234567890123456789012345678901234",
    };
    char name[LOCAL_NAME_MAX + 1];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(local_name_parse(good[i][0], name), ERR_OK);
        assert_string_equal(name, good[i][1]);
    }
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(local_name_parse(bad[i], name), ERR_INVALID_PARAMETER);
}

static void bad_names_reach_no_file(void **state)
{
    struct transport_listeners l;
    int fd = -1;

    (void)state;
    assert_int_equal(listen_on("../x", &l), ERR_INVALID_PARAMETER);
    assert_int_equal(transport_local.connect("", "../x", TRANSPORT_NO_DEADLINE, &fd),
                     ERR_INVALID_PARAMETER);
    assert_int_equal(transport_local.connect("some.other.host", "x", TRANSPORT_NO_DEADLINE, &fd),
                     ERR_RPC_ADDRESS);
    assert_int_equal(access(folder, F_OK), -1);
}

/* ---- bytes and peers ---- */

static void carries_bytes_and_tells_who_is_there(void **state)
{
    struct transport_peer peer = { 0 };
    struct transport_listeners l;
    struct transport_name name;
    char hello[] = "hello", got[8] = { 0 };
    struct iovec out = { hello, 5 };
    const struct iovec in = { got, sizeof got };
    int client, server;
    size_t n = 0;
    struct stat s;

    (void)state;
    assert_int_equal(listen_on("Hello", &l), ERR_OK);
    assert_string_equal(l.endpoint, "HELLO");
    assert_int_equal(stat(folder, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0755);
    client = connect_to("hELLO");
    server = accept_soon(&l);
    assert_int_equal(transport_send(client, &out, 1, TRANSPORT_NO_DEADLINE), ERR_OK);
    assert_int_equal(transport_receive(server, &in, 1, transport_deadline_in(5000), &n), ERR_OK);
    assert_string_equal(got, "hello");
    assert_int_equal(transport_receive_soon(server, &in, 1, &n), ERR_INCOMPLETE);
    assert_int_equal(transport_local.peer(server, &peer), ERR_OK);
    assert_int_equal(peer.uid, geteuid());
    assert_int_equal(peer.gid, getegid());
    assert_int_equal(peer.pid, getpid());
    assert_int_equal(transport_local.peer(client, &peer), ERR_OK);
    assert_int_equal(peer.pid, getpid());
    assert_int_equal(transport_local.name(client, true, &name), ERR_OK);
    assert_string_equal(name.endpoint, "HELLO");
    assert_string_equal(name.address, "");
    assert_int_equal(transport_local.name(server, true, &name), ERR_OK);
    assert_string_equal(name.endpoint, "");
    close(client);
    close(server);
    transport_local.close(&l);
    assert_int_equal(access(path_of("HELLO"), F_OK), -1);
    assert_int_equal(access(path_of(".HELLO.lock"), F_OK), -1);
}

static void dynamic_endpoints_differ(void **state)
{
    struct transport_listeners a, b;

    (void)state;
    assert_int_equal(listen_on(NULL, &a), ERR_OK);
    assert_int_equal(listen_on("", &b), ERR_OK);
    assert_int_equal(strncmp(a.endpoint, "LRPC-", 5), 0);
    assert_string_not_equal(a.endpoint, b.endpoint);
    close(connect_to(a.endpoint));
    transport_local.close(&a);
    transport_local.close(&b);
}

/* ---- the directory ---- */

static void refused_below(mode_t mode, uid_t owner)
{
    struct transport_listeners l;

    assert_int_equal(chmod(folder, mode), 0);
    if (!chown(folder, owner, (gid_t)-1)) /* root may, unless it is alone in a namespace */
        assert_int_equal(listen_on("x", &l), ERR_ACCESS_DENIED);
}

static void a_directory_others_may_write_is_refused(void **state)
{
    static const mode_t bad[] = { 0777, 0775, 0757 }, good[] = { 0700, 0755, 01777, 01775 };
    struct transport_listeners l;
    size_t i;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        refused_below(bad[i], geteuid());
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(chmod(folder, good[i]), 0);
        assert_int_equal(listen_on("x", &l), ERR_OK);
        transport_local.close(&l);
    }
    assert_int_equal(chmod(above, 0777), 0); /* one that could be exchanged is no better */
    assert_int_equal(listen_on("x", &l), ERR_ACCESS_DENIED);
    assert_int_equal(chmod(above, 0755), 0);
    refused_below(0755, STRANGER);
}

static void nothing_is_made_where_others_may_write(void **state)
{
    struct transport_listeners l;
    struct stat s;

    (void)state;
    assert_int_equal(chmod(above, 0777), 0);
    assert_int_equal(listen_on("x", &l), ERR_ACCESS_DENIED);
    assert_int_equal(lstat(folder, &s), -1);
    assert_int_equal(chmod(above, 0755), 0);
    assert_int_equal(listen_on("x", &l), ERR_OK);
    transport_local.close(&l);
}

static void a_link_is_no_directory(void **state)
{
    struct transport_listeners l;
    char elsewhere[96];

    (void)state;
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", above);
    assert_int_equal(mkdir(elsewhere, 0755), 0);
    assert_int_equal(symlink(elsewhere, folder), 0);
    assert_int_equal(listen_on("x", &l), ERR_ACCESS_DENIED);
    assert_int_equal(unlink(folder), 0);
    assert_int_equal(close(creat(folder, 0644)), 0);
    assert_int_equal(listen_on("x", &l), ERR_ACCESS_DENIED);
}

static void a_directory_is_named_absolutely_and_shortly(void **state)
{
    char deep[128];
    struct transport_listeners l;

    (void)state;
    assert_int_equal(setenv("COUNTERSIGN_NCALRPC_DIR", "relative", 1), 0);
    assert_int_equal(listen_on("x", &l), ERR_INVALID_PARAMETER);
    memset(deep, 'd', sizeof deep);
    deep[0] = '/';
    deep[sizeof deep - 1] = '\0';
    assert_int_equal(setenv("COUNTERSIGN_NCALRPC_DIR", deep, 1), 0);
    assert_int_equal(listen_on("x", &l), ERR_TOO_LONG);
}

/* ---- whose endpoint it is ---- */

/* A server that dies with its socket left behind. */
static void leave_one_behind(const char *name)
{
    struct transport_listeners l;
    pid_t child = fork();
    int status;

    if (!child) /* which does no cleaning up */
        _exit(listen_on(name, &l) != ERR_OK);
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_dead_servers_socket_is_replaced(void **state)
{
    struct transport_listeners l;
    int fd = -1;

    (void)state;
    leave_one_behind("X");
    assert_int_equal(access(path_of("X"), F_OK), 0);
    assert_int_equal(transport_local.connect("", "x", transport_deadline_in(5000), &fd),
                     ERR_CONNECT);
    assert_int_equal(listen_on("x", &l), ERR_OK);
    close(connect_to("x"));
    transport_local.close(&l);
}

static void a_living_servers_is_not(void **state)
{
    struct transport_listeners l, again;

    (void)state;
    assert_int_equal(listen_on("x", &l), ERR_OK);
    assert_int_equal(listen_on("X", &again), ERR_EXISTS);
    close(connect_to("x"));
    transport_local.close(&l);
}

static int plain_socket(const char *path, bool listening)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    if (listening)
        assert_int_equal(listen(fd, 4), 0);
    return fd;
}

/* A server of another kind has no lock, and listens nevertheless. */
static void a_foreign_servers_is_not_either(void **state)
{
    struct transport_listeners l;
    int fd;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    fd = plain_socket(path_of("X"), true);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    close(fd);
    assert_int_equal(listen_on("x", &l), ERR_OK);
    transport_local.close(&l);
}

static void what_is_no_socket_stays(void **state)
{
    struct transport_listeners l;
    int fd = -1;

    (void)state;
    assert_int_equal(mkdir(folder, 01777), 0);
    assert_int_equal(close(creat(path_of("X"), 0644)), 0);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    assert_int_equal(unlink(path_of("X")), 0);
    assert_int_equal(symlink("/dev/null", path_of(".X.lock")), 0);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    assert_int_equal(unlink(path_of(".X.lock")), 0);
    assert_int_equal(symlink("elsewhere", path_of("X")), 0);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    assert_int_equal(transport_local.connect("", "x", transport_deadline_in(5000), &fd),
                     ERR_CONNECT);
}

/* Somebody else's, where everybody may have sockets: dead or alive it is his. */
static void a_squatter_is_refused(void **state)
{
    struct transport_listeners l;
    int fd;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(folder, 01777), 0);
    fd = plain_socket(path_of("X"), false);
    if (chown(path_of("X"), STRANGER, STRANGER))
        unit_skip("only root can give files away");
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    assert_int_equal(access(path_of("X"), F_OK), 0);
    close(fd);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    assert_int_equal(close(creat(path_of(".Y.lock"), 0600)), 0);
    assert_int_equal(chown(path_of(".Y.lock"), STRANGER, STRANGER), 0);
    assert_int_equal(listen_on("y", &l), ERR_EXISTS);
}

/* A link to another server's socket: the kernel would follow it. */
static void a_link_to_another_socket_is_not_followed(void **state)
{
    struct transport_listeners l;
    int fd = -1, other;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    other = plain_socket(path_of("OTHER"), true);
    assert_int_equal(symlink(path_of("OTHER"), path_of("X")), 0);
    assert_int_equal(transport_local.connect("", "x", transport_deadline_in(5000), &fd),
                     ERR_CONNECT);
    assert_int_equal(unlink(path_of("X")), 0);
    assert_int_equal(link(path_of("OTHER"), path_of("X")), 0); /* or a second name of it */
    assert_int_equal(transport_local.connect("", "x", transport_deadline_in(5000), &fd),
                     ERR_CONNECT);
    assert_int_equal(listen_on("x", &l), ERR_EXISTS);
    close(other);
}

/* A process that was forked takes nothing away when it ends. */
static void a_child_leaves_the_files(void **state)
{
    struct transport_listeners l;
    int status;
    pid_t child;

    (void)state;
    assert_int_equal(listen_on("x", &l), ERR_OK);
    child = fork();
    if (!child) {
        transport_local.close(&l);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(access(path_of("X"), F_OK), 0);
    close(connect_to("x"));
    transport_local.close(&l);
}

/* At an ordinary end of the process they go. */
static void the_files_go_with_the_process(void **state)
{
    static const char script[] = "/proc/self/exe";
    int status;
    pid_t child = fork();

    (void)state;
    if (!child) {
        execl(script, "test_local", "listen", (char *)NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(access(folder, F_OK), 0);
    assert_int_equal(access(path_of("X"), F_OK), -1);
    assert_int_equal(access(path_of(".X.lock"), F_OK), -1);
}

int main(int argc, char **argv)
{
    struct transport_listeners l;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_strict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_names_reach_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(carries_bytes_and_tells_who_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dynamic_endpoints_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_others_may_write_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_made_where_others_may_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_no_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_is_named_absolutely_and_shortly, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_dead_servers_socket_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_living_servers_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_foreign_servers_is_not_either, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_socket_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_squatter_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_to_another_socket_is_not_followed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_child_leaves_the_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_files_go_with_the_process, set_up, tear_down),
    };

    if (argc > 1 && strcmp(argv[1], "listen") == 0)
        return listen_on("x", &l) != ERR_OK;
    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
