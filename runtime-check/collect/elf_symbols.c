/* What a module exports, by the hash table of its dynamic symbols in the process' memory: the file may be
 * gone or out of sight. The process may be broken or hostile: every step is checked. */
#include "runtime-check/collect/tracee.h"

#include <elf.h>

enum { DYNAMIC_MAX = 256, CHAIN_MAX = 4096, NAME_ROOM = 64 };

typedef struct dynamic {
  uint64_t hash, symbols, strings;
} dynamic;

static bool read_all(const tracee *t, uint64_t address, void *bytes, size_t length) {
  return tracee_read(t, address, bytes, length) == length;
}

/* The loader makes addresses of what the file has as offsets. */
static uint64_t loaded(const tracee_elf *e, uint64_t value) {
  return value < e->row.bias ? value + e->row.bias : value;
}

static bool read_dynamic(const tracee *t, const tracee_elf *e, const Elf64_Phdr *segment, dynamic *out) {
  uint64_t address = e->row.bias + segment->p_vaddr;
  *out = (dynamic){0};
  for (uint64_t i = 0; i < segment->p_memsz / sizeof(Elf64_Dyn) && i < DYNAMIC_MAX; i++) {
    Elf64_Dyn d;
    if (!read_all(t, address + i * sizeof d, &d, sizeof d) || d.d_tag == DT_NULL) break;
    if (d.d_tag == DT_GNU_HASH) out->hash = loaded(e, d.d_un.d_ptr);
    if (d.d_tag == DT_SYMTAB) out->symbols = loaded(e, d.d_un.d_ptr);
    if (d.d_tag == DT_STRTAB) out->strings = loaded(e, d.d_un.d_ptr);
  }
  return out->hash && out->symbols && out->strings;
}

static bool find_dynamic(const tracee *t, const tracee_elf *e, dynamic *out) {
  Elf64_Ehdr head;
  if (!read_all(t, e->row.start, &head, sizeof head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_phentsize != sizeof(Elf64_Phdr))
    return false;
  for (unsigned i = 0; i < head.e_phnum && i < DYNAMIC_MAX; i++) {
    Elf64_Phdr segment;
    if (!read_all(t, e->row.start + head.e_phoff + i * sizeof segment, &segment, sizeof segment))
      return false;
    if (segment.p_type == PT_DYNAMIC) return read_dynamic(t, e, &segment, out);
  }
  return false;
}

static uint32_t gnu_hash(const char *name) {
  uint32_t h = 5381;
  for (; *name; name++) h = h * 33 + (unsigned char)*name;
  return h;
}

/* Of the symbols that share the name's hash, the one with the name. */
static bool in_chain(const tracee *t, const dynamic *d, uint64_t chains, uint32_t first, uint32_t index,
                     const char *name, Elf64_Sym *out) {
  uint32_t hash = gnu_hash(name), seen;
  size_t length = strlen(name) + 1;
  char text[NAME_ROOM];
  for (int i = 0; i < CHAIN_MAX; i++, index++) {
    if (!read_all(t, chains + (uint64_t)(index - first) * 4, &seen, sizeof seen)) return false;
    if ((seen | 1) == (hash | 1) && length <= sizeof text &&
        read_all(t, d->symbols + (uint64_t)index * sizeof *out, out, sizeof *out) &&
        read_all(t, d->strings + out->st_name, text, length) && memcmp(text, name, length) == 0)
      return true;
    if (seen & 1) return false;
  }
  return false;
}

bool elf_symbol(const tracee *t, const tracee_elf *e, const char *name, uint64_t *address, uint64_t *size) {
  dynamic d;
  uint32_t head[4], index; /* buckets, first symbol, words of the filter, its shift */
  Elf64_Sym symbol;
  if (!e->row.build_id || !find_dynamic(t, e, &d) || !read_all(t, d.hash, head, sizeof head) || !head[0])
    return false;
  uint64_t buckets = d.hash + sizeof head + (uint64_t)head[2] * 8, chains = buckets + (uint64_t)head[0] * 4;
  if (!read_all(t, buckets + (uint64_t)(gnu_hash(name) % head[0]) * 4, &index, sizeof index) ||
      index < head[1] || !in_chain(t, &d, chains, head[1], index, name, &symbol) ||
      symbol.st_shndx == SHN_UNDEF)
    return false;
  *address = e->row.bias + symbol.st_value;
  *size = symbol.st_size;
  return true;
}
