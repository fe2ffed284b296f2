/* SPDX-License-Identifier: Apache-2.0
 * api_uuid.c - the UUID functions.  RFC 4122, C706 appendix A
 */
#include <string.h>

#include "countersign/rpc.h"

static const UUID nil;

RPC_STATUS UuidCreateNil(UUID *NilUuid)
{
    *NilUuid = nil;
    return RPC_S_OK;
}

int UuidIsNil(UUID *Uuid, RPC_STATUS *Status)
{
    *Status = RPC_S_OK;
    return !Uuid || memcmp(Uuid, &nil, sizeof nil) == 0;
}
