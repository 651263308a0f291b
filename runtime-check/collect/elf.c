/* What a module's own headers say, read from the process' memory: where it ends, its bias, its build-id, its
 * table of unwind information. The process may be broken or hostile: every size is checked. */
#include "runtime-check/collect/tracee.h"

#include <elf.h>

enum { NOTES_MAX = 64 * 1024, HEADERS_MAX = 256, MACHINE = EM_X86_64 };

static const char *hexadecimal(bs_arena *arena, const unsigned char *bytes, size_t length) {
  bs_strbuf text = BS_STRBUF_INIT;
  for (size_t i = 0; i < length; i++) bs_strbuf_addf(&text, "%02x", bytes[i]);
  const char *copy = bs_arena_strdup(arena, text.text);
  bs_strbuf_fini(&text);
  return copy;
}

/* The GNU build-id in a note segment, or NULL. */
static const char *build_id_in(tracee *t, uint64_t address, uint64_t size, uint64_t align) {
  if (size > NOTES_MAX) return NULL;
  char *notes = bs_malloc(size + 1);
  size_t length = tracee_read(t, address, notes, size), at = 0;
  const char *id = NULL;
  align = align == 8 ? 8 : 4;
  while (!id && at + sizeof(Elf64_Nhdr) <= length) {
    Elf64_Nhdr note;
    memcpy(&note, notes + at, sizeof note);
    uint64_t name = at + sizeof note, text = (name + note.n_namesz + align - 1) & ~(align - 1);
    uint64_t end = text + note.n_descsz;
    if (end > length) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes + name, "GNU", 4) == 0)
      id = hexadecimal(&t->arena, (unsigned char *)notes + text, note.n_descsz);
    at = (end + align - 1) & ~(align - 1);
  }
  free(notes);
  return id;
}

/* .eh_frame_hdr with the encodings that every linker writes: a 4-byte count, then pairs of 4-byte offsets. */
static void read_table(tracee *t, uint64_t hdr, tracee_elf *out) {
  unsigned char head[12];
  if (tracee_read(t, hdr, head, sizeof head) < sizeof head) return;
  if (head[0] != 1 || head[1] != 0x1b || head[2] != 0x03 || head[3] != 0x3b) return;
  memcpy(&out->fdes, head + 8, 4);
  out->hdr = out->fdes ? hdr : 0;
}

static bool is_loadable(const Elf64_Ehdr *head, size_t length) {
  return head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_ident[EI_DATA] == ELFDATA2LSB &&
         head->e_machine == MACHINE && (head->e_type == ET_DYN || head->e_type == ET_EXEC) &&
         head->e_phentsize == sizeof(Elf64_Phdr) && head->e_phnum && head->e_phnum <= HEADERS_MAX &&
         head->e_phoff <= length;
}

/* Copies the program headers; false when they are not in memory. */
static bool read_headers(tracee *t, uint64_t start, const Elf64_Ehdr *head, const char *bytes, size_t length,
                         Elf64_Phdr *out) {
  size_t size = head->e_phnum * sizeof *out;
  if (head->e_phoff + size > length) return tracee_read(t, start + head->e_phoff, out, size) == size;
  memcpy(out, bytes + head->e_phoff, size);
  return true;
}

bool elf_read(tracee *t, uint64_t start, const void *bytes, size_t length, tracee_elf *out) {
  Elf64_Ehdr head;
  Elf64_Phdr ph[HEADERS_MAX];
  if (length < sizeof head) return false;
  memcpy(&head, bytes, sizeof head);
  if (!is_loadable(&head, length) || !read_headers(t, start, &head, bytes, length, ph)) return false;
  uint64_t end = 0;
  bool found = false;
  for (unsigned i = 0; i < head.e_phnum; i++) {
    if (ph[i].p_type != PT_LOAD) continue;
    if (!found && ph[i].p_offset < TRACEE_PAGE) {
      out->row.bias = start - (ph[i].p_vaddr - ph[i].p_offset);
      found = true;
    }
    if (ph[i].p_vaddr + ph[i].p_memsz > end) end = ph[i].p_vaddr + ph[i].p_memsz;
  }
  if (!found || end > UINT64_C(1) << 47) return false;
  out->row.end = out->row.bias + end;
  for (unsigned i = 0; i < head.e_phnum; i++) {
    uint64_t address = out->row.bias + ph[i].p_vaddr;
    if (ph[i].p_type == PT_GNU_EH_FRAME) read_table(t, address, out);
    if (ph[i].p_type == PT_NOTE && !out->row.build_id)
      out->row.build_id = build_id_in(t, address, ph[i].p_filesz, ph[i].p_align);
  }
  return true;
}
