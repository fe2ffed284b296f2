/* SPDX-License-Identifier: Apache-2.0
 * publish.h - a service published whole, and withdrawn.
 */
#pragma once

#include "directory/point.h"

MUST_CHECK enum err service_publish(struct session *s, const struct service *want,
                                    struct point *ret);
MUST_CHECK enum err service_withdraw(struct session *s, const struct service *want);
