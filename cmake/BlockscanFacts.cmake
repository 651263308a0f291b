# Facts as a by-product of compiling, for find_package(blockscan) and for those who include this file:
#
#   blockscan_enable(TARGET…)         whoever compiles an object of the target writes its facts beside it, OBJECT.bsf
#   blockscan_report(NAME TARGET…)    a target NAME that makes NAME.json and NAME.txt from the objects' facts
#
# The facts are made by the compiler's launcher, in the object's own rule: what builds, distributes or caches objects makes them as well. A
# launcher that the project has (ccache, sccache, distcc) stays, behind it. BLOCKSCAN_PROGRAM names another program than the installed one.

function(blockscan_find_program variable)
  if(BLOCKSCAN_PROGRAM)
    set(${variable} "${BLOCKSCAN_PROGRAM}" PARENT_SCOPE)
  else()
    set(${variable} $<TARGET_FILE:blockscan::blockscan> PARENT_SCOPE)
  endif()
endfunction()

function(blockscan_enable)
  blockscan_find_program(program)
  foreach(target IN LISTS ARGV)
    foreach(language C CXX)
      set(launcher ${program} extract --then-run --root=${CMAKE_SOURCE_DIR} --)
      get_target_property(own ${target} ${language}_COMPILER_LAUNCHER)
      if(own)
        list(APPEND launcher ${own})
      endif()
      set_target_properties(${target} PROPERTIES ${language}_COMPILER_LAUNCHER "${launcher}")
    endforeach()
  endforeach()
endfunction()

function(blockscan_report name)
  blockscan_find_program(program)
  set(facts)
  set(objects)
  foreach(target IN LISTS ARGN)
    list(APPEND facts "$<JOIN:$<TARGET_OBJECTS:${target}>,.bsf$<SEMICOLON>>.bsf")
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
  endforeach()
  set(report ${CMAKE_CURRENT_BINARY_DIR}/${name})
  add_custom_command(
    OUTPUT ${report}.json ${report}.txt
    COMMAND ${program} link --quiet --fail-on never --output json=${report}.json --output text=${report}.txt ${facts}
    DEPENDS ${objects}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "Looking for what can block in ${ARGN}"
    COMMAND_EXPAND_LISTS VERBATIM
  )
  add_custom_target(${name} DEPENDS ${report}.json ${report}.txt)
endfunction()
