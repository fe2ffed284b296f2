/* SPDX-License-Identifier: Apache-2.0
 * api_countersign.c - our own functions that are not Windows': detail, log, policy, version.
 */
#include "countersign/countersign.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "sspi/status.h"

#define COPY(to, from) detail_copy((to), sizeof(to), (from))

SECURITY_STATUS CsGetErrorDetail(CS_ERROR_DETAIL *detail)
{
    const struct detail *d = detail_get(); /* and no detail_begin: that would empty it */

    if (!detail || detail->size != sizeof *detail)
        return SEC_E_INVALID_PARAMETER;
    *detail = (CS_ERROR_DETAIL){ .size = sizeof *detail };
    detail->status = err_security_status(d->err);
    detail->win32 = err_win32(d->err);
    COPY(detail->phase, d->phase);
    COPY(detail->text, d->text);
    COPY(detail->remedy, d->remedy);
    COPY(detail->asked, d->asked);
    COPY(detail->tried, d->tried);
    COPY(detail->server, d->server);
    COPY(detail->library, d->library);
    COPY(detail->library_text, d->library_text);
    detail->library_code = d->library_code;
    detail->key_version_seen = d->kvno_seen;
    detail->key_version_held = d->kvno_held;
    detail->clock_skew = d->skew;
    return SEC_E_OK;
}

/* Appends what fits; *used counts what there would have been. */
static void append(char *to, size_t size, size_t *used, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void append(char *to, size_t size, size_t *used, const char *fmt, ...)
{
    size_t at = *used < size ? *used : size;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(at < size ? to + at : NULL, size - at, fmt, ap);
    va_end(ap);
    *used += n > 0 ? (size_t)n : 0;
}

static void append_if(char *to, size_t size, size_t *used, const char *label, const char *s)
{
    if (s[0])
        append(to, size, used, "%s%s\n", label, s);
}

size_t CsGetErrorText(char *buffer, size_t size)
{
    const struct detail *d = detail_get();
    size_t used = 0;

    if (!buffer)
        size = 0;
    if (size)
        buffer[0] = '\0';
    if (d->err == ERR_OK)
        return 0;
    append(buffer, size, &used, "%s: %s\n", d->phase, d->text[0] ? d->text : err_text(d->err));
    append_if(buffer, size, &used, "  asked for: ", d->asked);
    append_if(buffer, size, &used, "  tried: ", d->tried);
    append_if(buffer, size, &used, "  server: ", d->server);
    if (d->library[0])
        append(buffer, size, &used, "  %s says (%lld): %s\n", d->library,
               (long long)d->library_code, d->library_text);
    if (d->kvno_seen || d->kvno_held)
        append(buffer, size, &used, "  key version: the ticket has %u, the keytab %u\n",
               (unsigned)d->kvno_seen, (unsigned)d->kvno_held);
    if (d->skew)
        append(buffer, size, &used, "  clock: the peer's is %d seconds ahead\n", (int)d->skew);
    append_if(buffer, size, &used, "  try: ", d->remedy);
    return used;
}

/* The two enums are one: the callback's arguments pass as they are. */
_Static_assert((int)CS_LOG_AUDIT == LOG_LEVEL_AUDIT && (int)CS_LOG_WARNING == LOG_LEVEL_WARNING &&
                   (int)CS_LOG_DEBUG == LOG_LEVEL_DEBUG,
               "levels");

static pthread_mutex_t setting = PTHREAD_MUTEX_INITIALIZER;
static CS_LOG_CALLBACK the_callback; /* changed only while the sink is none */

static void to_callback(void *arg, enum log_level level, const char *line)
{
    CS_LOG_CALLBACK callback = __atomic_load_n(&the_callback, __ATOMIC_ACQUIRE);

    if (callback)
        callback(arg, (CS_LOG_LEVEL)level, line);
}

SECURITY_STATUS CsSetLogCallback(CS_LOG_CALLBACK callback, void *arg, CS_LOG_LEVEL most)
{
    detail_begin("CsSetLogCallback");
    if ((int)most < CS_LOG_AUDIT || most > CS_LOG_DEBUG)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER, "there is no log level %d", most));
    pthread_mutex_lock(&setting);
    log_to(NULL, NULL, LOG_LEVEL_AUDIT); /* waits for lines under way: none meets the other's arg */
    __atomic_store_n(&the_callback, callback, __ATOMIC_RELEASE);
    if (callback)
        log_to(to_callback, arg, (enum log_level)most);
    pthread_mutex_unlock(&setting);
    return SEC_E_OK;
}

_Static_assert((int)CS_POLICY_OFF == POLICY_OFF && (int)CS_POLICY_AUDIT == POLICY_AUDIT &&
                   (int)CS_POLICY_ENFORCE == POLICY_ENFORCE,
               "modes");

static enum err find_policy(const char *name, enum policy *ret)
{
    enum err e = name ? policy_parse(name, ret) : ERR_INVALID_PARAMETER;

    return e ? detail_fail(ERR_INVALID_PARAMETER, "no switch is called \"%s\"", name ? name : "")
             : ERR_OK;
}

SECURITY_STATUS CsSetPolicy(const char *name, CS_POLICY_MODE mode)
{
    enum policy p = 0;
    enum err e;

    detail_begin("CsSetPolicy");
    e = find_policy(name, &p);
    if (!e && ((int)mode < CS_POLICY_OFF || mode > CS_POLICY_ENFORCE))
        e = detail_fail(ERR_INVALID_PARAMETER, "there is no policy mode %d", mode);
    if (!e)
        policy_set(p, (enum policy_mode)mode);
    return sec_status(e);
}

SECURITY_STATUS CsGetPolicy(const char *name, CS_POLICY_MODE *mode)
{
    enum policy p = 0;
    enum err e;

    detail_begin("CsGetPolicy");
    e = mode ? find_policy(name, &p) : ERR_INVALID_PARAMETER;
    if (!e)
        *mode = (CS_POLICY_MODE)policy_get(p);
    return sec_status(e);
}

SECURITY_STATUS CsSetPolicyValue(const char *name, const char *value)
{
    enum policy p = 0;
    enum err e;

    detail_begin("CsSetPolicyValue");
    e = find_policy(name, &p);
    if (!e)
        e = value ? policy_value_set(p, value) : ERR_INVALID_PARAMETER;
    if (e)
        e = detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no value of %s", value ? value : "",
                        name ? name : "no switch");
    return sec_status(e);
}

SECURITY_STATUS CsGetPolicyValue(const char *name, char *buffer, size_t size)
{
    char text[POLICY_NAMES_MAX];
    enum policy p = 0;
    enum err e;

    detail_begin("CsGetPolicyValue");
    e = buffer ? find_policy(name, &p) : ERR_INVALID_PARAMETER;
    if (e)
        return sec_status(e);
    policy_value_get(p, text);
    if (strlen(text) >= size)
        return sec_status(detail_fail(ERR_BUFFER_TOO_SMALL, "the value of %s has %zu characters",
                                      name, strlen(text)));
    memcpy(buffer, text, strlen(text) + 1);
    return SEC_E_OK;
}

SECURITY_STATUS CsGetPolicyDoubts(char *buffer, size_t size)
{
    const char *text = policy_doubts();

    detail_begin("CsGetPolicyDoubts");
    if (!buffer)
        return sec_status(ERR_INVALID_PARAMETER);
    if (strlen(text) >= size)
        return sec_status(detail_fail(ERR_BUFFER_TOO_SMALL,
                                      "what was not understood of policy "
                                      "has %zu characters",
                                      strlen(text)));
    memcpy(buffer, text, strlen(text) + 1);
    return SEC_E_OK;
}

const char *CsVersion(void)
{
    return COUNTERSIGN_VERSION;
}
