/* SPDX-License-Identifier: Apache-2.0
 * realm_folder.c - what lies in a realm's folder.
 *
 *   lock       held by the keeper; marks the folder as a realm's
 *   settings   names and passwords, NAME=value; written last, so its presence says "complete"
 *   address    where the domain controller answers
 *   smb.conf krb5.conf hosts resolv.conf keytabs/ log/      and Samba's own: private/ state/ ...
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/detail.h"

#include "realm.h"

static const char *const subfolders[] = {
    "private", "state", "cache", "lock.d", "run", "log", "bind-dns", "keytabs",
};

static const char *const files[] = {
    "settings", "address", "smb.conf", "krb5.conf", "hosts", "resolv.conf", "ready",
};

void realm_path(const struct realm *r, const char *below, char *to, size_t size)
{
    snprintf(to, size, "%s/%s", r->dir, below);
}

enum err realm_default_home(char *to, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int n = -1;

    if (state && *state == '/')
        n = snprintf(to, size, "%s/countersign/realms", state);
    else if (home && *home == '/')
        n = snprintf(to, size, "%s/.local/state/countersign/realms", home);
    if (n < 0) {
        detail_remedy("say where with --dir DIR");
        return detail_fail(ERR_INVALID_PARAMETER, "HOME is not set, so there is no usual place");
    }
    return (size_t)n < size ? ERR_OK : ERR_TOO_LONG;
}

/* Samba reads its paths from a file where quotes, '%' and line ends mean something. */
static bool path_usable(const char *path)
{
    return !strpbrk(path, "%\"'\\\n\r\t;#=") && !strstr(path, "  ");
}

enum err realm_locate(const char *dir, const char *name, struct realm *ret)
{
    char path[PATH_MAX];
    char cwd[PATH_MAX];

    memset(ret, 0, sizeof *ret);
    if (!dir) {
        enum err e = realm_default_home(path, sizeof path - REALM_NAME - 1);

        if (e)
            return e;
        snprintf(path + strlen(path), sizeof path - strlen(path), "/%s", name);
    } else if (*dir == '/') {
        snprintf(path, sizeof path, "%s", dir);
    } else {
        if (!getcwd(cwd, sizeof cwd))
            return detail_fail(ERR_INVALID_PARAMETER, "getcwd: %s", strerror(errno));
        if (snprintf(path, sizeof path, "%s/%s", cwd, dir) >= (int)sizeof path)
            return detail_fail(ERR_TOO_LONG, "%s: path too long", dir);
    }
    while (strlen(path) > 1 && path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = '\0';
    if (strlen(path) >= REALM_DIR) {
        detail_remedy("--dir DIR with a shorter path: Unix sockets must fit below it");
        return detail_fail(ERR_TOO_LONG, "%s has %zu characters, %d fit", path, strlen(path),
                           REALM_DIR - 1);
    }
    if (!path_usable(path))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "\"%s\" holds characters Samba's configuration cannot", path);
    memcpy(ret->dir, path, strlen(path) + 1);
    return ERR_OK;
}

const char *realm_get(const struct realm *r, const char *name)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        if (strcmp(r->settings[i].name, name) == 0)
            return r->settings[i].value;
    return NULL;
}

static enum err setting_parse(struct realm *r, const char *line)
{
    struct realm_setting *s = &r->settings[r->count];
    const char *equals = strchr(line, '=');
    size_t name_len = equals ? (size_t)(equals - line) : 0;
    size_t value_len = equals ? strlen(equals + 1) : 0;

    if (!name_len || name_len >= sizeof s->name || value_len >= sizeof s->value ||
        r->count == REALM_SETTINGS)
        return detail_fail(ERR_MALFORMED, "%s/settings: \"%.20s...\" is not NAME=value", r->dir,
                           line);
    memcpy(s->name, line, name_len);
    s->name[name_len] = '\0';
    memcpy(s->value, equals + 1, value_len + 1);
    r->count++;
    return ERR_OK;
}

enum err realm_load(struct realm *r)
{
    char path[PATH_MAX];
    char line[256];
    enum err e = ERR_OK;
    FILE *f = NULL;

    r->count = 0;
    r->address[0] = '\0';
    realm_path(r, "address", path, sizeof path);
    f = fopen(path, "re");
    if (f) {
        if (fscanf(f, "%15[0-9.]", r->address) != 1)
            r->address[0] = '\0';
        fclose(f);
    }
    realm_path(r, "settings", path, sizeof path);
    f = fopen(path, "re");
    if (!f)
        return errno == ENOENT ? ERR_OK
                               : detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    while (!e && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        e = setting_parse(r, line);
    }
    fclose(f);
    return e;
}

static enum err write_file(const struct realm *r, const char *name, const char *text)
{
    char path[PATH_MAX];
    FILE *f = NULL;
    bool good;

    realm_path(r, name, path, sizeof path);
    f = fopen(path, "we");
    if (!f)
        return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    good = fputs(text, f) >= 0;
    if (fclose(f) != 0 || !good)
        return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

enum err realm_set_address(struct realm *r, const char *address)
{
    char line[32];

    snprintf(r->address, sizeof r->address, "%s", address);
    snprintf(line, sizeof line, "%s\n", address);
    return write_file(r, "address", line);
}

static enum err make_folder(char *path)
{
    char *slash = path;

    while ((slash = strchr(slash + 1, '/'))) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
        *slash = '/';
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

static bool folder_empty(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *entry = NULL;
    bool empty = true;

    if (!d)
        return true;
    while ((entry = readdir(d)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            empty = false;
    closedir(d);
    return empty;
}

bool realm_exists(const struct realm *r)
{
    char path[PATH_MAX];
    struct stat st;

    realm_path(r, "lock", path, sizeof path);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum err realm_prepare(const struct realm *r)
{
    char path[PATH_MAX];
    struct stat st;
    size_t i;
    enum err e;

    snprintf(path, sizeof path, "%s", r->dir);
    e = make_folder(path);
    if (e)
        return e;
    /* in this order: another `up` makes the lock before anything else */
    if (!folder_empty(r->dir) && !realm_exists(r)) {
        detail_remedy("name an empty folder, or one that does not exist yet");
        return detail_fail(ERR_EXISTS, "%s holds files and is not a realm's folder", r->dir);
    }
    if (stat(r->dir, &st) != 0 || st.st_uid != geteuid())
        return detail_fail(ERR_ACCESS_DENIED, "%s belongs to somebody else", r->dir);
    if (chmod(r->dir, 0700) != 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s: %s", r->dir, strerror(errno));
    e = realm_mark(r);
    if (e)
        return e;
    for (i = 0; i < sizeof subfolders / sizeof *subfolders; i++) {
        realm_path(r, subfolders[i], path, sizeof path);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    }
    return ERR_OK;
}

/* rm knows the traps of taking a tree away; what is named here is only ours. */
static enum err remove_tree(const char *path)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", "--", path, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s could not be removed", path);
    return ERR_OK;
}

enum err realm_clear(const struct realm *r)
{
    char path[PATH_MAX];
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; !e && i < sizeof subfolders / sizeof *subfolders; i++) {
        if (strcmp(subfolders[i], "log") == 0)
            continue;
        realm_path(r, subfolders[i], path, sizeof path);
        e = remove_tree(path);
        if (!e && mkdir(path, 0700) != 0)
            e = detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    }
    for (i = 0; i < sizeof files / sizeof *files; i++) {
        realm_path(r, files[i], path, sizeof path);
        unlink(path);
    }
    return e;
}

enum err realm_remove(const struct realm *r)
{
    char path[PATH_MAX];
    enum err e = realm_clear(r);
    size_t i;

    for (i = 0; !e && i < sizeof subfolders / sizeof *subfolders; i++) {
        realm_path(r, subfolders[i], path, sizeof path);
        e = remove_tree(path);
    }
    if (e)
        return e;
    realm_path(r, "krb5cc", path, sizeof path);
    unlink(path);
    realm_path(r, "replays", path, sizeof path);
    unlink(path);
    realm_path(r, "lock", path, sizeof path);
    unlink(path);
    if (rmdir(r->dir) != 0 && errno == ENOTEMPTY)
        return detail_fail(ERR_EXISTS, "%s also holds files that are not the realm's: left there",
                           r->dir);
    return ERR_OK;
}

static void lower(const char *from, char *to, size_t size)
{
    size_t i;

    for (i = 0; from[i] && i + 1 < size; i++)
        to[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + 32 : from[i]);
    to[i] = '\0';
}

/* Children of the domain controller do not see its command line: everything stands here. */
static const char smb_conf[] =
    "# Written by countersign each time the realm starts.\n"
    "[global]\n"
    "    workgroup = %2$.*3$s\n"
    "    realm = %2$s\n"
    "    netbios name = DC1\n"
    "    server role = active directory domain controller\n"
    "    server services = rpc, ldap, kdc, cldap, dns\n"
    /* Windows takes an authenticated bind inside TLS; Samba wants to be told */
    "    ldap server require strong auth = allow_sasl_over_tls\n"
    "    interfaces = %4$s/8%6$s\n"
    "    bind interfaces only = yes\n"
    "    prefork children = 2\n"
    "    private dir = %1$s/private\n"
    "    state directory = %1$s/state\n"
    "    cache directory = %1$s/cache\n"
    "    lock directory = %1$s/lock.d\n"
    "    binddns dir = %1$s/bind-dns\n"
    "    pid directory = %1$s/run\n"
    "    ncalrpc dir = %1$s/run/ncalrpc\n"
    "    winbindd socket directory = %1$s/run/winbindd\n"
    "    ntp signd socket directory = %1$s/run/ntp_signd\n"
    "    log file = %1$s/log/samba.log\n"
    "    max log size = 10000\n"
    "    idmap_ldb:use rfc2307 = yes\n"
    "    dns forwarder =\n"
    "\n"
    "[sysvol]\n"
    "    path = %1$s/state/sysvol\n"
    "    read only = no\n"
    "\n"
    "[netlogon]\n"
    "    path = %1$s/state/sysvol/%5$s/scripts\n"
    "    read only = no\n";

/* dns_canonicalize_hostname and rdns: MIT's programs otherwise wait for DNS before each context. */
static const char krb5_conf[] = "[libdefaults]\n"
                                "    default_realm = %1$s\n"
                                "    dns_canonicalize_hostname = false\n"
                                "    rdns = false\n"
                                "    dns_lookup_realm = false\n"
                                "    dns_lookup_kdc = false\n"
                                "    udp_preference_limit = 1\n"
                                "\n"
                                "[realms]\n"
                                "    %1$s = {\n"
                                "        kdc = %2$s\n"
                                "        admin_server = %2$s\n"
                                "        kpasswd_server = %2$s\n"
                                "    }\n"
                                "\n"
                                "[domain_realm]\n"
                                "    .%3$s = %1$s\n"
                                "    %3$s = %1$s\n";

enum err realm_write_config(const struct realm *r, const char *name, bool ipv6)
{
    char small[REALM_NAME];
    char text[4096];
    int netbios = (int)strcspn(name, ".");
    enum err e;

    lower(name, small, sizeof small);
    snprintf(text, sizeof text, smb_conf, r->dir, name, netbios > 15 ? 15 : netbios, r->address,
             small, ipv6 ? " " REALM_ADDRESS6 "/64" : "");
    e = write_file(r, "smb.conf", text);
    if (e)
        return e;
    snprintf(text, sizeof text, krb5_conf, name, r->address, small);
    e = write_file(r, "krb5.conf", text);
    if (e)
        return e;
    snprintf(text, sizeof text, "127.0.0.1 localhost\n%s dc1.%s dc1 %s\n127.0.0.1 host1.%s host1\n",
             r->address, small, small, small);
    e = write_file(r, "hosts", text);
    if (e)
        return e;
    snprintf(text, sizeof text, "nameserver %s\nsearch %s\noptions timeout:2 attempts:1\n",
             r->address, small);
    return write_file(r, "resolv.conf", text);
}
