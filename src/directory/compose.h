/* SPDX-License-Identifier: Apache-2.0
 * compose.h - SPNs put together of what the caller and this host say.
 */
#pragma once

#include "base/bytes.h"

/* DsMakeSpn. mem_free. */
MUST_CHECK enum err compose_spn(const char *service_class, const char *service,
                                const char *instance, uint16_t port, const char *referrer,
                                char **ret) SHARED(compose_spn);

/* The types of DsGetSpn, with the same numbers. */
enum compose_type {
    COMPOSE_DNS_HOST,
    COMPOSE_DN_HOST,
    COMPOSE_NB_HOST,
    COMPOSE_DOMAIN,
    COMPOSE_NB_DOMAIN,
    COMPOSE_SERVICE,
};

struct compose {
    enum compose_type type;
    const char *service_class, *service;
    uint16_t port;
    size_t count; /* of instances; 0: this host */
    const char *const *instances;
    const uint16_t *ports; /* NULL: none */
};

/* DsGetSpn. texts_free. */
MUST_CHECK enum err compose_spns(const struct compose *c, char ***ret, size_t *ret_count)
    SHARED(compose_spns);

/* True for an IPv4 address, or an IPv6 one with or without brackets. */
bool is_address(const char *s) SHARED(is_address);
