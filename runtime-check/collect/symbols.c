/* Addresses to functions, files, lines and inlined frames: DWARF where there is some (in the file, or
 * separate by build-id), the ELF symbol tables, or /tmp/perf-PID.map of a program that makes code at run
 * time. Works after the program ended. What was found is kept by build-id and offset, since a look-up costs
 * milliseconds. */
#include "runtime-check/collect/collect.h"

#include "base/hash.h"
#include "base/intern.h"
#include "base/map.h"
#include "runtime-check/collect/nested.h"
#include "runtime-check/collect/perfmap.h"
#include "runtime-check/collect/script.h"
#include "runtime-check/collect/units.h"
#include "runtime-check/python/python.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct span {
  uint32_t first, count;
} span;

/* One file by libdw, at bias 0. */
typedef struct debug_file {
  Dwfl *dwfl; /* NULL: it could not be opened, or is not the one that was mapped */
  Dwfl_Module *module;
  unit_index units;
  nested_index nested;
} debug_file;

struct symbols {
  bs_intern strings;
  frame_list frames;
  bs_map span_of; /* hash of module and address to index in `spans` */
  BS_VEC(span) spans;
  bs_map file_of; /* hash of module to index in `files` */
  BS_VEC(debug_file) files;
  perfmaps *perf;
  python_places *python;
  char *folders; /* of debug information in files of its own */
  Dwfl_Callbacks callbacks;
};

/* Beside the file and in its .debug, by the name in .gnu_debuglink; in the others by that or by build-id, as
 * libdwfl.h has it. */
static char *debug_folders(const char *folder) {
  bs_strbuf path = BS_STRBUF_INIT;
  char *absolute = folder ? realpath(folder, NULL) : NULL;
  bs_strbuf_addf(&path, ":.debug:/usr/lib/debug%s%s", absolute ? ":" : "", absolute ? absolute : "");
  free(absolute);
  return bs_strbuf_take(&path);
}

symbols *symbols_new(const char *folder) {
  symbols *s = bs_calloc(1, sizeof *s);
  s->folders = debug_folders(folder);
  s->callbacks = (Dwfl_Callbacks){
      .find_elf = dwfl_build_id_find_elf,
      .find_debuginfo = dwfl_standard_find_debuginfo,
      .section_address = dwfl_offline_section_address,
      .debuginfo_path = &s->folders,
  };
  bs_intern_init(&s->strings);
  s->perf = perfmaps_new();
  s->python = python_places_new();
  return s;
}

void symbols_free(symbols *s) {
  if (!s) return;
  for (uint32_t i = 0; i < s->files.count; i++) {
    if (s->files.items[i].dwfl) dwfl_end(s->files.items[i].dwfl);
    unit_index_fini(&s->files.items[i].units);
    nested_fini(&s->files.items[i].nested);
  }
  bs_vec_fini(&s->files);
  bs_vec_fini(&s->spans);
  bs_vec_fini(&s->frames);
  bs_map_fini(&s->span_of);
  bs_map_fini(&s->file_of);
  bs_intern_fini(&s->strings);
  free(s->folders);
  perfmaps_free(s->perf);
  python_places_free(s->python);
  free(s);
}

python_places *symbols_python(symbols *s) { return s->python; }

static const char *keep(symbols *s, const char *text) {
  return text ? bs_intern_text(&s->strings, bs_intern_adds(&s->strings, text)) : NULL;
}

static const char *keep_part(symbols *s, const char *text, size_t length) {
  return bs_intern_text(&s->strings, bs_intern_add(&s->strings, text, length));
}

/* The C++ runtime's demangler; every C++ program has it, and so has this one (libclang is C++). */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

static const char *demangled(symbols *s, const char *name) {
  if (!name) return "";
  if (name[0] != '_' || name[1] != 'Z') return keep(s, name);
  int status;
  char *plain = __cxa_demangle(name, NULL, NULL, &status);
  const char *kept = keep(s, plain ? plain : name);
  free(plain);
  return kept;
}

/* A file that was rebuilt since would give wrong names. */
static bool is_mapped_file(Dwfl_Module *module, const char *build_id) {
  const unsigned char *bits;
  GElf_Addr address;
  int length = dwfl_module_build_id(module, &bits, &address);
  if (!*build_id || length <= 0) return !*build_id == (length <= 0);
  if (strlen(build_id) != (size_t)length * 2) return false;
  char text[3];
  for (int i = 0; i < length; i++) {
    snprintf(text, sizeof text, "%02x", bits[i]);
    if (memcmp(text, build_id + (size_t)i * 2, 2) != 0) return false;
  }
  return true;
}

/* A descriptor on the mapped file, or -1. Only regular files are opened: a module may be named like a device.
 */
static int open_module(const module_row *module) {
  struct stat st;
  if (module->file >= 0) return fcntl(module->file, F_DUPFD_CLOEXEC, 0);
  if (module->path[0] != '/' || stat(module->path, &st) != 0 || !S_ISREG(st.st_mode)) return -1;
  return open(module->path, O_RDONLY | O_CLOEXEC);
}

/* The separate debug information of a build, in whose absence of the file itself: it has the same symbols.
 * -1: there is none. */
static int open_by_build_id(const symbols *s, const module_row *module) {
  const char *id = module->build_id;
  int fd = -1;
  if (strlen(id) < 8 || strspn(id, "0123456789abcdef") != strlen(id)) return -1;
  for (const char *folder = s->folders; folder && fd < 0; folder = strchr(folder, ':')) {
    folder += *folder == ':';
    bs_strbuf path = BS_STRBUF_INIT;
    int length = (int)strcspn(folder, ":");
    bs_strbuf_addf(&path, "%.*s/.build-id/%.2s/%s.debug", length, folder, id, id + 2);
    if (*folder == '/') fd = open(path.text, O_RDONLY | O_CLOEXEC);
    bs_strbuf_fini(&path);
  }
  return fd;
}

static debug_file open_debug_file(symbols *s, const module_row *module, int fd) {
  debug_file f = {0};
  if (fd < 0) return f;
  f.dwfl = dwfl_begin(&s->callbacks);
  if (f.dwfl) {
    dwfl_report_begin(f.dwfl);
    f.module = dwfl_report_elf(f.dwfl, module->path, module->path, fd, 0, true);
    dwfl_report_end(f.dwfl, NULL, NULL);
  }
  if (!f.module) close(fd); /* else it is the module's */
  if (f.dwfl && (!f.module || !is_mapped_file(f.module, module->build_id))) {
    dwfl_end(f.dwfl);
    f = (debug_file){0};
  }
  return f;
}

static uint64_t module_key(const module_row *module) {
  const char *name = *module->build_id ? module->build_id : module->path;
  return bs_hash(name, strlen(name));
}

static debug_file *debug_file_of(symbols *s, const module_row *module) {
  bool is_new;
  uint32_t index = bs_map_add(&s->file_of, module_key(module), s->files.count, &is_new);
  if (is_new) {
    debug_file f = open_debug_file(s, module, open_module(module));
    if (!f.module) f = open_debug_file(s, module, open_by_build_id(s, module));
    *bs_vec_push(&s->files) = f;
  }
  return &s->files.items[index];
}

static bool is_function(Dwarf_Die *die) {
  int tag = dwarf_tag(die);
  return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_entry_point;
}

static const char *function_name(Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  Dwarf_Attribute *found = dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute);
  if (!found) found = dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute);
  const char *name = found ? dwarf_formstring(found) : NULL;
  return name ? name : dwarf_diename(die);
}

/* Where an inlined function was called. */
static void call_place(symbols *s, Dwarf_Die *unit, Dwarf_Die *inlined, frame *caller) {
  Dwarf_Attribute attribute;
  Dwarf_Word value;
  Dwarf_Files *files;
  size_t count;
  caller->file = NULL;
  caller->line = 0;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &value) == 0)
    caller->line = (unsigned)value;
  if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &value) == 0 &&
      dwarf_getsrcfiles(unit, &files, &count) == 0 && value < count)
    caller->file = keep(s, dwarf_filesrc(files, value, NULL, NULL));
}

/* Scopes of an address, innermost first, as frames up to the function that was not inlined. */
static void add_scope_frames(symbols *s, const char *module, Dwarf_Die *unit, Dwarf_Die *scopes, int count,
                             frame place) {
  for (int i = 0; i < count; i++) {
    if (!is_function(&scopes[i])) continue;
    place.module = module;
    place.function = demangled(s, function_name(&scopes[i]));
    place.inlined = dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine;
    *bs_vec_push(&s->frames) = place;
    if (!place.inlined) break;
    call_place(s, unit, &scopes[i], &place);
  }
}

enum { NESTED_SCOPES = 64 };

/* The functions around an address, innermost first: those that were inlined, then the one that they are in.
 */
static void add_scopes(symbols *s, debug_file *f, const char *module, Dwarf_Die *unit, Dwarf_Addr address,
                       frame place) {
  Dwarf_Die *scopes = NULL, *parents = NULL, nested[NESTED_SCOPES];
  int count = dwarf_getscopes(unit, address, &scopes), inner = 0;
  while (inner < count && !is_function(&scopes[inner])) inner++;
  int depth = inner < count ? dwarf_getscopes_die(&scopes[inner], &parents) : 0;
  if (depth > 0)
    add_scope_frames(s, module, unit, parents, depth, place);
  else
    add_scope_frames(s, module, unit, nested, nested_scopes(&f->nested, unit, address, nested, NESTED_SCOPES),
                     place);
  free(scopes);
  free(parents);
}

static const char *symbol_name(Dwfl_Module *module, Dwarf_Addr address) {
  GElf_Off offset;
  GElf_Sym symbol;
  const char *name = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL);
  /* A symbol that ends in front of the address is another function's. */
  return name && (symbol.st_size == 0 || offset < symbol.st_size) ? name : NULL;
}

static frame source_place(symbols *s, Dwarf_Die *unit, Dwarf_Addr address) {
  frame place = {0};
  int line = 0;
  Dwarf_Line *found = unit ? dwarf_getsrc_die(unit, address) : NULL;
  const char *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
  if (found && dwarf_lineno(found, &line) != 0) line = 0;
  place.file = keep(s, file);
  place.line = line > 0 ? (unsigned)line : 0;
  return place;
}

static void add_debug_frames(symbols *s, debug_file *f, const char *module, Dwarf_Addr address) {
  Dwarf_Addr bias = 0;
  Dwarf_Die found;
  uint32_t before = s->frames.count;
  Dwarf_Die *unit = dwfl_module_addrdie(f->module, address, &bias);
  if (!unit && unit_index_find(&f->units, f->module, address, &found, &bias)) unit = &found;
  frame place = source_place(s, unit, address - bias);
  if (unit) add_scopes(s, f, module, unit, address - bias, place);
  if (s->frames.count > before) {
    /* The linker's name tells more than that of a function without a linkage name, and never less. */
    frame *outermost = &s->frames.items[s->frames.count - 1];
    if (!*outermost->function && !outermost->inlined)
      outermost->function = demangled(s, symbol_name(f->module, address));
    return;
  }
  place.module = module;
  place.function = demangled(s, symbol_name(f->module, address));
  *bs_vec_push(&s->frames) = place;
}

/* Numbers of places are even, and return addresses are looked up one below. */
static void look_up_python(symbols *s, uint64_t number) {
  python_place place;
  frame found = {.function = "", .module = PYTHON_MODULE};
  if (python_places_find(s->python, (number + 1) & ~UINT64_C(1), &place)) {
    found.function = keep(s, place.function);
    found.file = keep(s, place.file);
    found.line = place.line;
  }
  *bs_vec_push(&s->frames) = found;
}

/* What a program that makes code says of it. */
static frame jit_frame(symbols *s, const char *module, const char *name) {
  script_place place;
  if (!script_place_parse(name, &place)) return (frame){.function = keep(s, name), .module = module};
  return (frame){.function = place.function_length ? keep_part(s, place.function, place.function_length)
                                                   : "(anonymous)",
                 .file = keep_part(s, place.file, place.file_length),
                 .line = place.line,
                 .module = module};
}

static void look_up(symbols *s, const module_row *module, uint64_t address) {
  const char *path = keep(s, module->path);
  if (strcmp(path, PYTHON_MODULE) == 0) {
    look_up_python(s, address - module->bias);
    return;
  }
  if (module->path[0] == '/') {
    debug_file *f = debug_file_of(s, module);
    if (f->module) {
      add_debug_frames(s, f, path, address - module->bias);
      return;
    }
  }
  const char *jit = perfmaps_find(s->perf, module->pid, address);
  *bs_vec_push(&s->frames) = jit ? jit_frame(s, path, jit) : (frame){.function = "", .module = path};
}

/* What has no name has at least its place in that build of the file. */
static void place_unnamed(symbols *s, const module_row *module, uint64_t pc, uint32_t first) {
  frame *f = s->frames.count > first ? &s->frames.items[s->frames.count - 1] : NULL;
  if (!f || *f->function || !*module->build_id) return;
  char text[24];
  snprintf(text, sizeof text, "0x%llx", (unsigned long long)(pc - module->bias));
  f->offset = keep(s, text);
  f->build_id = keep(s, module->build_id);
}

void symbols_find(symbols *s, const module_row *module, uint64_t pc, bool is_return_address,
                  frame_list *out) {
  uint64_t address = is_return_address && pc ? pc - 1 : pc;
  bool own = module->path[0] != '/'; /* code of this process only */
  uint64_t key =
      bs_hash_mix(bs_hash_mix(module_key(module), own ? (uint64_t)module->pid : 0), address - module->bias);
  bool is_new;
  uint32_t index = bs_map_add(&s->span_of, key, s->spans.count, &is_new);
  if (is_new) {
    uint32_t first = s->frames.count;
    look_up(s, module, address);
    place_unnamed(s, module, pc, first);
    *bs_vec_push(&s->spans) = (span){first, s->frames.count - first};
  }
  span found = s->spans.items[index];
  for (uint32_t i = 0; i < found.count; i++) *bs_vec_push(out) = s->frames.items[found.first + i];
}
