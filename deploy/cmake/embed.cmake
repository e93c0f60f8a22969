# ecsmi_embed(TARGET lib NAME ident FILES …): the files' bytes become part of the library. Code includes
# "ecsmi/embedded/<ident>.h" and calls ecsmi::embedded::<ident>(), files in the order given. Relative names are meant
# from the calling folder, which must be the one that makes the library.
function(ecsmi_embed)
  cmake_parse_arguments(ARG "" "TARGET;NAME" "FILES" ${ARGN})
  set(dir "${CMAKE_BINARY_DIR}/embedded")
  set(header "${dir}/ecsmi/embedded/${ARG_NAME}.h")
  set(source "${dir}/${ARG_NAME}.cc")
  file(WRITE "${dir}/ecsmi/embedded/file.h.new"
"#pragma once
#include <string_view>
namespace ecsmi::embedded {
// A file of the source tree, built in. Lives as long as the program.
struct EmbeddedFile {
  std::string_view name;  // without its folder
  std::string_view bytes;
};
}  // namespace ecsmi::embedded
")
  configure_file("${dir}/ecsmi/embedded/file.h.new" "${dir}/ecsmi/embedded/file.h" COPYONLY)
  file(WRITE "${header}.new"
"#pragma once
#include <span>
#include \"ecsmi/embedded/file.h\"
namespace ecsmi::embedded {
std::span<const EmbeddedFile> ${ARG_NAME}();
}  // namespace ecsmi::embedded
")
  configure_file("${header}.new" "${header}" COPYONLY)
  set(declarations "")
  set(entries "")
  set(paths "")
  set(index 0)
  foreach(file ${ARG_FILES})
    get_filename_component(path "${file}" ABSOLUTE)
    get_filename_component(name "${file}" NAME)
    list(APPEND paths "${path}")
    # The content's hash stands in the text, so that a compiler cache never serves yesterday's bytes.
    file(SHA256 "${path}" hash)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    set(symbol "ecsmi_embedded_${ARG_NAME}_${index}")
    string(APPEND declarations
"// ${hash}
asm(\".section .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\\"${path}\\\"\\n.global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");
extern \"C\" const char ${symbol}[];
extern \"C\" const char ${symbol}_end[];
")
    string(APPEND entries
"      EmbeddedFile{\"${name}\", std::string_view(${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol}))},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE "${source}.new"
"#include \"ecsmi/embedded/${ARG_NAME}.h\"
#include <array>
#include <cstddef>
${declarations}
namespace ecsmi::embedded {
std::span<const EmbeddedFile> ${ARG_NAME}() {
  static const std::array<EmbeddedFile, ${index}> files = {
${entries}  };
  return files;
}
}  // namespace ecsmi::embedded
")
  configure_file("${source}.new" "${source}" COPYONLY)
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${ARG_TARGET} PRIVATE "${source}")
  target_include_directories(${ARG_TARGET} PRIVATE "${dir}")
endfunction()
