/* SPDX-License-Identifier: Apache-2.0
 * point_give.h - a service as scp.h shows it.
 */
#pragma once

#include <countersign/scp.h>

#include "directory/point.h"

/* Hands everything over; p is empty afterwards, whatever the outcome. CsFreeServicePoint. */
MUST_CHECK enum err point_give(struct point *p, CS_SERVICE_POINT **ret) SHARED(point_give);
