# SPDX-License-Identifier: Apache-2.0
# libcountersign.a: one object of all modules in which only cs_* is global.
#
# A plain archive would leave our internal names (and other projects have functions of the same
# names) open to the program's linker; partial linking and objcopy close them.
function(countersign_static_archive)
  get_property(modules GLOBAL PROPERTY COUNTERSIGN_MODULES)
  set(objects "")
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build)
  foreach(module ${modules})
    list(APPEND objects $<TARGET_OBJECTS:${module}>)
  endforeach()
  separate_arguments(flags UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${build}}")
  set(as_whole ${COUNTERSIGN_LTO})
  if(as_whole)
    list(APPEND as_whole -flinker-output=nolto-rel)
  endif()
  set(object ${CMAKE_BINARY_DIR}/src/countersign.o)
  set(archive ${CMAKE_BINARY_DIR}/src/libcountersign.a)
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_C_COMPILER} ${flags} -r -nostdlib ${as_whole} -o ${object} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=cs_* ${object}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} rcs ${archive} ${object}
    DEPENDS ${modules} ${objects}
    COMMAND_EXPAND_LISTS VERBATIM COMMENT "Linking libcountersign.a")
  add_custom_target(countersign-static ALL DEPENDS ${archive})
  set(COUNTERSIGN_ARCHIVE ${archive} PARENT_SCOPE)
endfunction()
