/* SPDX-License-Identifier: Apache-2.0
 * host.h - what this host is called.
 */
#pragma once

#include "base/bytes.h"

/* All: mem_free. */
MUST_CHECK enum err host_dns_name(char **ret) SHARED(host_dns_name);
MUST_CHECK enum err host_netbios_name(char **ret) SHARED(host_netbios_name);
/* The DN of this host's computer object; asks the directory with the caller's credentials. */
MUST_CHECK enum err host_object_dn(char **ret) SHARED(host_object_dn);
