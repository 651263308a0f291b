/* Reads the build-id from the program's own notes, as the loader has mapped them. */
#include "analyzer/driver/identity.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct build_id {
  const unsigned char *bytes;
  size_t length;
} build_id;

static size_t padded(size_t size) { return (size + 3) & ~(size_t)3; }

/* Looks for NT_GNU_BUILD_ID among the notes of one segment. */
static bool find_note(const unsigned char *at, size_t size, build_id *id) {
  ElfW(Nhdr) note;
  while (size >= sizeof note) {
    memcpy(&note, at, sizeof note);
    size_t length = sizeof note + padded(note.n_namesz) + padded(note.n_descsz);
    if (length > size) return false;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(at + sizeof note, "GNU", 4) == 0) {
      *id = (build_id){at + sizeof note + padded(note.n_namesz), note.n_descsz};
      return true;
    }
    at += length;
    size -= length;
  }
  return false;
}

/* The first object that is listed is the program itself. */
static int visit(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  for (unsigned i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_NOTE) continue;
    if (find_note((const unsigned char *)(uintptr_t)(info->dlpi_addr + segment->p_vaddr), segment->p_memsz,
                  context))
      break;
  }
  return 1;
}

const char *program_identity(bs_arena *arena) {
  build_id id = {0};
  dl_iterate_phdr(visit, &id);
  char *text = bs_arena_alloc(arena, id.length * 2 + 1);
  for (size_t i = 0; i < id.length; i++) {
    text[2 * i] = "0123456789abcdef"[id.bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[id.bytes[i] & 15];
  }
  return text;
}
