/* SPDX-License-Identifier: Apache-2.0 */
#include <winsock2.h>
