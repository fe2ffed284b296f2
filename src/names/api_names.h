/* SPDX-License-Identifier: Apache-2.0
 * api_names.h - what the doors of names.h share.
 */
#pragma once

#include <countersign/names.h>

#include "names/found.h"

MUST_CHECK enum err names_query(const CS_NAME_QUERY *from, struct found_query *ret);
