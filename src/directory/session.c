/* SPDX-License-Identifier: Apache-2.0
 * session.c - a session with a domain controller, from its name to its root entry.
 *
 * Whom we expect is never taken from a place that could be forged alone. A server that DNS named
 * must prove a name of three parts, "ldap/HOST/DOMAIN" (or "GC/HOST/FOREST"), which only domain
 * controllers may register; one the caller named proves "ldap/HOST".
 */
#include "directory/session.h"

#include <fcntl.h>
#include <openldap.h>
#include <pthread.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/quiet.h"
#include "base/resolve.h"
#include "directory/compose.h"
#include "directory/connect.h"
#include "directory/host.h"
#include "directory/ldap_error.h"
#include "directory/sasl.h"
#include "directory/search.h"
#include "directory/tls.h"
#include "spn/dn.h"

enum { PORT_GC = 3268, PORT_GC_TLS = 3269 };
enum { INCOMING_MAX = 32 * 1024 * 1024 }; /* of one LDAP message */

struct session {
    pthread_mutex_t lock;
    struct quiet quiet; /* of the thread that holds lock for a request */
    LDAP *ld;
    struct sasl *sasl;
    struct session *catalog;
    struct session_options options; /* strings are ours */
    struct session_server server;
    char *proved; /* the SPN of a server the caller named; NULL: found by DNS */
    char *domain; /* "" : not known */
    char *domain_dn, *forest_dn, *config_dn;
    unsigned timeout_ms;
    bool is_catalog;
    int socket; /* a second number of libldap's, which closes its own when it likes */
};

static bool is_catalog_port(uint16_t port)
{
    return port == PORT_GC || port == PORT_GC_TLS;
}

static enum err keep(const char *from, const char **to)
{
    if (!from)
        return ERR_OK;
    *to = mem_strdup(from);
    return *to ? ERR_OK : ERR_NO_MEMORY;
}

enum err session_options_keep(const struct session_options *o, struct session_options *ret)
{
    enum err e = keep(o->domain, &ret->domain);

    ret->credential = o->credential;
    ret->timeout_ms = o->timeout_ms;
    if (!e)
        e = keep(o->server, &ret->server);
    if (!e)
        e = keep(o->spn, &ret->spn);
    if (!e)
        e = keep(o->user, &ret->user);
    if (!e)
        e = keep(o->user_domain, &ret->user_domain);
    if (!e)
        e = keep(o->password, &ret->password);
    if (!e)
        e = keep(o->keytab, &ret->keytab);
    return e ? e : keep(o->ca_file, &ret->ca_file);
}

void session_options_done(struct session_options *o)
{
    mem_free((char *)(uintptr_t)o->domain);
    mem_free((char *)(uintptr_t)o->server);
    mem_free((char *)(uintptr_t)o->spn);
    mem_free((char *)(uintptr_t)o->user);
    mem_free((char *)(uintptr_t)o->user_domain);
    mem_free_secret_text((char *)(uintptr_t)o->password);
    mem_free((char *)(uintptr_t)o->keytab);
    mem_free((char *)(uintptr_t)o->ca_file);
    *o = (struct session_options){ 0 };
}

/* For sessions beside this one, which are with other servers. */
static enum err keep_options(struct session *s, const struct session_options *o)
{
    struct session_options beside = *o;
    enum err e;

    beside.domain = beside.server = NULL;
    beside.timeout_ms = 0;
    e = session_options_keep(&beside, &s->options);
    s->timeout_ms = o->timeout_ms ? o->timeout_ms : SESSION_TIMEOUT_MS;
    if (s->timeout_ms > SESSION_TIMEOUT_MOST)
        s->timeout_ms = SESSION_TIMEOUT_MOST;
    return e;
}

/* What the caller says, else where the credentials are from, else where this host is. */
static enum err learn_domain(struct session *s, const struct session_options *o)
{
    const char *who = sasl_identity(s->sasl), *at = who ? strrchr(who, '@') : NULL;
    char *host = NULL;
    enum err e;

    if (o->domain || at) {
        s->domain = mem_strdup(o->domain ? o->domain : at + 1);
        return s->domain ? ERR_OK : ERR_NO_MEMORY;
    }
    e = host_dns_name(&host);
    if (e)
        return e;
    at = strchr(host, '.');
    s->domain = mem_strdup(at ? at + 1 : "");
    mem_free(host);
    return s->domain ? ERR_OK : ERR_NO_MEMORY;
}

static void set_options(LDAP *ld, unsigned timeout_ms)
{
    struct timeval wait = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
    int version = LDAP_VERSION3, deref = LDAP_DEREF_NEVER;
    ber_len_t most = INCOMING_MAX;
    Sockbuf *sb = NULL;

    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF); /* a server must not send us elsewhere */
    ldap_set_option(ld, LDAP_OPT_DEREF, &deref);
    ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON);
    ldap_set_option(ld, LDAP_OPT_TIMEOUT, &wait);
    ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &wait);
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) == 0 && sb)
        ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &most);
}

/* The socket is ours, connected by our own look-up; libldap gets it ready-made. */
static enum err connect_ldap(struct session *s)
{
    bool v6 = strchr(s->server.host, ':') != NULL;
    char *url = NULL;
    int fd = -1, code;
    enum err e = connect_tcp(s->server.host, s->server.port, s->timeout_ms, &fd);

    if (e)
        return e;
    url = mem_printf("%s://%s%s%s:%u", s->server.scheme == SESSION_LDAPS ? "ldaps" : "ldap",
                     v6 ? "[" : "", s->server.host, v6 ? "]" : "", s->server.port);
    if (!url) {
        close(fd);
        return ERR_NO_MEMORY;
    }
    code = ldap_init_fd(fd, LDAP_PROTO_TCP, url, &s->ld);
    mem_free(url);
    if (code) {
        close(fd);
        return ldap_failed(NULL, code, "starting an LDAP session");
    }
    s->socket = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (s->socket < 0)
        return detail_fail(ERR_CONNECT, "no descriptor is left for the directory");
    set_options(s->ld, s->timeout_ms);
    return ERR_OK;
}

static enum err bind_ldap(struct session *s, const char *spn)
{
    struct buf binding = { 0 };
    enum err e = ERR_OK;

    detail_set(detail_get()->server, s->server.host);
    detail_set(detail_get()->asked, spn);
    if (s->server.scheme == SESSION_LDAPS)
        e = tls_start(s->ld, s->options.ca_file, &binding);
    if (!e)
        e = sasl_bind(s->sasl, s->ld, spn, buf_view(binding), s->timeout_ms);
    buf_free(&binding);
    return e;
}

static enum err copy_attribute(const struct entry *entry, const char *name, char **ret)
{
    const char *text = entry_text(entry, name);

    *ret = mem_strdup(text ? text : "");
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

/* Asked after the bind: before it, anybody on the way could answer. */
static enum err read_root(struct session *s)
{
    static const char *const attrs[] = { "defaultNamingContext", "rootDomainNamingContext",
                                         "configurationNamingContext", NULL };
    struct search q = {
        .base = "", .scope = SEARCH_BASE, .filter = "(objectClass=*)", .attrs = attrs, .max = 1
    };
    struct entries found = { 0 };
    enum err e = session_search(s, &q, &found);

    if (!e && found.count != 1)
        e = detail_fail(ERR_DIRECTORY, "the server has no root entry");
    if (!e)
        e = copy_attribute(&found.entry[0], "defaultNamingContext", &s->domain_dn);
    if (!e)
        e = copy_attribute(&found.entry[0], "rootDomainNamingContext", &s->forest_dn);
    if (!e)
        e = copy_attribute(&found.entry[0], "configurationNamingContext", &s->config_dn);
    entries_free(&found);
    return e;
}

static void drop(struct session *s)
{
    if (s->ld)
        ldap_unbind_ext(s->ld, NULL, NULL);
    s->ld = NULL;
    if (s->socket >= 0)
        close(s->socket);
    s->socket = -1;
    mem_free(s->server.host);
    s->server.host = NULL;
}

static enum err try_server(struct session *s, const char *spn)
{
    enum err e = connect_ldap(s);

    if (!e)
        e = bind_ldap(s, spn);
    return e ? e : read_root(s);
}

/* The SPN of a server DNS named; see the top of the file. */
static char *strong_name(bool catalog, const char *host, const char *domain)
{
    return mem_printf("%s/%s/%s", catalog ? "GC" : "ldap", host, domain);
}

static enum err find_servers(const char *domain, bool catalog, struct resolve_srv srv[RESOLVE_MAX],
                             size_t *ret_count)
{
    char name[RESOLVE_NAME];
    enum err e;

    if (!*domain) {
        detail_remedy("name the domain or a domain controller");
        return detail_fail(ERR_NO_AUTHORITY, "no domain is known");
    }
    if (snprintf(name, sizeof name, "%s.%s", catalog ? "_gc._tcp" : "_ldap._tcp.dc._msdcs",
                 domain) >= (int)sizeof name)
        return detail_fail(ERR_INVALID_PARAMETER, "a domain's name of %zu bytes", strlen(domain));
    e = resolve_service(name, srv, ret_count);
    if (e) {
        detail_remedy("check that %s can be looked up, or name a domain controller", name);
        return detail_fail(ERR_NO_AUTHORITY, "no domain controller of %s was found by DNS", domain);
    }
    return ERR_OK;
}

static enum err open_found(struct session *s)
{
    struct resolve_srv srv[RESOLVE_MAX];
    size_t n = 0, i;
    char *spn = NULL;
    enum err e = find_servers(s->domain, s->is_catalog, srv, &n);

    for (i = 0; i < n; i++) {
        drop(s);
        s->server.host = mem_strdup(srv[i].host);
        s->server.port = srv[i].port;
        spn = s->options.spn ? mem_strdup(s->options.spn)
                             : strong_name(s->is_catalog, srv[i].host, s->domain);
        e = s->server.host && spn ? try_server(s, spn) : ERR_NO_MEMORY;
        mem_free(spn);
        if (e != ERR_CONNECT && e != ERR_TIMEOUT && e != ERR_NOT_FOUND)
            break; /* it answered: the others would say the same */
    }
    return e;
}

static bool has_address(const struct resolve_srv *srv, const char *address)
{
    struct resolve_address of[RESOLVE_MAX], asked[RESOLVE_MAX];
    char a[64], b[64];
    size_t n = 0, one = 0, i;

    if (resolve_host(srv->host, 1, of, &n) || resolve_host(address, 1, asked, &one))
        return false;
    resolve_address_format(&asked[0], a, sizeof a);
    for (i = 0; i < n; i++) {
        resolve_address_format(&of[i], b, sizeof b);
        if (strcmp(a, b) == 0)
            return true;
    }
    return false;
}

/* An address proves nothing: the domain must have a controller there. */
static enum err name_of_address(struct session *s, char **ret_spn)
{
    struct resolve_srv srv[RESOLVE_MAX];
    size_t n = 0, i;
    enum err e = find_servers(s->domain, false, srv, &n);

    for (i = 0; i < n && !e; i++)
        if (has_address(&srv[i], s->server.host)) {
            *ret_spn = strong_name(false, srv[i].host, s->domain);
            return *ret_spn ? ERR_OK : ERR_NO_MEMORY;
        }
    detail_remedy("give the server's name, or the service principal name to expect");
    return e ? e
             : detail_fail(ERR_TARGET_UNKNOWN, "no domain controller of %s is known at %s",
                           s->domain, s->server.host);
}

static enum err open_named(struct session *s, const char *server)
{
    char *spn = NULL;
    enum err e = session_server_parse(server, &s->server);

    if (e)
        return e;
    s->is_catalog = is_catalog_port(s->server.port);
    if (s->options.spn || !is_address(s->server.host)) {
        spn = s->options.spn ? mem_strdup(s->options.spn) : mem_printf("ldap/%s", s->server.host);
        e = spn ? ERR_OK : ERR_NO_MEMORY;
    } else {
        e = name_of_address(s, &spn);
    }
    if (!e)
        e = try_server(s, spn);
    if (e)
        mem_free(spn);
    else
        s->proved = spn;
    return e;
}

static enum err open_quietly(struct session *s, const struct session_options *o)
{
    struct quiet quiet;
    enum err e;

    quiet_begin(&quiet);
    e = o->server && *o->server ? open_named(s, o->server) : open_found(s);
    quiet_end(&quiet);
    return e;
}

static enum err open_session(const struct session_options *o, bool catalog, struct session **ret)
{
    struct session *s = mem_zero(sizeof *s);
    enum err e;

    if (!s)
        return ERR_NO_MEMORY;
    pthread_mutex_init(&s->lock, NULL);
    s->is_catalog = catalog;
    s->socket = -1;
    e = keep_options(s, o);
    if (!e)
        e = sasl_new(o, &s->sasl);
    if (!e)
        e = learn_domain(s, o);
    if (!e)
        e = open_quietly(s, o);
    if (e)
        session_close(s);
    else
        *ret = s;
    return e;
}

enum err session_open(const struct session_options *o, struct session **ret)
{
    return open_session(o, false, ret);
}

void session_close(struct session *s)
{
    struct quiet quiet;
    struct detail kept;

    if (!s)
        return;
    kept = *detail_get(); /* saying goodbye goes through EncryptMessage, which starts it anew */
    session_close(s->catalog);
    quiet_begin(&quiet);
    drop(s);
    quiet_end(&quiet);
    sasl_free(s->sasl); /* after drop: the layer uses its context */
    session_options_done(&s->options);
    mem_free(s->proved);
    mem_free(s->domain);
    mem_free(s->domain_dn);
    mem_free(s->forest_dn);
    mem_free(s->config_dn);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
    *detail_get() = kept;
}

/* A server the caller named may be all there is, and DNS may know nothing of it: its own catalog
 * port is asked first, under the name it has proved already. */
static enum err open_catalog_beside(struct session *s, struct session_options o)
{
    bool tls = s->server.scheme == SESSION_LDAPS, v6 = strchr(s->server.host, ':') != NULL;
    char *server = mem_printf("%s://%s%s%s:%u", tls ? "ldaps" : "ldap", v6 ? "[" : "",
                              s->server.host, v6 ? "]" : "", tls ? PORT_GC_TLS : PORT_GC);
    enum err e = server ? ERR_OK : ERR_NO_MEMORY;

    o.server = server;
    o.spn = s->proved;
    if (!e)
        e = open_session(&o, true, &s->catalog);
    mem_free(server);
    return e;
}

/* The forest's root domain is known from the bound session, not from DNS. */
static enum err open_catalog(struct session *s)
{
    struct session_options o = s->options;
    struct detail kept = *detail_get();
    char *forest = NULL;
    enum err e = dn_domain(s->forest_dn, &forest);

    if (e)
        return e;
    o.domain = forest;
    o.timeout_ms = s->timeout_ms;
    o.spn = NULL;
    e = s->proved ? open_catalog_beside(s, o) : ERR_CONNECT;
    if (e == ERR_CONNECT || e == ERR_TIMEOUT) {
        *detail_get() = kept;
        e = open_session(&o, true, &s->catalog);
    }
    mem_free(forest);
    return e;
}

enum err session_catalog(struct session *s, struct session **ret)
{
    enum err e = ERR_OK;

    if (s->is_catalog) {
        *ret = s;
        return ERR_OK;
    }
    pthread_mutex_lock(&s->lock);
    if (!s->catalog)
        e = open_catalog(s);
    pthread_mutex_unlock(&s->lock);
    if (!e)
        *ret = s->catalog;
    return e;
}

enum err session_of_object(struct session *s, const char *dn, struct session **ret, bool *ret_own)
{
    struct session_options o = s->options;
    char *domain = NULL, *ours = NULL;
    bool same;
    enum err e = dn_domain(dn, &domain);

    if (!e)
        e = dn_domain(s->domain_dn, &ours);
    same = !e && strcasecmp(domain, ours) == 0;
    *ret_own = false;
    if (same && !s->is_catalog) {
        *ret = s;
    } else if (!e) {
        o.domain = domain;
        o.timeout_ms = s->timeout_ms;
        o.spn = NULL;
        e = open_session(&o, false, ret);
        *ret_own = !e;
    }
    mem_free(domain);
    mem_free(ours);
    return e;
}

const char *session_domain_dn(const struct session *s)
{
    return s->domain_dn;
}

const char *session_forest_dn(const struct session *s)
{
    return s->forest_dn;
}

const char *session_config_dn(const struct session *s)
{
    return s->config_dn;
}

const char *session_host(const struct session *s)
{
    return s->server.host;
}

const char *session_identity(const struct session *s)
{
    return sasl_identity(s->sasl);
}

void session_interrupt(struct session *s)
{
    shutdown(s->socket,
             SHUT_RD); /* for reading only: libldap still says goodbye, without SIGPIPE */
}

struct ldap *session_take(struct session *s)
{
    struct quiet quiet;

    quiet_begin(&quiet);
    pthread_mutex_lock(&s->lock);
    s->quiet = quiet;
    return s->ld;
}

void session_give_back(struct session *s)
{
    struct quiet quiet = s->quiet;

    pthread_mutex_unlock(&s->lock);
    quiet_end(&quiet);
}

unsigned session_timeout_ms(const struct session *s)
{
    return s->timeout_ms;
}
