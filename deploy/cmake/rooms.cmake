# How a room (one library target per folder under src/) and a test binary are declared.

# Warnings are errors. The two -Wno-error entries are g++ 12 false positives in inlined std::string code
# (GCC bugs 105329 and 105651); clang-tidy and the dev preset still show them.
set(ECSMI_WARNINGS
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference -Wundef -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=restrict -Wno-error=stringop-overflow -Wno-error=null-dereference>)
# -ffp-contract=off: a fused multiply-add would make the same decision differ between machines.
set(ECSMI_FLAGS -ffp-contract=off -fno-math-errno)

function(ecsmi_flags target)
  target_compile_options(${target} PRIVATE ${ECSMI_WARNINGS} ${ECSMI_FLAGS})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${PROJECT_SOURCE_DIR}/src)
  if(ECSMI_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ECSMI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${ECSMI_SANITIZE})
  endif()
endfunction()

# ecsmi_room(name LINKS a b …): library ecsmi_<name> of every .cc below the calling folder. What it links is all it may know.
function(ecsmi_room name)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(ecsmi_${name} STATIC ${sources} ${ARG_SOURCES})
  ecsmi_flags(ecsmi_${name})
  target_link_libraries(ecsmi_${name} PUBLIC ${ARG_LINKS})
endfunction()

# ecsmi_test(name LINKS … EXCLUDE folder): a gtest binary of every .cc below tests/<name>, but for those below the folder
# of it that another binary has; registered as one CTest entry per binary.
function(ecsmi_test name)
  cmake_parse_arguments(ARG "" "EXCLUDE" "LINKS;LABELS" ${ARGN})
  string(REPLACE "/" "_" target ${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*.cc)
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "/tests/${name}/${ARG_EXCLUDE}/")
  endif()
  if(NOT sources)
    return()
  endif()
  add_executable(test_${target} ${sources})
  ecsmi_flags(test_${target})
  target_include_directories(test_${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${target} PRIVATE ECSMI_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ECSMI_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(test_${target} PRIVATE ${ARG_LINKS} GTest::gmock_main)
  add_test(NAME ${name} COMMAND test_${target})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1200 LABELS "${ARG_LABELS}")
endfunction()
