/* SPDX-License-Identifier: Apache-2.0
 * publish.h - a service published whole, and withdrawn.
 */
#pragma once

#include "directory/point.h"

/* Hands over the object as it was read back; a failure of it is undone as every other. */
typedef enum err (*publish_give)(struct point *p, void *arg);

/* give may be NULL. What fails half way is undone. */
MUST_CHECK enum err service_publish(struct session *s, const struct service *want,
                                    publish_give give, void *arg) SHARED(service_publish);
MUST_CHECK enum err service_withdraw(struct session *s, const struct service *want)
    SHARED(service_withdraw);
