# Finds libclang's C interface: LIBCLANG_LIBRARY, LIBCLANG_INCLUDE_DIR (cache variables, set them to choose
# another one) and LibClang_VERSION. Debian keeps each release in /usr/lib/llvm-N; release 19 is what the
# project is tested with, so it is looked for first.
set(_libclang_releases 19 20 21 22 18 17)

set(_libclang_roots ${LIBCLANG_ROOT})
foreach(_release IN LISTS _libclang_releases)
  list(APPEND _libclang_roots /usr/lib/llvm-${_release} /usr/lib/llvm${_release} /opt/homebrew/opt/llvm@${_release})
endforeach()

foreach(_root IN LISTS _libclang_roots)
  if(EXISTS ${_root}/include/clang-c/Index.h)
    find_path(LIBCLANG_INCLUDE_DIR clang-c/Index.h PATHS ${_root}/include NO_DEFAULT_PATH)
    get_filename_component(_name ${_root} NAME)
    string(REGEX MATCH "[0-9]+$" _release "${_name}")
    find_library(LIBCLANG_LIBRARY NAMES clang-${_release} clang PATHS ${_root}/lib ${_root}/lib64 NO_DEFAULT_PATH)
  endif()
endforeach()
find_path(LIBCLANG_INCLUDE_DIR clang-c/Index.h)
find_library(LIBCLANG_LIBRARY NAMES clang-19 clang)

# The headers do not tell the release, the library's real name does: libclang-19.so.1, libclang.so.17.0.6.
if(LIBCLANG_LIBRARY)
  file(REAL_PATH ${LIBCLANG_LIBRARY} _libclang_real)
  string(REGEX MATCH "libclang(-cpp)?[-.a-z]*([0-9]+(\\.[0-9]+)*)" _ "${_libclang_real}")
  set(LibClang_VERSION ${CMAKE_MATCH_2})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  LibClang
  REQUIRED_VARS LIBCLANG_LIBRARY LIBCLANG_INCLUDE_DIR
  VERSION_VAR LibClang_VERSION
  REASON_FAILURE_MESSAGE "install libclang-19-dev, or set LIBCLANG_ROOT, LIBCLANG_LIBRARY and LIBCLANG_INCLUDE_DIR"
)
mark_as_advanced(LIBCLANG_LIBRARY LIBCLANG_INCLUDE_DIR)
