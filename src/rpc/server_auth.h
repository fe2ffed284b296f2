/* SPDX-License-Identifier: Apache-2.0
 * server_auth.h - the authentication services a server registered, and the credentials for them.
 *
 * A credential once handed to connections stays until the process ends: registering a service anew
 * puts another in front of it.
 */
#pragma once

#include "countersign/sspi.h"
#include "rpc/security.h"

/* identity: SEC_WINNT_AUTH_IDENTITY of any form, NULL: the default keytab. ERR_RPC_AUTHN_SERVICE,
 * ERR_NO_CREDENTIALS, ERR_POLICY. */
MUST_CHECK enum err rpc_server_auth_register(uint32_t service, const char *principal,
                                             void *identity);
/* NULL where the service is not registered. Valid for ever. */
const CredHandle *rpc_server_auth_credential(uint32_t service);
/* The name it was registered with; NULL where it was not. Valid for ever. */
const char *rpc_server_auth_principal(uint32_t service);
/* The names it was registered with for any service, each once; how many. Valid for ever. */
size_t rpc_server_auth_principals(const char **ret, size_t most);
/* The i-th service; 0 ends them. */
uint32_t rpc_server_auth_at(size_t i);

/* Whom the service's keys are for: "host$@REALM"; mem_free. Registered or not. */
MUST_CHECK enum err rpc_server_auth_default_name(uint32_t service, char **ret);

/* Who stands behind a context that is established: "user@REALM"; mem_free. */
MUST_CHECK enum err rpc_security_client_name(const struct rpc_security *s, char **ret);
/* The account's SID; NULL where the ticket proves none. mem_free. */
MUST_CHECK enum err rpc_security_client_sid(const struct rpc_security *s, char **ret);
