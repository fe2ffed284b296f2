# SPDX-License-Identifier: Apache-2.0
# What we deliver is optimised as a whole, across its files: a call's way goes through many small
# ones, and how much code it touches is what a short call costs. Tests link the same objects as they
# were compiled, one by one.
set(COUNTERSIGN_LTO "")
set(COUNTERSIGN_NO_LTO "")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE MATCHES "^Rel")
  set(COUNTERSIGN_LTO -flto=auto -ffat-lto-objects)
  set(COUNTERSIGN_NO_LTO -fno-lto)
endif()
