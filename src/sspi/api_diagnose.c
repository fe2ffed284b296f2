/* SPDX-License-Identifier: Apache-2.0
 * api_diagnose.c - the doors of diagnose.h.
 */
#include <countersign/diagnose.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/resolve.h"
#include "kerberos/keytab.h"
#include "kerberos/probe.h"
#include "sspi/status.h"

enum { KDC_PORT = 88 };

SECURITY_STATUS CsLookupServers(const char *record, CS_SERVER *servers, ULONG *count)
{
    struct resolve_srv found[RESOLVE_MAX];
    size_t n = 0;
    ULONG i;
    enum err e;

    detail_begin("CsLookupServers");
    if (!record || !servers || !count)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "a pointer is NULL"));
    e = resolve_service(record, found, &n);
    if (e)
        return sec_status(e);
    for (i = 0; i < *count && i < n; i++) {
        struct resolve_address a[RESOLVE_MAX];
        size_t addresses = 0;
        CS_SERVER *s = &servers[i];

        *s = (CS_SERVER){ .port = found[i].port,
                          .priority = found[i].priority,
                          .weight = found[i].weight };
        detail_set(s->host, found[i].host);
        if (resolve_host(found[i].host, found[i].port, a, &addresses) == ERR_OK)
            resolve_address_format(&a[0], s->address, sizeof s->address);
    }
    *count = i;
    return SEC_E_OK;
}

/* "HOST", "HOST:PORT", "[V6]:PORT"; a bare IPv6 address has more than one colon. */
static enum err split_server(const char *server, char *host, size_t size, uint16_t *port)
{
    const char *colon = strrchr(server, ':');
    size_t len = strlen(server);
    long n = KDC_PORT;
    char *end = NULL;

    if (colon && (strchr(server, ':') == colon || colon[-1] == ']')) {
        len = (size_t)(colon - server);
        n = strtol(colon + 1, &end, 10);
        if (*end || end == colon + 1 || n < 1 || n > 65535)
            return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" has no port number after its colon",
                               server);
    }
    if (len >= 2 && server[0] == '[' && server[len - 1] == ']') {
        server++;
        len -= 2;
    }
    if (len == 0 || len >= size)
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no host", server);
    memcpy(host, server, len);
    host[len] = '\0';
    *port = (uint16_t)n;
    return ERR_OK;
}

/* Every address of one host, until one answers. */
static enum err probe_host(const char *realm, const char *host, uint16_t port, ULONG timeout,
                           CS_KDC_PROBE *ret)
{
    struct resolve_address a[RESOLVE_MAX];
    struct probe_reply reply = { 0 };
    int64_t usec = 0;
    size_t count = 0;
    size_t i;
    enum err e = resolve_host(host, port, a, &count);

    for (i = 0; !e && i < count; i++) {
        e = probe_kdc(realm, &a[i], (int)(timeout > 60000 ? 60000 : timeout), &reply, &usec);
        if (!e)
            break;
        if (i + 1 < count)
            e = ERR_OK;
    }
    if (e)
        return e;
    *ret = (CS_KDC_PROBE){ .skew = (LONG)(reply.server_time - time(NULL)),
                           .round_trip = (ULONG)usec,
                           .error_code = reply.code };
    resolve_address_format(&a[i], ret->server, sizeof ret->server);
    detail_set(ret->text, reply.text);
    return ERR_OK;
}

static enum err probe_realm(const char *realm, ULONG timeout, CS_KDC_PROBE *ret)
{
    struct resolve_srv found[RESOLVE_MAX];
    char record[RESOLVE_NAME];
    size_t count = 0;
    size_t i;
    enum err e;

    snprintf(record, sizeof record, "_kerberos._tcp.%s", realm);
    e = resolve_service(record, found, &count);
    if (e)
        return e;
    e = ERR_NO_AUTHORITY;
    for (i = 0; e && i < count; i++)
        e = probe_host(realm, found[i].host, found[i].port, timeout, ret);
    return e;
}

SECURITY_STATUS CsProbeKdc(const char *realm, const char *server, ULONG timeout_ms,
                           CS_KDC_PROBE *probe)
{
    char host[CS_DIAGNOSE_NAME];
    uint16_t port = 0;
    enum err e;

    detail_begin("CsProbeKdc");
    if (!realm || !probe)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "a pointer is NULL"));
    if (!server)
        return sec_status(probe_realm(realm, timeout_ms, probe));
    e = split_server(server, host, sizeof host, &port);
    if (!e)
        e = probe_host(realm, host, port, timeout_ms, probe);
    return sec_status(e);
}

static enum err read_file(const char *path, struct buf *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    struct buf b = { 0 };
    ssize_t n = 0;
    enum err e = ERR_NO_CREDENTIALS;

    if (fd < 0 || fstat(fd, &st)) {
        detail_remedy("check that this account may read %s, or name another keytab", path);
        e = detail_fail(ERR_NO_CREDENTIALS, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > KEYTAB_BYTES_MAX) {
        e = detail_fail(ERR_NO_CREDENTIALS, "%s is no keytab: %s", path,
                        S_ISREG(st.st_mode) ? "too large" : "no regular file");
        goto out;
    }
    e = buf_new((size_t)st.st_size, &b);
    if (e)
        goto out;
    n = read(fd, b.ptr, b.len);
    if (n != (ssize_t)b.len) {
        buf_free(&b);
        e = detail_fail(ERR_NO_CREDENTIALS, "%s changed while it was read", path);
        goto out;
    }
    *ret = b;
out:
    if (fd >= 0)
        close(fd);
    return e;
}

/* Counts entries and the bytes of their names; with entries given, fills them. */
static enum err walk(struct bytes file, CS_KEYTAB_ENTRY *entries, char *text, ULONG *ret_count,
                     size_t *ret_text)
{
    struct keytab_reader k;
    struct keytab_entry entry;
    ULONG count = 0;
    size_t used = 0;
    enum err e = keytab_begin(file, &k);

    while (!e && keytab_next(&k, &entry)) {
        char *name = NULL;
        size_t size;

        e = keytab_entry_name(&entry, &name);
        if (e)
            break;
        size = strlen(name) + 1;
        if (entries) {
            entries[count] =
                (CS_KEYTAB_ENTRY){ text + used, entry.kvno, entry.enctype, entry.timestamp };
            memcpy(text + used, name, size);
        }
        used += size;
        count++;
        mem_free(name);
    }
    if (!e)
        e = k.r.err;
    *ret_count = count;
    *ret_text = used;
    return e;
}

static enum err list_keytab(const char *path, CS_KEYTAB_ENTRY **ret, ULONG *ret_count)
{
    CS_KEYTAB_ENTRY *entries = NULL;
    struct buf file = { 0 };
    ULONG count = 0;
    size_t text = 0;
    enum err e = read_file(path, &file);

    if (e)
        return e;
    e = walk(buf_view(file), NULL, NULL, &count, &text);
    if (e) {
        detail_fail(e, "%s is damaged after %u entries: %s", path, count, err_text(e));
        goto out;
    }
    entries = mem_zero(count * sizeof *entries + text);
    e = entries ? walk(buf_view(file), entries, (char *)(entries + count), &count, &text)
                : ERR_NO_MEMORY;
    if (e) {
        mem_free(entries);
        goto out;
    }
    *ret = entries;
    *ret_count = count;
out:
    buf_free(&file);
    return e;
}

SECURITY_STATUS CsReadKeytab(const char *keytab, CS_KEYTAB_ENTRY **entries, ULONG *count)
{
    const char *path = keytab;

    detail_begin("CsReadKeytab");
    if (!entries || !count)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "a pointer is NULL"));
    if (!path)
        path = secure_getenv("KRB5_KTNAME");
    if (!path)
        path = "/etc/krb5.keytab";
    if (strncmp(path, "FILE:", 5) == 0)
        path += 5;
    return sec_status(list_keytab(path, entries, count));
}
