# SPDX-License-Identifier: Apache-2.0
# countersign_add_idl(TARGET x.idl [ACF x.acf] [CLIENT] [SERVER] [OPTIONS option...])
#
# TARGET gets the client's stub, the server's, or both where neither word is said, and finds the
# header: #include "x.h". x.acf beside x.idl needs no mention. Everything is made again when
# x.idl, its ACF or a file they import or include changes. The libraries are the target's own
# business: target_link_libraries(TARGET PRIVATE countersign::rpc).
function(countersign_add_idl target idl)
  cmake_parse_arguments(A "CLIENT;SERVER" "ACF" "OPTIONS" ${ARGN})
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "countersign_add_idl(${target} ${idl}): what is ${A_UNPARSED_ARGUMENTS}?")
  endif()
  if(NOT A_CLIENT AND NOT A_SERVER)
    set(A_CLIENT ON)
    set(A_SERVER ON)
  endif()
  get_filename_component(idl ${idl} ABSOLUTE)
  get_filename_component(stem ${idl} NAME_WLE)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_idl)
  set(outputs ${folder}/${stem}.h)
  set(options -out ${folder} -depfile ${folder}/${stem}.d)
  if(A_ACF)
    get_filename_component(acf ${A_ACF} ABSOLUTE)
    list(APPEND options -acf ${acf})
  endif()
  foreach(side CLIENT SERVER)
    string(TOLOWER ${side} word)
    string(SUBSTRING ${word} 0 1 letter)
    if(A_${side})
      list(APPEND outputs ${folder}/${stem}_${letter}.c)
    else()
      list(APPEND options -${word} none)
    endif()
  endforeach()
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${outputs}
    COMMAND countersign::idl ${options} ${A_OPTIONS} ${idl}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    DEPENDS ${idl} ${acf} countersign::idl
    DEPFILE ${folder}/${stem}.d
    VERBATIM COMMENT "Compiling ${stem}.idl")
  target_sources(${target} PRIVATE ${outputs})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
