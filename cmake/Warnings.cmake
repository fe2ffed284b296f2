# SPDX-License-Identifier: Apache-2.0
# One target that carries what all of our own code is compiled with.
add_library(countersign_options INTERFACE)
target_compile_definitions(countersign_options INTERFACE _GNU_SOURCE)
target_compile_options(countersign_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wvla -Wpointer-arith -Wwrite-strings -Wundef
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
  $<$<COMPILE_LANGUAGE:C>:-Werror=incompatible-pointer-types>
  -fno-strict-aliasing -fstack-protector-strong)
target_include_directories(countersign_options INTERFACE
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/include/countersign ${CMAKE_SOURCE_DIR}/src)
