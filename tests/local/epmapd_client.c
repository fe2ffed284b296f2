/* SPDX-License-Identifier: Apache-2.0
 * epmapd_client.c - a client of the endpoint mapper that says things as it likes, and the mapper's
 * process.
 */
#include "epmapd_client.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local_server.h"

enum { PAGE = 500, TOWER = 75, PORT_AT = 64, ADDRESS_AT = 71, LINE = 256, APART = 100 };

/* ---- the mapper ---- */

static pid_t mapper;
static char tcp[64];
static int manager = -1; /* hears what the mapper tells the service manager */

static FILE *said; /* what it says later stays in the pipe */

/* Until it says that it is ready. */
static void read_log(int fd)
{
    char line[LINE], *at;

    said = fdopen(fd, "r");
    tcp[0] = '\0';
    while (said && fgets(line, sizeof line, said) && !strstr(line, ": ready\n"))
        if ((at = strstr(line, "ncacn_ip_tcp:")) != NULL)
            (void)snprintf(tcp, sizeof tcp, "%.*s", (int)strcspn(at, "\n"), at);
    if (!tcp[0])
        abort();
}

void mapper_start(const char *program)
{
    int end[2];

    if (pipe(end))
        abort();
    mapper = fork();
    if (!mapper) {
        (void)dup2(end[1], STDERR_FILENO);
        close(end[0]);
        close(end[1]);
        execl(program, program, "--listen", "127.0.0.1:0", "--quiet", (char *)NULL);
        _exit(127);
    }
    close(end[1]);
    read_log(end[0]);
}

static struct sockaddr_un unix_address(const char *folder, const char *name)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };

    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s/%s", folder, name);
    return a;
}

static int bound(int type, const void *address, size_t n)
{
    const struct sockaddr *a = address;
    int fd = socket(a->sa_family, type, 0);

    if (fd < 0 || bind(fd, a, (socklen_t)n) || (type == SOCK_STREAM && listen(fd, 64)))
        abort();
    if (a->sa_family == AF_UNIX && chmod(((const struct sockaddr_un *)address)->sun_path, 0666))
        abort();
    return fd;
}

void mapper_start_with_sockets(const char *program, const char *folder, uid_t uid)
{
    const struct sockaddr_in any = { .sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct sockaddr_un local = unix_address(folder, "EPMAPPER");
    const struct sockaddr_un notify = unix_address(folder, "notify");
    const int sockets[] = { bound(SOCK_STREAM, &local, sizeof local),
                            bound(SOCK_STREAM, &any, sizeof any) };
    char pid[16];
    int end[2];

    manager = bound(SOCK_DGRAM, &notify, sizeof notify);
    if (pipe(end))
        abort();
    mapper = fork();
    if (!mapper) {
        (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
        if (dup2(end[1], STDERR_FILENO) < 0 || dup2(sockets[0], APART) < 0 ||
            dup2(sockets[1], APART + 1) < 0 || dup2(APART, 3) < 0 || dup2(APART + 1, 4) < 0 ||
            setenv("LISTEN_PID", pid, 1) || setenv("LISTEN_FDS", "2", 1) ||
            setenv("NOTIFY_SOCKET", notify.sun_path, 1) ||
            (uid != geteuid() && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))))
            _exit(126);
        close_range(5, ~0U, 0);
        execl(program, program, "--quiet", (char *)NULL);
        _exit(127);
    }
    close(sockets[0]);
    close(sockets[1]);
    close(end[1]);
    read_log(end[0]);
}

bool mapper_tells(const char *state)
{
    char told[LINE] = "";
    ssize_t n = recv(manager, told, sizeof told - 1, 0);

    if (n < 0 || strcmp(told, state) != 0)
        fprintf(stderr, "the service manager is told \"%s\", not \"%s\"\n", told, state);
    return strcmp(told, state) == 0;
}

bool mapper_stop(void)
{
    int status = -1;
    bool ended;

    kill(mapper, SIGTERM);
    ended = waitpid(mapper, &status, 0) == mapper && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    (void)fclose(said);
    return ended;
}

const char *mapper_tcp(void)
{
    return tcp;
}

handle_t client_bind(const char *binding)
{
    return local_bind(binding ? binding : "ncalrpc:[EPMAPPER]");
}

/* ---- towers ---- */

/* An interface of TCP, all zero where an entry says something. */
static const byte tcp_tower[TOWER] = {
    5,    0, /* floors */
    19,   0,    0x0d, 0,    0,    0,    0,    0xad, 0xde, 0,    0,    1,    2,
    3,    4,    5,                                     /* interface */
    6,    7,    8,    0,    0,    2,    0,    0,    0, /* its version */
    19,   0,    0x0d, 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
    0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    2,    0,    0,    0, /* NDR 2.0 */
    1,    0,    0x0b, 2,    0,    0,    0,                               /* RPC */
    1,    0,    0x07, 2,    0,    0,    0,                               /* the port */
    1,    0,    0x09, 4,    0,    0,    0,    0,    0,                   /* the address */
};

enum { LOCAL_AT = 57 }; /* where an ncalrpc tower differs: at the name of its third floor */

static size_t text_floor(byte *to, byte protocol, const char *text)
{
    size_t n = strlen(text) + 1;

    memcpy(to, (const byte[]){ 1, 0, protocol, (byte)n, 0 }, 5);
    memcpy(to + 5, text, n);
    return 5 + n;
}

static size_t tower_write(byte *to, const struct client_entry *from)
{
    size_t n = LOCAL_AT + 2;

    memcpy(to, tcp_tower, TOWER);
    memcpy(to + 5, &from->interface, 4);
    to[21] = (byte)(from->major ? from->major : 1);
    to[25] = (byte)from->minor;
    to[PORT_AT] = (byte)(from->port >> 8);
    to[PORT_AT + 1] = (byte)from->port;
    memcpy(to + ADDRESS_AT, from->address, 4);
    if (!from->local)
        return TOWER;
    n += text_floor(to + n, from->host ? 0x0f : 0x10, from->local);
    if (from->host)
        return n + text_floor(to + n, 0x11, from->host);
    to[0] = 4;
    to[54] = 0x0c;
    return n;
}

ept_entry_t client_entry(const struct client_entry *from)
{
    ept_entry_t e = { .object.time_low = from->object };
    byte octets[TOWER + 256];
    size_t n = tower_write(octets, from);

    if (from->octets && from->octets < n)
        n = from->octets;
    e.tower = malloc(sizeof *e.tower + n);
    if (!e.tower)
        abort();
    e.tower->tower_length = (ULONG)n;
    memcpy(e.tower->tower_octet_string, octets, n);
    (void)snprintf((char *)e.annotation, sizeof e.annotation, "%s",
                   from->annotation ? from->annotation : "test");
    return e;
}

void client_entry_free(ept_entry_t *e)
{
    free(e->tower);
}

unsigned short client_port(const ept_tower_t *t)
{
    if (!t || t->tower_length != TOWER)
        return 0;
    return (unsigned short)(t->tower_octet_string[PORT_AT] << 8 |
                            t->tower_octet_string[PORT_AT + 1]);
}

/* ---- calls ---- */

#define CALL(status, what)                                                                         \
    RpcTryExcept                                                                                   \
    {                                                                                              \
        what;                                                                                      \
    }                                                                                              \
    RpcExcept (1) {                                                                                \
        *(status) = RAISED + (error_status_t)RpcExceptionCode();                                   \
    }                                                                                              \
    RpcEndExcept

error_status_t client_insert_all(handle_t h, ept_entry_t *entries, ULONG n)
{
    error_status_t status = 0;

    CALL(&status, ept_insert(h, n, entries, 0, &status));
    return status;
}

error_status_t client_insert(handle_t h, const struct client_entry *e, bool replace)
{
    ept_entry_t entry = client_entry(e);
    error_status_t status = 0;

    CALL(&status, ept_insert(h, 1, &entry, replace, &status));
    client_entry_free(&entry);
    return status;
}

error_status_t client_delete(handle_t h, const struct client_entry *e)
{
    ept_entry_t entry = client_entry(e);
    error_status_t status = 0;

    CALL(&status, ept_delete(h, 1, &entry, &status));
    client_entry_free(&entry);
    return status;
}

error_status_t client_manage(handle_t h, const struct client_entry *e)
{
    ept_entry_t entry = client_entry(e);
    error_status_t status = 0;

    CALL(&status, ept_mgmt_delete(h, e->object != 0, e->object ? &entry.object : NULL, entry.tower,
                                  &status));
    client_entry_free(&entry);
    return status;
}

error_status_t client_map(handle_t h, const struct client_entry *e, unsigned short *ret_port,
                          byte ret_address[4])
{
    ept_entry_t entry = client_entry(e);
    ept_lookup_handle_t handle = NULL;
    ept_tower_p_t found = NULL;
    error_status_t status = 0;
    ULONG n = 0;

    CALL(&status, ept_map(h, e->object ? &entry.object : NULL, entry.tower, &handle, 1, &n, &found,
                          &status));
    if (!status && n == 1) {
        *ret_port = client_port(found);
        if (*ret_port && ret_address)
            memcpy(ret_address, found->tower_octet_string + ADDRESS_AT, 4);
    }
    midl_user_free(found);
    client_entry_free(&entry);
    if (handle)
        RpcSmDestroyClientContext(&handle);
    return status;
}

error_status_t client_lookup(handle_t h, unsigned type, const struct client_entry *e,
                             unsigned versions, ept_lookup_handle_t *handle, ULONG most,
                             ULONG *ret_count)
{
    static ept_entry_t page[PAGE];
    ept_if_id_t id = { .vers_major = e->major, .vers_minor = e->minor };
    ept_entry_t entry = client_entry(e);
    error_status_t status = 0;
    ULONG n = 0, i;

    memset(page, 0, sizeof page);
    memcpy(&id.uuid, entry.tower->tower_octet_string + 5, sizeof id.uuid);
    CALL(&status,
         ept_lookup(h, type, &entry.object, &id, versions, handle, most, &n, page, &status));
    for (i = 0; i < n; i++)
        midl_user_free(page[i].tower);
    client_entry_free(&entry);
    *ret_count = n;
    return status;
}
