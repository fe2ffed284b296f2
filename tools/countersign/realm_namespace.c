/* SPDX-License-Identifier: Apache-2.0
 * realm_namespace.c - a network of its own for a realm; without root, under a user namespace.
 *
 * Inside, the caller is uid 0 with power over nothing but the namespace: enough for ports below
 * 1024 on a loopback interface nobody else has.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"

#include "realm.h"

static enum err refused(const char *what)
{
    int error = errno;

    detail_remedy("run as root, or let the kernel: sysctl user.max_user_namespaces above 0, "
                  "kernel.unprivileged_userns_clone=1 (where there is one), "
                  "kernel.apparmor_restrict_unprivileged_userns=0 (where there is one); "
                  "in a container, its seccomp profile decides");
    return detail_fail(ERR_ACCESS_DENIED,
                       "no namespace of its own for the realm: %s was refused: %s", what,
                       strerror(error));
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return good;
}

static enum err map_self(uid_t uid, gid_t gid)
{
    char text[64];

    snprintf(text, sizeof text, "0 %u 1\n", (unsigned)uid);
    if (!write_text("/proc/self/uid_map", text))
        return refused("uid_map");
    if (!write_text("/proc/self/setgroups", "deny\n"))
        return refused("setgroups");
    snprintf(text, sizeof text, "0 %u 1\n", (unsigned)gid);
    if (!write_text("/proc/self/gid_map", text))
        return refused("gid_map");
    return ERR_OK;
}

static enum err loopback_up(void)
{
    struct ifreq request = { .ifr_name = "lo" };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0;

    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    good = good && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        close(fd);
    return good ? ERR_OK : refused("bringing the loopback interface up");
}

enum err realm_namespace_enter(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int flags = CLONE_NEWNET | CLONE_NEWNS | (uid ? CLONE_NEWUSER : 0);
    enum err e = ERR_OK;

    if (unshare(flags) != 0)
        return refused(uid ? "a user, network and mount namespace"
                           : "a network and mount namespace");
    if (uid)
        e = map_self(uid, gid);
    if (!e && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        e = refused("a private view of the mounts");
    return e ? e : loopback_up();
}

/* The kernel's own structure: glibc has none for an IPv6 address request. */
struct address6_request {
    struct in6_addr address;
    uint32_t prefix;
    int interface;
};

/* Where the only address beyond loopback is an IPv6 one, getaddrinfo with AI_ADDRCONFIG, which
 * libkrb5 uses, gives no IPv4 address any more, not even a numeric one: so there is one as well. */
static bool add_ipv4(void)
{
    struct ifreq request = { .ifr_name = "lo:1" };
    struct sockaddr_in *a = (struct sockaddr_in *)&request.ifr_addr;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good;

    a->sin_family = AF_INET;
    good = fd >= 0 && inet_pton(AF_INET, "192.0.2.1", &a->sin_addr) == 1 &&
           ioctl(fd, SIOCSIFADDR, &request) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

enum err realm_namespace_ipv6(void)
{
    struct address6_request request = { .prefix = 64, .interface = (int)if_nametoindex("lo") };
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && inet_pton(AF_INET6, REALM_ADDRESS6, &request.address) == 1 &&
                (ioctl(fd, SIOCSIFADDR, &request) == 0 || errno == EEXIST);

    if (fd >= 0)
        close(fd);
    return good && add_ipv4() ? ERR_OK : refused("an address");
}

/* Only in the keeper's own mount namespace: commands run inside find the realm by its DNS. */
enum err realm_namespace_hosts(const struct realm *r)
{
    char path[PATH_MAX];

    realm_path(r, "resolv.conf", path, sizeof path);
    if (access("/etc/resolv.conf", F_OK) != 0)
        return ERR_OK;
    if (mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) != 0)
        return refused("its own /etc/resolv.conf");
    return ERR_OK;
}

static int open_namespace(pid_t pid, const char *kind)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool same(int fd, const char *kind)
{
    char path[64];
    struct stat ours, theirs;

    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    return stat(path, &ours) == 0 && fstat(fd, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
           ours.st_dev == theirs.st_dev;
}

bool realm_namespace_is_own(pid_t keeper)
{
    int fd = open_namespace(keeper, "net");
    bool own = fd >= 0 && !same(fd, "net");

    if (fd >= 0)
        close(fd);
    return own;
}

/* All are opened before the first is entered: afterwards /proc may answer differently. */
enum err realm_namespace_join(pid_t keeper, bool *ret_joined)
{
    static const struct {
        const char *kind;
        int flag;
    } kinds[] = { { "user", CLONE_NEWUSER }, { "net", CLONE_NEWNET }, { "mnt", CLONE_NEWNS } };
    int fds[3] = { -1, -1, -1 };
    char cwd[PATH_MAX];
    enum err e = ERR_OK;
    bool joined = false;
    int i;

    if (!getcwd(cwd, sizeof cwd))
        snprintf(cwd, sizeof cwd, "/");
    for (i = 0; i < 3; i++) {
        fds[i] = open_namespace(keeper, kinds[i].kind);
        if (fds[i] < 0)
            e = detail_fail(ERR_ACCESS_DENIED, "the realm's %s namespace: %s", kinds[i].kind,
                            strerror(errno));
    }
    for (i = 0; i < 3 && !e; i++) {
        if (same(fds[i], kinds[i].kind))
            continue;
        if (setns(fds[i], kinds[i].flag) != 0)
            e = detail_fail(ERR_ACCESS_DENIED, "entering the realm's %s namespace: %s",
                            kinds[i].kind, strerror(errno));
        joined = true;
    }
    for (i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (!e && joined && chdir(cwd) != 0)
        e = detail_fail(ERR_NOT_FOUND, "%s: %s", cwd, strerror(errno));
    if (!e)
        *ret_joined = joined;
    return e;
}
